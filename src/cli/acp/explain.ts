/** Why the door is no way to an agent, in one line that says what to do. */
import { ClientError, refused } from '../../client/failure.ts';
import { PROGRAM } from '../command/program.ts';
import { explainClientError } from '../connection/client-failure.ts';
import { ownWords } from './door.ts';
import type { LinkFailure } from './link.ts';
import { GIVE_UP_AFTER_MS } from './retry.ts';

export interface Tried {
  readonly url: string;
  /** Where the key was taken from; undefined where there is none. */
  readonly keyFrom: string | undefined;
}

export function explainLinkFailure(failure: LinkFailure, { url, keyFrom }: Tried): string {
  if (failure.reason === 'unreachable')
    return failure.wasReached
      ? `${url} was tried for ${GIVE_UP_AFTER_MS / 60_000} minutes in vain (${failure.detail}); start the agent again in the editor when it is back`
      : `cannot reach ${url} (${failure.detail}); check the address, and that a server runs there`;
  const { status, body } = failure;
  if (status === 401 && keyFrom === undefined) return `${url} wants a key; give it with --key-file or --profile`;
  if (status === 401)
    return explainClientError(new ClientError({ reason: 'key-refused', status }, 'the key is refused'), { keyFrom });
  const said = ownWords(body);
  if (said === undefined)
    return `${url} answers with status ${status}, but not as a server of agents (ACP); check the address, or update the server`;
  const next = status === 404 ? `; see ${PROGRAM} agents` : '';
  return explainClientError(refused(status, { error: said })) + next;
}

/** Tells once that the line is broken, and once that it works again. */
export function troubleTo(note: (sentence: string) => void): (why: string | undefined) => void {
  let isBroken = false;
  return (why) => {
    if (why !== undefined && !isBroken) note(`the line to the server is broken (${why}); trying again`);
    if (why === undefined && isBroken) note('connected again');
    isBroken = why !== undefined;
  };
}
