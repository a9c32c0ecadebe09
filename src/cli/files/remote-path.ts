/**
 * A path of a command line that may name its server:
 *
 *   box:/srv/app    on the server of the profile `box`
 *   :/srv/app       on the server that the options, the environment or the profile in use name
 *   /srv/app        no server is named: what that means is the verb's affair
 *   C:\app, c:/app  likewise: one letter before `:\` or `:/` is a drive of Windows
 */
import { fail, ok, type Result } from '../../core/failure.ts';
import type { UsageFailure } from '../command/usage.ts';
import { isProfileName } from '../connection/profiles-file.ts';
import type { ConnectOptions } from '../connection/server-choice.ts';

export interface NamedPath {
  readonly path: string;
  /** `chosen`: with a colon and nothing before it. `unnamed`: a path alone. */
  readonly on: 'profile' | 'chosen' | 'unnamed';
  /** With `profile` alone. Whether there is one of that name is not known yet. */
  readonly profile?: string;
}

const DRIVE = /^[A-Za-z]:[\\/]/;

/** Only the text is looked at: neither profiles nor files are. */
export function parseNamedPath(text: string): NamedPath {
  const colon = text.indexOf(':');
  const path = text.slice(colon + 1);
  if (colon === 0) return { on: 'chosen', path };
  const profile = text.slice(0, Math.max(0, colon));
  // A path with a colon further behind, such as `/srv/a:b` or `./a:b`, is no profile's, because no name has a slash.
  if (DRIVE.test(text) || !isProfileName(profile)) return { on: 'unnamed', path: text };
  return { on: 'profile', profile, path };
}

/** The options of a verb with the server that the path names; refused where the options name another one. */
export function connectOptionsFor<T extends ConnectOptions>(named: NamedPath, args: T): Result<T, UsageFailure> {
  const { profile } = named;
  if (profile === undefined) return ok(args);
  const other = (['url', 'profile', 'data-dir'] as const).find((name) => args[name] !== undefined);
  if (other === undefined || (other === 'profile' && args.profile === profile))
    return ok({ ...args, profile, profileFrom: 'named before the path' });
  return fail({
    reason: 'usage',
    message: `${profile}: and --${other} both name a server; give one`,
  });
}
