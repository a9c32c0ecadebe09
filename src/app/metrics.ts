/** Builds the room of metrics, from what all other rooms say of themselves. */
import type { Exchange } from '../http/gateway.ts';
import { metricsRoutes } from '../http/metrics/routes.ts';
import { gauge, type Metric } from '../core/metric.ts';
import { EventLoopLag } from '../metrics/event-loop-lag.ts';
import { expositionOf } from '../metrics/exposition.ts';
import { processMetrics } from '../metrics/process-metrics.ts';
import { RequestMetrics } from '../metrics/request-metrics.ts';
import { VERSION } from '../version.ts';
import { diskReport } from './disk.ts';
import type { Base, Feature } from './feature.ts';

/** `others`: the features whose figures are shown. */
export function openMetrics({ config }: Base, scope: AsyncDisposableStack, others: readonly Feature[]): Feature {
  const requests = new RequestMetrics();
  const lag = scope.use(new EventLoopLag());
  const own = (): readonly Metric[] => [
    gauge('agent_server_info', 'Version of the server and of Bun; always 1.', [
      { labels: { version: VERSION, bun: Bun.version }, value: 1 },
    ]),
    gauge(
      'agent_server_active',
      'What is active now, by kind and by whether a stop of the server would end it.',
      others
        .flatMap(({ activity }) => activity?.() ?? [])
        .flatMap(({ kind, where = '', ending, surviving }) => [
          { labels: { kind, where, stop: 'ends' }, value: ending },
          { labels: { kind, where, stop: 'survives' }, value: surviving },
        ]),
    ),
    gauge(
      'agent_server_problems',
      'How many things are wrong with the server right now; `GET /health` says which.',
      others.reduce((sum, { problems }) => sum + (problems?.().length ?? 0), 0),
    ),
    gauge(
      'agent_server_disk_free_bytes',
      'Bytes free on the disk that holds the data folder.',
      diskReport(config.dataPath).free_bytes ?? Number.NaN,
    ),
    lag.read(),
    ...processMetrics(),
    ...requests.read(),
  ];
  const all = () => [...own(), ...others.flatMap(({ metrics }) => metrics?.() ?? [])];
  return {
    routes: [metricsRoutes(() => expositionOf(all()))],
    observe: (exchange: Exchange) => requests.count(exchange),
  };
}
