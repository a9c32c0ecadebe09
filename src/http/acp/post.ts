/** `POST`: one message of a client, by Streamable HTTP. Only `initialize` is answered here; all else goes by event streams. */
import type { Fields } from '../../agents/session/entry.ts';
import { callerOf, isRevoked } from '../caller.ts';
import { noteSubject } from '../subject.ts';
import { isJsonObject, readJson } from '../wire/body.ts';
import { refusalResponse } from '../wire/failures.ts';
import { JSON_TYPE } from '../wire/json.ts';
import { connect, connectionIn, type Doors } from './connect.ts';
import type { Address } from './asked.ts';
import { isTooDeep } from './depth.ts';
import { refusalOf } from './failures.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';
import { hasRequestId, isInitialize, sessionProblem } from './session-of-message.ts';

export async function post(doors: Doors, request: Request, address: Address): Promise<Response> {
  const read = await readJson(request, 'declared', MAX_MESSAGE_BYTES);
  if (!read.ok) return refusalResponse(read.failure);
  const message = read.value;
  if (Array.isArray(message)) return refusalOf({ reason: 'batch-refused' });
  if (!isJsonObject(message)) return refusalOf({ reason: 'message-invalid' });
  if (isTooDeep(message)) return refusalOf({ reason: 'too-deep' });
  return isInitialize(message)
    ? initialize(doors, request, address, message)
    : receive(doors, request, address, message);
}

async function initialize(doors: Doors, request: Request, address: Address, message: Fields): Promise<Response> {
  const caller = callerOf(request);
  if (caller === undefined) return refusalResponse({ reason: 'key-invalid' });
  if (request.headers.has('acp-connection-id')) return refusalOf({ reason: 'initialized-already' });
  if (!hasRequestId(message)) return refusalOf({ reason: 'initialize-without-id' });
  const connected = connect(doors, address, caller, 'http');
  if (!connected.ok) return refusalOf(connected.failure);
  const connection = connected.value;
  noteSubject(request, { agent: connection.agent, connection: connection.id });
  // Nobody will ever know its id.
  const leave = () => connection.close();
  request.signal.addEventListener('abort', leave, { once: true });
  const { ok, text } = await connection.initialize(message);
  request.signal.removeEventListener('abort', leave);
  if (isRevoked(request)) return refusalResponse({ reason: 'key-invalid' });
  return new Response(text, { headers: { ...JSON_TYPE, ...(ok && { 'acp-connection-id': connection.id }) } });
}

function receive(doors: Doors, request: Request, address: Address, message: Fields): Response {
  const connection = connectionIn(doors, request, address);
  if (connection instanceof Response) return connection;
  const session = address.headers.get('acp-session-id');
  const problem = sessionProblem(message, session, connection);
  if (problem !== undefined) return refusalOf(problem);
  const received = connection.receive(message, session ?? undefined);
  return received.ok ? new Response(null, { status: 202 }) : refusalOf(received.failure);
}
