/** Jobs in figures. */
import { Counter } from '../core/counter.ts';
import { Histogram } from '../core/histogram.ts';
import { gauge, type Metric } from '../core/metric.ts';
import { statusOf, type JobRecord } from '../jobs/record.ts';

/** Seconds. */
const BOUNDS = [0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400];

export class JobMetrics {
  readonly #finished = new Counter('agent_server_jobs_finished_total', 'Jobs that have ended, by mode and status.');
  readonly #bytes = new Counter(
    'agent_server_job_output_bytes_total',
    'Bytes that jobs have written to stdout and stderr, counted when a job ends.',
  );
  readonly #durations = new Histogram(
    'agent_server_job_duration_seconds',
    'Seconds from the start of a job to its end, by mode.',
    BOUNDS,
  );

  finished(record: JobRecord, outputBytes: number): void {
    const { mode } = record.spec;
    this.#finished.add({ mode, status: statusOf(record) });
    this.#bytes.add({ mode }, outputBytes);
    const { startedAt, outcome } = record;
    if (startedAt !== undefined && outcome !== undefined)
      this.#durations.observe({ mode }, Math.max(0, outcome.finishedAt - startedAt) / 1000);
  }

  read(active: readonly JobRecord[], kept: number): readonly Metric[] {
    const counts = new Map<string, { mode: string; status: string; count: number }>();
    for (const record of active) {
      const { mode } = record.spec;
      const status = statusOf(record);
      const found = counts.get(`${mode} ${status}`);
      if (found === undefined) counts.set(`${mode} ${status}`, { mode, status, count: 1 });
      else found.count += 1;
    }
    const samples = [...counts.values()].map(({ count, ...labels }) => ({ labels, value: count }));
    return [
      gauge('agent_server_jobs_active', 'Jobs that wait (`pending`) or run (`running`), by mode and status.', samples),
      gauge('agent_server_jobs_kept', 'Jobs whose record and output are kept, whatever their status.', kept),
      this.#finished.read(),
      this.#bytes.read(),
      this.#durations.read(),
    ];
  }
}
