/** Jobs in figures. */
import { Counter } from '../core/counter.ts';
import { Histogram } from '../core/histogram.ts';
import { gauge, type Metric } from '../core/metric.ts';
import type { ActiveJob } from '../jobs/manager.ts';
import { statusOf, type JobRecord, type JobStatus } from '../jobs/record.ts';

/** Seconds. */
const BOUNDS = [0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400];

const ACTIVE_STATUSES: readonly JobStatus[] = ['pending', 'running'];
const FINISHED_STATUSES: readonly JobStatus[] = ['completed', 'failed', 'timeout'];

/** Counters are shown from the beginning, so that a rate over the first job is right, and what is not there is 0. */
export class JobMetrics {
  readonly #modes: readonly string[];
  readonly #finished: Counter;
  /** Of jobs that have ended, by mode. */
  readonly #bytes: Map<string, number>;
  readonly #durations = new Histogram(
    'agent_server_job_duration_seconds',
    'Seconds from the start of a job to its end, by mode.',
    BOUNDS,
  );

  constructor(modes: readonly string[]) {
    this.#modes = modes;
    this.#bytes = new Map(modes.map((mode) => [mode, 0]));
    this.#finished = this.#byStatus(
      'agent_server_jobs_finished_total',
      'Jobs that have ended, by mode and status.',
      FINISHED_STATUSES,
    );
  }

  finished(record: JobRecord, outputBytes: number): void {
    const { mode } = record.spec;
    this.#finished.add({ mode, status: statusOf(record) });
    this.#bytes.set(mode, (this.#bytes.get(mode) ?? 0) + outputBytes);
    const { startedAt, outcome } = record;
    if (startedAt !== undefined && outcome !== undefined)
      this.#durations.observe({ mode }, Math.max(0, outcome.finishedAt - startedAt) / 1000);
  }

  /** `active`: jobs that are not done, with what each has printed so far. */
  read(active: readonly ActiveJob[], kept: number): readonly Metric[] {
    const counts = this.#byStatus(
      'agent_server_jobs_active',
      'Jobs that wait (`pending`) or run (`running`), by mode and status.',
      ACTIVE_STATUSES,
    );
    const bytes = new Counter(
      'agent_server_job_output_bytes_total',
      'Bytes that jobs have written to stdout and stderr, running ones included, by mode.',
    );
    for (const [mode, ended] of this.#bytes) bytes.add({ mode }, ended);
    for (const { record, outputBytes } of active) {
      const { mode } = record.spec;
      counts.add({ mode, status: statusOf(record) });
      bytes.add({ mode }, outputBytes);
    }
    return [
      { ...counts.read(), type: 'gauge' },
      gauge('agent_server_jobs_kept', 'Jobs whose record and output are kept, whatever their status.', kept),
      this.#finished.read(),
      bytes.read(),
      this.#durations.read(),
    ];
  }

  #byStatus(name: string, help: string, statuses: readonly JobStatus[]): Counter {
    const counter = new Counter(name, help);
    for (const mode of this.#modes) for (const status of statuses) counter.of({ mode, status });
    return counter;
  }
}
