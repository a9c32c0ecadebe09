/** Requests in figures. Labels come from the routes, never from what a client wrote, so that nobody can make more of them. */
import { Counter } from '../core/counter.ts';
import { Histogram } from '../core/histogram.ts';
import type { Metric } from '../core/metric.ts';

export interface AnsweredRequest {
  /** Undefined: no route of this server, or not with that method. */
  readonly route: { readonly method: string; readonly path: string; readonly slow: boolean } | undefined;
  readonly status: number;
  readonly durationMs: number;
}

/** Seconds. */
const BOUNDS = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10];
const NO_ROUTE = { method: 'other', path: 'none', slow: true };

export class RequestMetrics {
  readonly #requests = new Counter(
    'agent_server_http_requests_total',
    'HTTP requests that were answered, by route and class of status. 1xx: sockets that were opened.',
  );
  readonly #unauthenticated = new Counter(
    'agent_server_http_unauthenticated_total',
    'HTTP requests that were refused because their key was missing or wrong.',
  );
  readonly #durations = new Histogram(
    'agent_server_http_request_duration_seconds',
    'Seconds until the head of an answer was there, without routes that wait on purpose.',
    BOUNDS,
  );

  constructor() {
    // Shown from the beginning, so that a rate over the first refusal is right.
    this.#unauthenticated.add({}, 0);
  }

  count({ route = NO_ROUTE, status, durationMs }: AnsweredRequest): void {
    const { method, path } = route;
    this.#requests.add({ method, route: path, status: `${Math.floor(status / 100)}xx` });
    if (status === 401) this.#unauthenticated.add({});
    if (!route.slow) this.#durations.observe({ method, route: path }, durationMs / 1000);
  }

  read(): readonly Metric[] {
    return [this.#requests.read(), this.#unauthenticated.read(), this.#durations.read()];
  }
}
