/**
 * `GET`, which belongs to two doors: an event stream for whoever accepts one or names a connection, the metadata of acpremote's wire
 * for everybody else, as its clients send neither.
 */
import { json } from '../wire/json.ts';
import { connectionIn, type Doors } from './connect.ts';
import type { Address } from './asked.ts';
import { refusalOf } from './failures.ts';
import { metadataFor } from './metadata.ts';
import { OutboxStream } from './outbox-stream.ts';
import { positionIn } from './position.ts';
import { isTooLong } from './session-of-message.ts';

/** Two answers at one address: nobody may keep one for the other. */
const HEADERS = { vary: 'Accept, Acp-Connection-Id', 'cache-control': 'no-store' } as const;

export function get(doors: Doors, request: Request, address: Address): Response {
  const { headers } = address;
  const accepts = headers.get('accept')?.toLowerCase().includes('text/event-stream') ?? false;
  if (!accepts && !headers.has('acp-connection-id')) {
    const metadata = metadataFor(doors.clients, address);
    return metadata.ok ? json(metadata.value, 200, HEADERS) : refusalOf(metadata.failure);
  }
  if (!accepts) return refusalOf({ reason: 'accept-refused' });
  return stream(doors, request, address);
}

function stream(doors: Doors, request: Request, address: Address): Response {
  const { headers } = address;
  const connection = connectionIn(doors, request, address);
  if (connection instanceof Response) return connection;
  const session = headers.get('acp-session-id');
  if (isTooLong(session)) return refusalOf({ reason: 'id-too-long' });
  const after = headers.has('last-event-id') ? positionIn(headers, 'Last-Event-ID') : undefined;
  if (after?.ok === false) return refusalOf(after.failure);
  // Nothing is to be taken over by a look.
  if (request.method === 'HEAD')
    return new Response(null, { headers: { ...HEADERS, 'content-type': 'text/event-stream' } });
  const outbox = session === null ? connection.outbox : connection.sessionOutbox(session);
  if (outbox === undefined) return refusalOf({ reason: 'too-many-streams' });
  const reader = new OutboxStream(doors.clock);
  const reading = outbox.open(after?.value, reader);
  if (!reading.ok) return refusalOf(reading.failure);
  const answer = reader.answer(reading.value, connection.attach(), HEADERS);
  if (request.signal.aborted) reader.leave();
  request.signal.addEventListener('abort', () => reader.leave(), { once: true });
  return answer;
}
