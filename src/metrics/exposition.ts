/** Metrics in the text format of Prometheus 0.0.4, written by prom-client's registry. */
import type { Metric as PromMetric } from 'prom-client';
import type { Metric } from '../core/metric.ts';

export interface Exposition {
  readonly text: string;
  readonly contentType: string;
}

/**
 * Loads the library at the first call, and of it the registry alone: the rest (a push gateway, clusters, metrics of its own with their
 * timers, OpenTelemetry) takes as long to load as the whole server does to start, and would be in the executable for nothing.
 */
export async function expositionOf(metrics: readonly Metric[]): Promise<Exposition> {
  const { default: Registry } = await import('prom-client/lib/registry.js');
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
