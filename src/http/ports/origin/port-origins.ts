/**
 * An origin of its own for each port of the machine, for browsers. On the origin of the console a page of a port could read the
 * console's key and call everything; here it is alone with its port.
 *
 *   POST /tickets {"port"} ─▶ /.agent-server/enter?ticket=… ─▶ cookie, 303 to / ─▶ whatever the port answers
 *
 * Nothing else is here: no route of the server, no key in a header. Each request is asked in this order whether its port is one of
 * the server's own, from where it comes, and who it is.
 */
import type { AllowedPorts } from '../../../ports/allowed.ts';
import { MAX_MESSAGE_BYTES } from '../../../ports/websocket/frames.ts';
import { hasOwnAuthorization, mayUse, type Caller } from '../../caller.ts';
import { pathOf } from '../../gateway.ts';
import type { Entry, OwnOrigin, OwnOrigins } from '../../own-origins.ts';
import { peerOf } from '../../peer.ts';
import { wantsSocket } from '../../sockets/hub.ts';
import type { SocketKind } from '../../sockets/kind.ts';
import { noteSubject } from '../../subject.ts';
import type { Tickets } from '../../tickets/tickets.ts';
import { responseTo } from '../failures.ts';
import { cookieValues, portCookieName } from '../proxy/cookies.ts';
import { passOn, type Passing } from '../proxy/pass-on.ts';
import { requestFields } from '../proxy/request-fields.ts';
import { prepareSocket, type SocketPassing } from '../proxy/socket.ts';
import { ENTER_PATH, entered, entryAddress, RESERVED_PATH, useOf, type Admission } from './enter.ts';
import { notice, type Notice } from './notices.ts';
import type { PortHost, PortHosts } from './port-host.ts';
import type { PortSessions } from './sessions.ts';
import { isForeign } from './source.ts';

export interface PortOriginOptions {
  readonly hosts: PortHosts;
  readonly sessions: PortSessions;
  readonly tickets: Tickets;
  readonly allowed: AllowedPorts;
  readonly passing: Passing;
  readonly passingSockets: SocketPassing;
  /** Passes `Host` on as it came. */
  readonly keepHost: boolean;
}

export class PortOrigins implements OwnOrigins {
  readonly #options: PortOriginOptions;

  constructor(options: PortOriginOptions) {
    this.#options = options;
  }

  at(request: Request): OwnOrigin | undefined {
    const host = this.#options.hosts.read(request.headers.get('host'));
    return host === undefined ? undefined : new PortOrigin(host, this.#options);
  }

  entryTo(port: number, caller: Caller, request: Request): Entry | Response {
    const permitted = this.#options.allowed.check(port, caller.ports);
    if (!permitted.ok) return responseTo(permitted.failure);
    const host = this.#options.hosts.of(port, request.headers.get('host'));
    if (host === undefined) return responseTo({ reason: 'no-name-for-browsers', port });
    noteSubject(request, { port: String(port) });
    return { use: useOf(host), address: (ticket) => entryAddress(host, ticket) };
  }
}

class PortOrigin implements OwnOrigin {
  readonly path: string;
  readonly #host: PortHost;
  readonly #options: PortOriginOptions;

  constructor(host: PortHost, options: PortOriginOptions) {
    this.#host = host;
    this.#options = options;
    this.path = `/ports/${host.port}/`;
  }

  admit(request: Request): Admission {
    const { sessions, allowed } = this.#options;
    const { port, scheme } = this.#host;
    const refuse = (which: Notice, caller?: Caller) => ({ caller, answer: notice(which, port) });
    if (!allowed.check(port, undefined).ok) return refuse('port-is-own');
    if (isForeign(request, this.#host, wantsSocket(request))) return refuse('from-elsewhere');
    const path = pathOf(request.url);
    if (path === ENTER_PATH) return this.#enter(request);
    if (path.startsWith(RESERVED_PATH)) return refuse('not-found');
    const cookies = cookieValues(request.headers.get('cookie'), portCookieName(scheme));
    const caller = sessions.callerOf(cookies, this.#host);
    if (caller === undefined) return refuse('not-let-in');
    noteSubject(request, { port: String(port) });
    return { caller };
  }

  #enter(request: Request): Admission {
    const { sessions, tickets, allowed } = this.#options;
    const { port } = this.#host;
    if (request.method !== 'GET') return { caller: undefined, answer: notice('method-not-allowed', port) };
    const ticket = URL.parse(request.url)?.searchParams.get('ticket') ?? '';
    const caller = tickets.redeem(ticket, useOf(this.#host));
    if (caller === undefined) return { caller, answer: notice('ticket-invalid', port) };
    if (!mayUse(caller, 'ports') || !allowed.check(port, caller.ports).ok)
      return { caller, answer: notice('port-not-allowed', port) };
    noteSubject(request, { port: String(port) });
    return { caller, answer: entered(this.#host, sessions.begin(caller, this.#host)) };
  }

  answer(request: Request, { keyId }: Caller): Promise<Response> {
    return passOn({ ...this.#passed(request), request, keyId }, this.#options.passing);
  }

  get sockets(): SocketKind {
    const { port } = this.#host;
    return {
      paths: [this.path],
      maxFrameBytes: MAX_MESSAGE_BYTES,
      scopeOf: () => 'ports',
      subjectOf: () => ({ port: String(port) }),
      prepare: ({ request }) => prepareSocket({ ...this.#passed(request), request }, this.#options.passingSockets),
      refuse: (refusal) =>
        refusal.reason === 'too-many-sockets'
          ? responseTo({ reason: 'too-many-requests', limit: refusal.limit })
          : notice('not-let-in', port),
    };
  }

  /** What the port is asked. */
  #passed(request: Request) {
    const { port, origin, authority } = this.#host;
    const fields = requestFields({
      headers: request.headers,
      port,
      prefix: '',
      ownAuthorization: hasOwnAuthorization(request),
      peer: peerOf(request),
      keepHost: this.#options.keepHost,
      seenAs: this.#host,
    });
    return { port, prefix: '', rest: targetOf(request.url), fields, host: authority, origin };
  }
}

/** Path and query, with nothing decoded. */
function targetOf(url: string): string {
  const [target = ''] = url.slice(url.indexOf('/', url.indexOf('//') + 2)).split('#', 1);
  return target;
}
