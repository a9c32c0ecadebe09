/** Calls about a path of a command line, on the server that it names or that the options do. */
import type { Client } from '../../client/client.ts';
import { refuseUsage } from '../command/usage.ts';
import { withClient } from '../connection/connect.ts';
import type { ConnectOptions } from '../connection/server-choice.ts';
import { connectOptionsFor, parseNamedPath } from './remote-path.ts';

/** What a verb says of its path. */
export const PATH_HINT =
  'NAME: before it is the profile of its server. The path is absolute, in the form of that machine.';

/** Resolves to the exit code; what the server refuses is told with the path. */
export async function withPath(
  text: string,
  verb: string,
  options: ConnectOptions,
  use: (client: Client, path: string) => Promise<number>,
): Promise<number> {
  const named = parseNamedPath(text);
  const { path } = named;
  if (path === '') return refuseUsage(text === '' ? 'PATH is empty' : `there is no path behind ${text}`, verb);
  const chosen = connectOptionsFor(named, options);
  if (!chosen.ok) return refuseUsage(chosen.failure.message, verb);
  return withClient({ ...chosen.value, about: path }, (client) => use(client, path));
}
