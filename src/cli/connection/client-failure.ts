/** What a failed call means for the user, and what to do about it, in one line. */
import type { ClientError } from '../../client/failure.ts';
import { KEY_VARIABLES } from '../../platform/files/key-file.ts';
import { PROGRAM } from '../command/program.ts';

export function explainClientError(error: ClientError): string {
  switch (error.reason) {
    case 'unreachable':
    case 'unexpected':
    case 'key-unusable':
    case 'no-websocket':
      return error.message;
    case 'key-refused':
      return `the server does not accept this API key; it is taken from ${KEY_VARIABLES[0]} or else the key file (see ${PROGRAM} doctor)`;
    case 'refused':
      return `the server says: ${error.message}`;
  }
}
