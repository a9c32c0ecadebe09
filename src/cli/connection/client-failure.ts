/** What a failed call means for the user, and what to do about it, in one line. */
import type { ClientError } from '../../client/failure.ts';
import { PROGRAM } from '../command/program.ts';

/** `keyFrom`: where the key was taken from, such as `given with --key-file`. */
export function explainClientError(error: ClientError, keyFrom?: string): string {
  switch (error.reason) {
    case 'unreachable':
    case 'unexpected':
    case 'no-websocket':
      return error.message;
    case 'key-unusable':
      return `${error.message}${said(keyFrom)}; name the right one with --key-file`;
    case 'key-refused':
      return `the server does not accept this API key${said(keyFrom)}; name another with --key-file or --profile, or see ${PROGRAM} doctor`;
    case 'refused':
      return `the server says: ${error.message}${nextStep(error)}`;
  }
}

const said = (keyFrom: string | undefined): string => (keyFrom === undefined ? '' : ` (${keyFrom})`);

/** What the server misses → the verb that lists what there is. */
const LISTED_BY: Readonly<Record<string, string>> = {
  'job not found': 'jobs',
  'session not found': 'sessions',
  'terminal not found': 'terminals',
  'agent session not found': 'agent list',
  'key not found': 'keys',
};

function nextStep({ message, status }: ClientError): string {
  const lister = Object.hasOwn(LISTED_BY, message) ? LISTED_BY[message] : undefined;
  if (lister !== undefined) return `; see ${PROGRAM} ${lister}`;
  if (message.startsWith('cannot update while'))
    return `; end them, or wait for their end: ${PROGRAM} update --when-idle`;
  // Other refusals with this status are not about the key, such as that of a foreign Host.
  if (status === 403 && message.includes('scope')) return '; use a key that may, with --key-file or --profile';
  return status === 503 ? '; try again later' : '';
}
