/** The one table that turns a call that failed into a line that says what to do. */
import type { ClientError } from '../../client/failure.ts';

export function explainClientError(error: ClientError): string {
  switch (error.reason) {
    case 'unreachable':
    case 'unexpected':
    case 'key-unusable':
      return error.message;
    case 'refused':
      return error.status === 401
        ? 'the server does not accept this API key; it is taken from $agent_runtime_API_KEY or else the key file (see agent-server doctor)'
        : `the server says: ${error.message}`;
  }
}
