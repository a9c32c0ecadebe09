/**
 * The one way in, for requests and for upgrades.
 *
 *   request ─▶ route table ─▶ guard (Host, Origin, key, scope) ─▶ a route of Elysia ─▶ observers
 *   upgrade ─▶ kind of socket ─▶ guard (Host, Origin, key or ticket) ─▶ the hub
 *   Host of an origin of its own ─▶ that origin, which has its own guard (own-origins.ts) ─▶ observers
 *
 * What the guard yields is a Caller; routes ask `callerOf(request)`. Observers see every exchange once it is answered:
 * the place of log, metrics and audit.
 */
import type { AnyElysia } from 'elysia';
import { Slots } from '../core/slots.ts';
import { Turns } from '../core/turns.ts';
import { noteCaller, type Access, type Caller } from './caller.ts';
import type { Guard } from './guard.ts';
import { LiveExchanges } from './live-exchanges.ts';
import type { OwnOrigin, OwnOrigins } from './own-origins.ts';
import { notePeer } from './peer.ts';
import { revocableAnswer } from './revocable-answer.ts';
import { routeFor, RouteTable, type Route } from './route-table.ts';
import { noteSubject, subjectOf, type Subject } from './subject.ts';
import { wantsSocket, type SocketData, type SocketHub, type Upgraded } from './sockets/hub.ts';
import type { SocketKind } from './sockets/kind.ts';
import type { Tickets } from './tickets/tickets.ts';
import { TRANSFER_LIMITS } from './transfers.ts';
import { refusalResponse, type WireFailure } from './wire/failures.ts';
import { withStatedLength } from './wire/head-answer.ts';

export interface Exchange {
  readonly request: Request;
  /** Path of the URL, which is not the route's where that has parameters. */
  readonly path: string;
  /** Of a socket: the route that stands for its kind. */
  readonly route: Route | undefined;
  readonly caller: Caller | undefined;
  /** Address of the peer; undefined in process. */
  readonly peer: string | undefined;
  /** What it was about beyond the path. */
  readonly subject: Subject;
  /** 101 for a socket; one that was opened only to be told that it may not has the status of that refusal. */
  readonly status: number;
  readonly durationMs: number;
}

export interface GatewayOptions {
  readonly app: AnyElysia;
  readonly guard: Guard;
  readonly hub: SocketHub;
  readonly tickets: Tickets;
  readonly observers: readonly ((exchange: Exchange) => void)[];
  /** Default: there is none but the console's. */
  readonly origins?: Pick<OwnOrigins, 'at'> | undefined;
  /** Told of every exchange that takes a while. Default: one that nobody asks. */
  readonly live?: LiveExchanges;
  /** Told of every connection that has shown a valid key. */
  readonly authenticated?: (peer: Bun.SocketAddress) => void;
}

type Listener = Bun.Server<SocketData>;
/** What is known of an exchange before it is answered. */
type Seen = Omit<Exchange, 'durationMs' | 'status' | 'subject'> & { readonly startedAt: number };

/**
 * Seconds without a byte after which the connection of a valid key is closed; longer than the longest long-poll. Whoever has
 * shown no key gets the few of the listener (app/listen.ts).
 */
const AUTHENTICATED_IDLE_SECONDS = 60;
/** Requests of routes with large contents, each of which takes some 50 MB. */
const LARGE_AT_ONCE = 4;

export class Gateway {
  readonly #app: AnyElysia;
  readonly #guard: Guard;
  readonly #hub: SocketHub;
  readonly #tickets: Tickets;
  readonly #observers: GatewayOptions['observers'];
  readonly #origins: GatewayOptions['origins'];
  readonly #live: LiveExchanges;
  readonly #authenticated: (peer: Bun.SocketAddress) => void;
  readonly #routes: RouteTable;
  readonly #turns = new Turns(LARGE_AT_ONCE);
  readonly #transfers = new Slots<string>(TRANSFER_LIMITS);

  constructor({
    app,
    guard,
    hub,
    tickets,
    observers,
    origins,
    live = new LiveExchanges(),
    authenticated = () => {},
  }: GatewayOptions) {
    this.#app = app;
    this.#guard = guard;
    this.#hub = hub;
    this.#tickets = tickets;
    this.#observers = observers;
    this.#origins = origins;
    this.#live = live;
    this.#authenticated = authenticated;
    this.#routes = new RouteTable(app);
  }

