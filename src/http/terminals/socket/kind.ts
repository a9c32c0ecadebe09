/** Terminal sockets as a kind of sockets for the hub. */
import type { Clock } from '../../../core/clock.ts';
import { CLOSE_CODES } from '../../../core/close-codes.ts';
import type { SocketKind, SocketRefusal, Wire } from '../../sockets/kind.ts';
import { wireRefusals } from '../../wire/failures.ts';
import { TERMINAL_SOCKET_PATH } from './plan.ts';
import { SocketWriter } from './socket-writer.ts';
import { TerminalSocket, type SocketRooms } from './terminal-socket.ts';

export function terminalSockets(rooms: SocketRooms): SocketKind {
  return {
    paths: [TERMINAL_SOCKET_PATH],
    // One that only watches needs no more than the routes that show output.
    scopeOf: (query) => (query.has('attach') && isReadonly(query) ? 'observe' : 'run'),
    subjectOf: (query) => {
      const terminal = rooms.terminals.get(query.get('attach') ?? '');
      return terminal === undefined ? {} : { terminal: terminal.id };
    },
    prepare: ({ query }) => ({ open: (wire) => new TerminalSocket(wire, query, rooms) }),
    refuse: (refusal) => (wire) => refuse(wire, refusal, rooms.clock),
  };
}

const isReadonly = (query: URLSearchParams): boolean => ['1', 'true'].includes(query.get('readonly') ?? '');

function refuse(wire: Wire, refusal: SocketRefusal, clock: Clock): void {
  const writer = new SocketWriter(wire, clock);
  switch (refusal.reason) {
    case 'key-invalid':
      // What inherited clients expect: no frame before it.
      return writer.closeNow(CLOSE_CODES.unauthorized, 'Invalid API key');
    case 'scope-missing':
      return writer.refuse(CLOSE_CODES.policyViolation, wireRefusals.sentenceOf(refusal));
    case 'too-many-sockets':
      return writer.refuse(CLOSE_CODES.tryAgainLater, `Max sockets (${refusal.limit}) reached`);
  }
}
