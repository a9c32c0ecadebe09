/** Metrics in the text format of Prometheus 0.0.4, written by prom-client's registry. */
import type { Metric as PromMetric } from 'prom-client';
import type { Metric } from '../core/metric.ts';

export interface Exposition {
  readonly text: string;
  readonly contentType: string;
}

/** Loads prom-client at the first call: it takes longer to load than the rest of the server does to start. */
export async function expositionOf(metrics: readonly Metric[]): Promise<Exposition> {
  const { Registry } = await import('prom-client');
  // One of its own for each text: nothing is collected behind our back, and no timer of the library runs.
  const registry = new Registry();
  for (const metric of metrics) registry.registerMetric(readable(metric) as unknown as PromMetric);
  return { text: await registry.metrics(), contentType: registry.contentType };
}

/** What the registry reads of a metric. */
function readable({ name, help, type, samples }: Metric) {
  const values = samples.map(({ labels, value, suffix = '' }) => ({ labels, value, metricName: name + suffix }));
  return { name, get: async () => ({ name, help, type, values, aggregator: 'sum' }) };
}
