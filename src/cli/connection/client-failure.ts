/** What a failed call means for the user, and what to do about it, in one line. */
import type { ClientError } from '../../client/failure.ts';
import { PROGRAM } from '../command/program.ts';

export interface Asked {
  /** Where the key was taken from, such as `given with --key-file`. */
  readonly keyFrom?: string | undefined;
  /** What the command line named, such as a job's id. */
  readonly named?: string | undefined;
}

export function explainClientError(error: ClientError, { keyFrom, named }: Asked = {}): string {
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
      return `the server says: ${error.message}${missing(error, named)}${nextStep(error)}`;
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

const missing = ({ message }: ClientError, named: string | undefined): string =>
  named !== undefined && Object.hasOwn(LISTED_BY, message) ? ` (${JSON.stringify(named)})` : '';

function nextStep({ message, status }: ClientError): string {
  const lister = Object.hasOwn(LISTED_BY, message) ? LISTED_BY[message] : undefined;
  if (lister !== undefined) return `; see ${PROGRAM} ${lister}`;
  if (message.startsWith('cannot update while'))
    return `; end them, or wait until they have ended: ${PROGRAM} update --when-idle`;
  // Other refusals with this status are not about the key, such as that of a foreign Host.
  if (status === 403 && message.includes('scope')) return '; use a key that may, with --key-file or --profile';
  return status === 503 ? '; try again later' : '';
}
