/** WebSockets at `/ports/{port}/…`: those of a port of the machine for programs, with the key in a header. No ticket opens them. */
import { MAX_MESSAGE_BYTES } from '../../ports/websocket/frames.ts';
import type { AllowedPorts } from '../../ports/allowed.ts';
import { hasOwnAuthorization } from '../caller.ts';
import { peerOf } from '../peer.ts';
import { noteSubject } from '../subject.ts';
import type { SocketKind } from '../sockets/kind.ts';
import { refusalResponse } from '../wire/failures.ts';
import { responseTo } from './failures.ts';
import { sandboxed } from './proxy/answer-headers.ts';
import { targetIn } from './proxy/path.ts';
import { requestFields } from './proxy/request-fields.ts';
import { prepareSocket, type SocketPassing } from './proxy/socket.ts';

export interface ProxySocketOptions extends SocketPassing {
  readonly allowed: AllowedPorts;
  /** Passes `Host` on as it came. */
  readonly keepHost: boolean;
}

export const proxySockets = ({ allowed, keepHost, ...passing }: ProxySocketOptions): SocketKind => ({
  paths: ['/ports/:port', '/ports/:port/*'],
  maxFrameBytes: MAX_MESSAGE_BYTES,
  ways: { tickets: false, ownAuthorization: true },
  scopeOf: () => 'ports',
  subjectOf: () => ({}),
  prepare({ request }, caller) {
    const found = targetIn(request, caller, allowed);
    if (!found.ok) return onOurOrigin(responseTo(found.failure));
    const { port, prefix, rest } = found.value;
    noteSubject(request, { port: String(port) });
    const fields = requestFields({
      headers: request.headers,
      port,
      prefix,
      ownAuthorization: hasOwnAuthorization(request),
      peer: peerOf(request),
      keepHost,
    });
    const host = request.headers.get('host') ?? '';
    // A client of sockets follows no 308.
    const path = rest.startsWith('/') ? rest : `/${rest}`;
    return prepareSocket({ request, port, prefix, rest: path, fields, host }, passing).then((prepared) =>
      prepared instanceof Response ? onOurOrigin(prepared) : prepared,
    );
  },
  refuse: (refusal) =>
    onOurOrigin(
      refusal.reason === 'too-many-sockets'
        ? responseTo({ reason: 'too-many-requests', limit: refusal.limit })
        : refusalResponse(refusal),
    ),
});

/** What the target says there has it already. */
function onOurOrigin(answer: Response): Response {
  if (!answer.headers.has('content-security-policy')) sandboxed(answer.headers);
  return answer;
}
