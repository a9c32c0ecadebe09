/** Requests in figures. Labels come from the routes, never from what a client wrote, so that nobody can make more of them. */
import { Counter, type Count } from '../core/counter.ts';
import { Histogram } from '../core/histogram.ts';
import type { Metric } from '../core/metric.ts';

export interface AnsweredRequest {
  readonly request: { readonly url: string };
  /** Undefined: no route of this server, or not with that method. */
  readonly route: { readonly method: string; readonly described: string; readonly slow: boolean } | undefined;
  readonly status: number;
  readonly durationMs: number;
}

/** A long-poll: how long it takes, the client has chosen. */
const LONG_POLL = /[?&]wait=/;
/** Seconds. */
const BOUNDS = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10];
const NO_ROUTE = { method: 'other', described: 'none', slow: true };
type Route = NonNullable<AnsweredRequest['route']>;

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
    'Seconds until the headers of an answer were ready, leaving out requests that wait on purpose and requests without a valid key.',
    BOUNDS,
  );
  /** Counts of each route by class of status, so that one more costs no look-up by text. */
  readonly #counts = new Map<Route, Count[]>();
  // Shown from the beginning, so that a rate over the first refusal is right.
  readonly #refused = this.#unauthenticated.of({});

  count({ request, route = NO_ROUTE, status, durationMs }: AnsweredRequest): void {
    this.#countOf(route, Math.floor(status / 100)).value += 1;
    // What is refused costs nothing more, and says nothing of the route.
    if (status === 401) this.#refused.value += 1;
    else if (!route.slow && !LONG_POLL.test(request.url))
      this.#durations.observe({ method: route.method, route: route.described }, durationMs / 1000);
  }

  #countOf(route: Route, statusClass: number): Count {
    const known = this.#counts.get(route);
    const counts = known ?? [];
    if (known === undefined) this.#counts.set(route, counts);
    const { method, described } = route;
    return (counts[statusClass] ??= this.#requests.of({ method, route: described, status: `${statusClass}xx` }));
  }

  read(): readonly Metric[] {
    return [this.#requests.read(), this.#unauthenticated.read(), this.#durations.read()];
  }
}
