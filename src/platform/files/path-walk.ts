/**
 * Where a path really leads, also one whose last names do not exist yet.
 *
 * Not realpath(3): it fails for a file that is about to be made, does not say where a dangling link leads, and on Windows
 * it follows a link to another machine, which sends the user's NTLM hash there (CVE-2024-35178). So each name is looked at
 * in turn, links are read rather than followed, and whatever cannot be looked at is a refusal.
 */
import type { posix } from 'node:path';
import { codeOf } from '../../core/failure.ts';

type PlatformPath = typeof posix;

/** `reason` is the end of a sentence that begins with the path: `cannot be resolved (EACCES)`. */
export type RealPath =
  | { readonly found: true; readonly path: string; readonly exists: boolean }
  /** `code`: that of the system, where it was the system that refused. */
  | { readonly found: false; readonly reason: string; readonly code?: string };

/** What names mean on one system. */
export interface PathNames {
  readonly paths: PlatformPath;
  /** Why the path must not even be looked at, as the end of a sentence; undefined where it may be. */
  readonly refusal: (path: string) => string | undefined;
  /** The absolute path as the system's calls understand it: before or after `..` is taken out. */
  readonly absolute: (base: string, path: string) => string;
  readonly isSameName: (a: string, b: string) => boolean;
}

/** Where the symbolic link leads; undefined for anything else. Throws what the file system throws. */
export type ReadLink = (path: string) => string | undefined;

/** As many as Linux follows. */
const MAX_LINKS = 40;

/** A URL is a relative name to the file system and an absolute path to whoever decodes it. */
const URL_SHAPE = /^(?:file:|[a-z][a-z\d+.-]+:\/\/)/i;

/** Relative paths are taken from `base`, which is absolute. */
export function findRealPath(names: PathNames, readLink: ReadLink, base: string, path: string): RealPath {
  const reason =
    refusalOf(names, path) ?? (names.paths.isAbsolute(base) ? names.refusal(base) : 'has no absolute base');
  if (reason !== undefined) return refused(reason);
  const absolute = names.absolute(base, path);
  const lexical = names.paths.resolve(base, path);
  const real = walk(names, readLink, absolute);
  if (!real.found || absolute === lexical) return real;
  // The system takes `..` from where a link led, but most programs strike it out beforehand: both must mean one place.
  const other = walk(names, readLink, lexical);
  return other.found && other.path !== real.path ? refused('leads to two places, by its ..') : other;
}

function refusalOf(names: PathNames, path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.includes('\0')) return 'has a NUL in it';
  if (URL_SHAPE.test(path)) return 'is a URL, not a path';
  return names.refusal(path);
}

function walk({ paths, refusal }: PathNames, readLink: ReadLink, absolute: string): RealPath {
  let real = paths.parse(absolute).root;
  const ahead = namesIn(paths, absolute).toReversed();
  let links = 0;
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (name === '..') {
      real = paths.dirname(real);
      continue;
    }
    const next = paths.join(real, name);
    let target: string | undefined;
    try {
      target = readLink(next);
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'ENOENT') return refused(`cannot be resolved (${code ?? 'unknown error'})`, code);
      // Whatever is made there later, link or folder, decides where a `..` behind it leads.
      if (ahead.includes('..')) return refused('goes up from a folder that does not exist');
      return { found: true, path: paths.join(next, ...ahead.toReversed()), exists: false };
    }
    if (target === undefined) {
      real = next;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) return refused('cannot be resolved (ELOOP)', 'ELOOP');
    // U+FFFD stands for bytes that are no text: the link leads to another place than its text says.
    if (target.includes('\u{fffd}')) return refused('leads over a link whose target is not UTF-8');
    const reason = refusal(target);
    if (reason !== undefined) return refused(`leads over a link whose target ${reason}`);
    // With both roots: on Windows `\folder` is on the drive of the link.
    if (paths.isAbsolute(target)) real = paths.resolve(paths.parse(real).root, paths.parse(target).root);
    ahead.push(...namesIn(paths, target).toReversed());
  }
  return { found: true, path: real, exists: true };
}

/** The names on the way, without those that lead nowhere. */
export function namesIn(paths: PlatformPath, path: string): string[] {
  const rest = path.slice(paths.parse(path).root.length);
  return rest.split(paths.sep === '\\' ? /[\\/]/ : '/').filter((name) => name !== '' && name !== '.');
}

const refused = (reason: string, code?: string): RealPath => ({
  found: false,
  reason,
  ...(code !== undefined && { code }),
});
