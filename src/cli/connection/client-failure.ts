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
      return `the server says: ${error.message}`;
  }
}

const said = (keyFrom: string | undefined): string => (keyFrom === undefined ? '' : ` (${keyFrom})`);
