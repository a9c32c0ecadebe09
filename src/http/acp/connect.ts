/** Connections of clients: made for a request, or found by it. */
import type { ClientConnection, Clients, Door } from '../../agents/clients/client.ts';
import type { Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/failure.ts';
import { callerOf, type Caller } from '../caller.ts';
import type { LiveExchanges } from '../live-exchanges.ts';
import { noteSubject } from '../subject.ts';
import { refusalResponse } from '../wire/failures.ts';
import { namedBy, type Address } from './asked.ts';
import { refusalOf, type AcpFailure } from './failures.ts';

/** What the doors are made of. */
export interface Doors {
  readonly clients: Clients;
  /** Told of every connection, which ends with its key. */
  readonly live: LiveExchanges;
  readonly clock: Clock;
}

/** A new connection to the agent that the request names. */
export function connect(
  { clients, live }: Doors,
  address: Address,
  { keyId }: Caller,
  door: Door,
): Result<ClientConnection, AcpFailure> {
  const named = namedBy(address);
  if (!named.ok) return named;
  const agent = clients.agent(named.value.agent);
  if (!agent.ok) return agent;
  const { host } = named.value;
  const made = clients.connect({ agent: agent.value, door, host, outboxPerSession: door === 'http', keyId });
  if (!made.ok) return made;
  const connection = made.value;
  const entry = live.add(keyId, () => connection.close());
  void connection.ended.then(() => entry[Symbol.dispose]());
  return made;
}

/** The connection whose id the request brings. */
export function findConnection(
  { clients }: Doors,
  address: Address,
  { keyId }: Caller,
  door: Door,
): Result<ClientConnection, AcpFailure> {
  const named = namedBy(address);
  if (!named.ok) return named;
  const id = address.headers.get('acp-connection-id');
  if (id === null || id === '') return fail({ reason: 'connection-missing' });
  const connection = clients.find(id, keyId);
  if (connection === undefined || connection.door !== door) return fail({ reason: 'connection-unknown' });
  const { agent } = named.value;
  if (agent !== undefined && agent !== connection.agent)
    return fail({ reason: 'agent-differs', agent: connection.agent });
  return ok(connection);
}

/** The same for a request of Streamable HTTP, or why there is none. */
export function connectionIn(doors: Doors, request: Request, address: Address): ClientConnection | Response {
  const caller = callerOf(request);
  if (caller === undefined) return refusalResponse({ reason: 'key-invalid' });
  const found = findConnection(doors, address, caller, 'http');
  if (!found.ok) return refusalOf(found.failure);
  const connection = found.value;
  noteSubject(request, { agent: connection.agent, connection: connection.id });
  return connection;
}
