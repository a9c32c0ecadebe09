/** Waits for `devtunnel host` to say where the tunnel is. */
import type { Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/failure.ts';
import { failureIn, type TunnelFailure } from './failure.ts';
import { LIMIT_MS, type HostProcess } from './tool.ts';
import { findTunnelUrls, type TunnelPorts, type TunnelUrls } from './tunnel-urls.ts';

/** It is printed after all addresses. */
const READY = /ready to accept connections/i;
const KEPT_CHARACTERS = 16 * 1024;
/** Of a host that stays, only the last says why it has ended. */
const LAST_CHARACTERS = 1024;

export class HostAddress {
  /** Settles once: with the addresses, or with what kept it from having any. Never rejects. */
  readonly found: Promise<Result<TunnelUrls, TunnelFailure>>;
  readonly #ports: TunnelPorts;
  readonly #found = Promise.withResolvers<Result<TunnelUrls, TunnelFailure>>();
  #text = '';
  #kept = KEPT_CHARACTERS;

  constructor(host: HostProcess, ports: TunnelPorts, clock: Clock) {
    this.#ports = ports;
    this.found = this.#found.promise;
    host.onOutput((text) => this.#take(text));
    const timer = clock.after(LIMIT_MS, () => this.#settle('no-url'));
    void host.exited.then(() => this.#found.resolve(fail(this.failure)));
    void this.found.then(() => timer[Symbol.dispose]());
  }

  /** What its end means, by what it said last. */
  get failure(): TunnelFailure {
    return failureIn(Bun.stripANSI(this.#text), 'host-ended');
  }

  #take(text: string): void {
    this.#text = (this.#text + text).slice(-this.#kept);
    if (this.#kept === LAST_CHARACTERS) return;
    // Output comes in pieces: half an address is none, and half an escape sequence cannot be told from text.
    const lines = Bun.stripANSI(this.#text.slice(0, this.#text.lastIndexOf('\n') + 1));
    const found = findTunnelUrls(lines, this.#ports);
    if (found !== undefined && (found.best || READY.test(lines))) {
      this.#kept = LAST_CHARACTERS;
      this.#found.resolve(ok(found));
    }
  }

  #settle(otherwise: 'no-url'): void {
    const text = Bun.stripANSI(this.#text);
    const found = findTunnelUrls(text, this.#ports);
    this.#found.resolve(found === undefined ? fail(failureIn(text, otherwise)) : ok(found));
  }
}
