/**
 * How many connections may be open that have shown no valid key. Bun's server has no such limit, and each takes a descriptor:
 * when they are used up, nobody gets in, no job starts, and Bun tries to accept again and again without a pause.
 *
 *   quiet ──more than the limit──▶ flooded: looks come fast, and each ends the oldest ──none to end for 10 s──▶ quiet
 *
 * It counts connections, not addresses: behind a tunnel all peers have the same one. One that has shown a valid key, over HTTP
 * or for a socket, is never counted and never ended. A new one is ended last, so that its key has time to arrive.
 */
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Descriptors } from '../platform/descriptors/descriptors.ts';
import { peerName } from '../platform/descriptors/peer-name.ts';

/** Each takes some kilobytes, so more of them would do no harm but to descriptors. */
const MOST = 4096;
/** So many are never too many: a quarter of 256, the lowest limit that a system starts with (macOS). */
const LEAST = 64;
/** What jobs, terminals and valid keys are left of the descriptors: three quarters. */
const SHARE_OF_DESCRIPTORS = 1 / 4;
const QUIET_LOOK_MS = 500;
/** Between two looks Bun accepts what waits for it, up to 512 connections: fast enough for few descriptors. */
const FLOODED_LOOK_MS = 20;
/** Of them, without any to end: 10 seconds. */
const FLOODED_LOOKS = 500;
const LOG_EVERY_MS = 60_000;
const TOO_MANY = 'too many connections without a key: the oldest are closed';
const NONE_LEFT = 'no descriptor is left: new connections wait, and nothing can be started, until some are closed';

export interface UnauthenticatedConnectionsOptions {
  /** Undefined: nothing limits them, and they are not counted. */
  readonly descriptors: Descriptors | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export class UnauthenticatedConnections implements Disposable {
  readonly #descriptors: Descriptors | undefined;
  readonly #clock: Clock;
  readonly #log: Log;
  /** Names of the peers whose connection has shown a valid key. */
  readonly #authenticated = new Set<string>();
  /** At which look the others were seen first; kept while there are many. */
  #since: ReadonlyMap<string, number> = new Map();
  #loggedAt = Number.NEGATIVE_INFINITY;
  #looks = 0;
  #timer: Disposable | undefined;

  constructor({ descriptors, clock, log }: UnauthenticatedConnectionsOptions) {
    this.#descriptors = descriptors;
    this.#clock = clock;
    this.#log = log;
  }

  /** A request on the connection of that peer has come with a valid key. */
  authenticated(peer: { readonly address: string; readonly port: number }): void {
    // Not counted, so it would never be forgotten again.
    if (this.#timer !== undefined) this.#authenticated.add(peerName(peer));
  }

  /** From now on, for connections to these ports. */
  watch(ports: readonly number[]): void {
    const descriptors = this.#descriptors;
    if (descriptors === undefined) return;
    let fast = 0;
    const next = () => {
      this.#timer = this.#clock.after(fast > 0 ? FLOODED_LOOK_MS : QUIET_LOOK_MS, () => {
        fast = this.#look(descriptors, ports) ? FLOODED_LOOKS : Math.max(0, fast - 1);
        next();
      });
    };
    next();
  }

  /** Whether there were too many. */
  #look(descriptors: Descriptors, ports: readonly number[]): boolean {
    this.#looks += 1;
    const open = descriptors.look();
    const areFew = (most: number) => open.count <= most && this.#authenticated.size <= most;
    // Almost always; then neither the limit nor a name is asked for.
    if (areFew(LEAST)) return false;
    const most = Math.max(LEAST, Math.min(MOST, Math.floor(descriptors.limit() * SHARE_OF_DESCRIPTORS)));
    if (areFew(most)) return false;
    const connections = open.accepted(ports);
    const peers = new Set(connections.map(({ peer }) => peer));
    for (const peer of this.#authenticated) if (!peers.has(peer)) this.#authenticated.delete(peer);
    const others = connections.filter(({ peer }) => !this.#authenticated.has(peer));
    const now = this.#looks;
    const since = new Map(others.map(({ peer }) => [peer, this.#since.get(peer) ?? now]));
    this.#since = since;
    const ended = others
      // Of those that came together: a request that has not been read yet may have a key.
      .toSorted(
        (a, b) => (since.get(a.peer) ?? now) - (since.get(b.peer) ?? now) || Number(a.unread) - Number(b.unread),
      )
      .slice(0, Math.max(0, others.length - most));
    for (const connection of ended) connection.end();
    if (ended.length > 0) this.#say(TOO_MANY, { closed: ended.length, most });
    else if (open.count >= descriptors.limit()) this.#say(NONE_LEFT, { limit: descriptors.limit() });
    return ended.length > 0;
  }

  /** Once a minute: whoever floods the server must not fill its log. */
  #say(message: string, fields: Readonly<Record<string, number>>): void {
    const now = this.#clock.monotonic();
    if (now - this.#loggedAt < LOG_EVERY_MS) return;
    this.#loggedAt = now;
    this.#log.warn(message, fields);
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}
