/** This process in figures, under the names that all exporters of Prometheus give them. */
import { counter, gauge, type Metric } from '../core/metric.ts';

/** Computed once: a restart is found by a change of it, and the clock may be set meanwhile. */
const STARTED_AT = Math.round(Date.now() - process.uptime() * 1000) / 1000;

export function processMetrics(): readonly Metric[] {
  const { user, system } = process.cpuUsage();
  return [
    ...residentMemory(),
    counter('process_cpu_seconds_total', 'Seconds of CPU time that the server has used.', (user + system) / 1e6),
    gauge('process_start_time_seconds', 'When the server started, in seconds since the epoch.', STARTED_AT),
  ];
}

/** None while the system does not say it: to read it takes a descriptor, and all may be in use. */
function residentMemory(): readonly Metric[] {
  try {
    return [
      gauge('process_resident_memory_bytes', 'Resident memory of the server in bytes.', process.memoryUsage.rss()),
    ];
  } catch {
    return [];
  }
}
