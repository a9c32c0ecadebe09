/** The sockets of clients as kinds for the hub: the one of the RFD at `/acp`, and that of acpremote's wire at `/acp/ws`. */
import type { ClientConnection } from '../../agents/clients/client.ts';
import { ok, type Result } from '../../core/failure.ts';
import type { PreparedSocket, SocketKind, SocketRefusal, SocketRequest } from '../sockets/kind.ts';
import { refusalResponse } from '../wire/failures.ts';
import type { Caller } from '../caller.ts';
import type { Address } from './asked.ts';
import { ClientSocket, type ClientSocketParts, type WireRules } from './client-socket.ts';
import { connect, findConnection, type Doors } from './connect.ts';
import { refusalOf, type AcpFailure } from './failures.ts';
import { Inbox } from './inbox.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';
import { OutboxSocket } from './outbox-socket.ts';
import { positionIn } from './position.ts';

const RECEIVED_FRAMES = 'Acp-Received-Frames';

const RFD: WireRules = { initializeFirst: true, refusesBinary: false, resumes: true };
const ACPREMOTE: WireRules = { initializeFirst: false, refusesBinary: true, resumes: false };

/** What both have in common. */
const COMMON = {
  maxFrameBytes: MAX_MESSAGE_BYTES,
  scopeOf: () => 'agents',
  subjectOf: () => ({}),
} satisfies Partial<SocketKind>;

export function acpSocketKinds(doors: Doors): readonly SocketKind[] {
  const inboxes = new WeakMap<ClientConnection, Inbox>();

  const prepared = (rules: WireRules, connection: ClientConnection, after?: number): Result<Prepared, AcpFailure> => {
    const inbox = inboxes.get(connection) ?? new Inbox(connection);
    inboxes.set(connection, inbox);
    const output = new OutboxSocket(doors.clock, () => inbox.offer());
    const opened = connection.outbox.open(after, output);
    return opened.ok ? ok({ rules, connection, inbox, output, reading: opened.value }) : opened;
  };

  const begin = (
    rules: WireRules,
    address: Address,
    caller: Caller,
    headersOf: HeadersOf,
  ): PreparedSocket | Response => {
    const made = connect(doors, address, caller, rules.resumes ? 'websocket' : 'acpremote');
    if (!made.ok) return refusalOf(made.failure);
    return socketOf(prepared(rules, made.value), headersOf, () => made.value.close());
  };

  const resume = (address: Address, caller: Caller): PreparedSocket | Response => {
    const found = findConnection(doors, address, caller, 'websocket');
    if (!found.ok) return refusalOf(found.failure);
    const after = positionIn(address.headers, RECEIVED_FRAMES);
    if (!after.ok) return refusalOf(after.failure);
    return socketOf(prepared(RFD, found.value, after.value), (made) => ({
      ...idOf(made),
      [RECEIVED_FRAMES]: String(made.inbox.frames),
    }));
  };

  return [
    {
      ...COMMON,
      paths: ['/acp', '/acp/:agent'],
      prepare(asked, caller) {
        const address = addressOf(asked);
        return address.headers.has('acp-connection-id') ? resume(address, caller) : begin(RFD, address, caller, idOf);
      },
      refuse: refusalOfSocket,
    },
    {
      ...COMMON,
      paths: ['/acp/ws', '/acp/:agent/ws'],
      // A pong within 20 s of each ping, which comes after 20 s of silence.
      maxSilenceMs: 40_000,
      prepare: (asked, caller) => begin(ACPREMOTE, addressOf(asked), caller, () => ({})),
      refuse: (refusal) => (refusal.reason === 'key-invalid' ? bearerMissing() : refusalOfSocket(refusal)),
    },
  ];
}

type Prepared = ClientSocketParts;
type HeadersOf = (made: Prepared) => Readonly<Record<string, string>>;

const addressOf = ({ request: { headers }, path, query }: SocketRequest): Address => ({ headers, path, query });

const idOf: HeadersOf = ({ connection }) => ({ 'Acp-Connection-Id': connection.id });

/** `undo`: what was made for it alone, where it is not opened after all. */
function socketOf(
  made: Result<Prepared, AcpFailure>,
  headersOf: HeadersOf,
  undo: () => void = () => {},
): PreparedSocket | Response {
  if (!made.ok) return refusalOf(made.failure);
  const { connection, reading } = made.value;
  return {
    headers: headersOf(made.value),
    subject: { agent: connection.agent, connection: connection.id },
    open: (wire) => new ClientSocket(wire, made.value),
    abandon() {
      reading[Symbol.dispose]();
      undo();
    },
  };
}

const refusalOfSocket = (refusal: SocketRefusal): Response =>
  refusal.reason === 'too-many-sockets' ? refusalOf(refusal) : refusalResponse(refusal);

/** As acpremote's own server says it. */
const bearerMissing = (): Response =>
  new Response('missing or invalid bearer token\n', {
    status: 401,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'www-authenticate': 'Bearer realm="acpremote"' },
  });
