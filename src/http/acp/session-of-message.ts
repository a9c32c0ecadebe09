/** Of which session a message of Streamable HTTP is: what it says itself, and what `Acp-Session-Id` says of it. */
import type { ClientConnection } from '../../agents/clients/client.ts';
import { isGivenId } from '../../agents/clients/json-rpc.ts';
import { fieldsOf, textOf, type Fields } from '../../agents/session/entry.ts';
import type { AcpFailure } from './failures.ts';
import { MAX_ID_CHARACTERS } from './limits.ts';

const OF_A_SESSION: ReadonlySet<unknown> = new Set(
  ['prompt', 'cancel', 'load', 'resume', 'close', 'delete', 'fork', 'set_mode', 'set_model', 'set_config_option'].map(
    (name) => `session/${name}`,
  ),
);

/** Undefined where header and message agree. */
export function sessionProblem(
  message: Fields,
  header: string | null,
  connection: Pick<ClientConnection, 'sessionOf'>,
): AcpFailure | undefined {
  if (isTooLong(header) || hasLongId(message)) return { reason: 'id-too-long' };
  const isAnswer = message['method'] === undefined;
  const session = isAnswer ? connection.sessionOf(message['id']) : sessionIn(message);
  if (header === null)
    return session !== undefined || OF_A_SESSION.has(message['method']) ? { reason: 'session-missing' } : undefined;
  return session !== undefined && session !== header ? { reason: 'session-differs' } : undefined;
}

const sessionIn = (message: Fields): string | undefined => textOf(fieldsOf(message['params'])['sessionId']);

/** Of a request or of a session. */
export const hasLongId = (message: Fields): boolean => isTooLong(message['id']) || isTooLong(sessionIn(message));

export const isTooLong = (id: unknown): boolean => typeof id === 'string' && id.length > MAX_ID_CHARACTERS;

/** Whether it asks for what begins every connection. */
export const isInitialize = ({ jsonrpc, method }: Fields): boolean => jsonrpc === '2.0' && method === 'initialize';

export const hasRequestId = ({ id }: Fields): boolean => isGivenId(id);