  /**
   * Answers a request of the main port; undefined when it has become a socket. Without a listener (in process) there
   * are no sockets.
   */
  fetch(request: Request, listener?: Listener): Response | undefined | Promise<Response | undefined> {
    const origin = this.#origins?.at(request);
    if (origin !== undefined) return this.#elsewhere(origin, request, listener);
    const startedAt = performance.now();
    const path = pathOf(request.url);
    const kind = listener !== undefined && wantsSocket(request) ? this.#hub.kindAt(path) : undefined;
    if (kind !== undefined && listener !== undefined) return this.upgrade(kind, request, listener, path);
    const routes = this.#routes.at(path);
    const route = routeFor(routes, request.method);
    const readable = readableByElysia(request);
    const checked = this.#guard.check(readable, accessTo(route, routes), route);
    const caller = checked.ok ? checked.value : this.#whoLacks(checked.failure, request, route);
    // Looked up before the answer: afterwards there may be no connection.
    const peer = listener?.requestIP(request) ?? undefined;
    // Of a slow route Bun 1.4.5 cuts off only what came without a body, such as a DELETE; that is not relied on.
    if (checked.ok && route?.slow === true) listener?.timeout(request, 0);
    else if (caller !== undefined) listener?.timeout(request, AUTHENTICATED_IDLE_SECONDS);
    if (caller !== undefined && peer !== undefined) this.#authenticated(peer);
    if (peer !== undefined) notePeer(readable, peer.address);
    const answer = checked.ok ? this.#answer(readable, route, routes, caller) : this.#refusal(checked.failure, path);
    // Not a promise for every request: most are answered at once.
    if (this.#observers.length === 0) return answer;
    const seen = { request: readable, path, route, caller, peer: peer?.address, startedAt };
    return answer instanceof Promise
      ? answer.then((settled) => this.#observed(settled, seen))
      : this.#observed(answer, seen);
  }

  /** What goes on there is no exchange of a route, and is seen as one of that which stands for it. */
  #elsewhere(
    origin: OwnOrigin,
    request: Request,
    listener?: Listener,
  ): Response | undefined | Promise<Response | undefined> {
    const startedAt = performance.now();
    const { path } = origin;
    const peer = listener?.requestIP(request) ?? undefined;
    if (peer !== undefined) notePeer(request, peer.address);
    // A key opens nothing here, but must be known as one, so that it is not passed on.
    this.#guard.identify(request);
    const { caller, answer } = origin.admit(request);
    if (caller !== undefined && answer === undefined) listener?.timeout(request, 0);
    if (caller !== undefined && peer !== undefined) this.#authenticated(peer);
    const route = routeFor(this.#routes.at(path), 'GET');
    const seen = { request, path, route, caller, peer: peer?.address, startedAt };
    if (answer !== undefined || caller === undefined)
      return this.#observed(answer ?? refusalResponse({ reason: 'key-invalid' }), seen);
    if (listener !== undefined && wantsSocket(request)) {
      const asked = { kind: origin.sockets, request, path, query: new URLSearchParams(), caller };
      return this.#opened(this.#hub.upgrade(asked, listener), seen);
    }
    const given = revocableAnswer(this.#live, caller.keyId, request, origin.answer(request, caller));
    return given instanceof Promise
      ? given.then((settled) => this.#observed(settled, seen))
      : this.#observed(given, seen);
  }

  #answer(
    request: Request,
    route: Route | undefined,
    routes: ReadonlyMap<string, Route> | undefined,
    caller: Caller | undefined,
  ): Response | Promise<Response> {
    if (routes === undefined) return refusalResponse({ reason: 'not-found' });
    if (route === undefined)
      return refusalResponse({ reason: 'method-not-allowed', allowed: [...routes.keys()].toSorted() });
    if (caller === undefined) return this.#app.fetch(request);
    noteCaller(request, caller);
    const slot = route.transfer ? this.#transfers.take(caller.keyId) : undefined;
    if (slot?.ok === false) return refusalResponse(slot.failure);
    const answer = route.large ? this.#inTurn(request) : this.#app.fetch(request);
    const whole = request.method === 'HEAD' ? withStatedLength(request, answer) : answer;
    return revocableAnswer(this.#live, caller.keyId, request, whole, slot?.value);
  }

  /** With its body unread until then. */
  async #inTurn(request: Request): Promise<Response> {
    using turn = await this.#turns.take(request.signal);
    return turn === undefined ? refusalResponse({ reason: 'too-busy' }) : await this.#app.fetch(request);
  }

  /** On the path of a kind of sockets that answers in words of its own, plain requests are refused so, too. */
  #refusal(failure: WireFailure, path: string): Response {
    if (failure.reason !== 'key-invalid' && failure.reason !== 'scope-missing') return refusalResponse(failure);
    const answer = this.#hub.kindAt(path)?.refuse(failure);
    return answer instanceof Response ? answer : refusalResponse(failure);
  }

  /** Without a path, as one that is the kind's: for a port where every path is this kind of sockets. */
  upgrade(
    kind: SocketKind,
    request: Request,
    listener: Listener,
    path: string = kind.paths[0],
  ): Response | undefined | Promise<Response | undefined> {
    const startedAt = performance.now();
    const peer = listener.requestIP(request) ?? undefined;
    if (peer !== undefined) notePeer(request, peer.address);
    const { caller, upgraded } = this.#tryUpgrade(kind, request, listener, path);
    if (caller !== undefined && peer !== undefined) this.#authenticated(peer);
    const route = routeFor(this.#routes.at(path), 'GET');
    const seen = { request, path, route, caller, peer: peer?.address, startedAt };
    // It may take longer than a connection may be silent.
    if (upgraded instanceof Promise) listener.timeout(request, 0);
    return this.#opened(upgraded, seen);
  }

  #opened(upgraded: Upgraded | Promise<Upgraded>, seen: Seen): Response | undefined | Promise<Response | undefined> {
    return upgraded instanceof Promise
      ? upgraded.then(({ answer, status }) => this.#observed(answer, seen, status))
      : this.#observed(upgraded.answer, seen, upgraded.status);
  }

  #tryUpgrade(kind: SocketKind, request: Request, listener: Listener, path: string): TriedUpgrade {
    const refused = this.#guard.checkSource(request);
    if (refused !== undefined) return refusedUpgrade(refused);
    if (!wantsSocket(request)) return refusedUpgrade({ reason: 'upgrade-required' });
    const query = URL.parse(request.url)?.searchParams ?? new URLSearchParams();
    const { tickets = true, ownAuthorization = false } = kind.ways ?? {};
    // The key first: a ticket beside it is not used up.
    const withKey = this.#guard.identify(request, ownAuthorization);
    const ticket = withKey === undefined && tickets ? query.get('ticket') : null;
    const caller = ticket === null ? withKey : this.#tickets.holder(ticket);
    noteSubject(request, kind.subjectOf(query));
    const upgraded = this.#hub.upgrade({ kind, request, path, query, caller }, listener);
    if (ticket === null) return { caller, upgraded };
    // Nor is it by a request that is refused; while one is prepared, no other request may use it.
    if (upgraded instanceof Promise || upgraded.answer === undefined) this.#tickets.redeem(ticket);
    return { caller, upgraded };
  }

  /** A key that is valid but lacks the scope is known all the same; nothing else is looked up twice. */
  #whoLacks(failure: WireFailure, request: Request, route: Route | undefined): Caller | undefined {
    return failure.reason === 'scope-missing' ? this.#guard.identify(request, route?.ownAuthorization) : undefined;
  }

  #observed<A extends Response | undefined>(
    answer: A,
    { request, path, route, caller, peer, startedAt }: Seen,
    status = answer?.status ?? 101,
  ): A {
    const durationMs = performance.now() - startedAt;
    const exchange = { request, path, route, caller, peer, subject: subjectOf(request), status, durationMs };
    for (const observe of this.#observers) observe(exchange);
    return answer;
  }
}

interface TriedUpgrade {
  readonly caller?: Caller | undefined;
  readonly upgraded: Upgraded | Promise<Upgraded>;
}

function refusedUpgrade(failure: WireFailure): TriedUpgrade {
  const answer = refusalResponse(failure);
  return { upgraded: { answer, status: answer.status } };
}

/** A method that an open path does not have is refused as such, without a key; an unknown path needs one. */
function accessTo(route: Route | undefined, routes: ReadonlyMap<string, Route> | undefined): Access | 'any-key' {
  if (route !== undefined) return route.access;
  return routes !== undefined && [...routes.values()].every(({ access }) => access === 'open') ? 'open' : 'any-key';
}

/** The path of a URL, with nothing resolved or decoded: two readings of one path would be a way around the guard. */
export function pathOf(url: string): string {
  const start = pathStart(url);
  const end = url.indexOf('?', start);
  return end < 0 ? url.slice(start) : url.slice(start, end);
}

/** Where a Host header is missing or no host name, the URL is a bare path. */
const pathStart = (url: string): number => (url.startsWith('/') ? 0 : url.indexOf('/', url.indexOf('//') + 2));

/** Elysia takes scheme and host to have at least so many characters, and looks for the path behind them. */
const ELYSIA_PATH_FROM = 11;

/** A request that Elysia reads as we do: one for a host of three characters or less is given a longer one. */
export function readableByElysia(request: Request): Request {
  const start = pathStart(request.url);
  return start >= ELYSIA_PATH_FROM ? request : new Request(`http://localhost${request.url.slice(start)}`, request);
}
