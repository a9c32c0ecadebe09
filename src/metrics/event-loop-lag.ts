/** How late this process comes to what is due: a timer of one second, and by how much it missed each. */
import { Histogram } from '../core/histogram.ts';
import type { Metric } from '../core/metric.ts';

const EVERY_MS = 1000;
/** Seconds. */
const BOUNDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];

export class EventLoopLag implements Disposable {
  readonly #lag = new Histogram(
    'agent_server_event_loop_lag_seconds',
    'Seconds by which a timer fired late, measured once a second.',
    BOUNDS,
  );
  readonly #timer: ReturnType<typeof setInterval>;
  #due = performance.now() + EVERY_MS;

  constructor() {
    this.#timer = setInterval(() => this.#measure(), EVERY_MS);
    // It keeps no process alive.
    this.#timer.unref();
  }

  read(): Metric {
    return this.#lag.read();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #measure(): void {
    const now = performance.now();
    this.#lag.observe({}, Math.max(0, now - this.#due) / 1000);
    this.#due = now + EVERY_MS;
  }
}
