/** How this server is: what every room says of itself, put together for `GET /health`. */
import { hostname } from 'node:os';
import type { JobManager } from '../jobs/manager.ts';
import { freeBytes, FULL_BELOW_BYTES } from '../platform/files/disk.ts';
import type { Health } from '../protocol/health.ts';
import { defaultShell } from '../shells/find.ts';
import type { ShellPool } from '../shells/pool.ts';
import type { Terminals } from '../terminals/registry.ts';
import { VERSION } from '../version.ts';

export const DISK_FULL = 'the disk that holds the data folder is full: output of jobs may be incomplete';

export interface HealthSources {
  readonly jobs: JobManager;
  readonly shells: ShellPool;
  readonly terminals: Terminals;
  readonly disk: () => Health['disk'];
  readonly cwd: string;
}

export function diskReport(dataPath: string): Health['disk'] {
  const free = freeBytes(dataPath);
  return { free_bytes: free ?? null, full: free !== undefined && free < FULL_BELOW_BYTES };
}

export function healthReport({ jobs, shells, terminals, disk, cwd }: HealthSources): () => Health {
  const startedAt = performance.now();
  const available = Object.fromEntries([...shells.kinds.keys()].map((name) => [name, true]));
  const supported = shells.kinds.size > 0;
  return () => {
    const room = disk();
    return {
      status: 'ok',
      version: VERSION,
      hostname: hostname(),
      jobs: jobs.kept,
      cwd,
      authenticated: true,
      terminal_supported: terminals.supported,
      terminal_sessions: terminals.count,
      acp_supported: false,
      execution_modes: supported ? ['shell', 'persistent_shell'] : ['shell'],
      persistent_shell_supported: supported,
      persistent_shell_shells: { pwsh: false, powershell: false, ...available },
      persistent_shell_default_shell: defaultShell(shells.kinds) ?? null,
      persistent_shell_sessions: shells.count,
      persistent_shell_max_sessions: shells.maxSessions,
      persistent_shell_idle_timeout_seconds: shells.idleTimeoutMs / 1000,
      jobs_active: jobs.active,
      uptime_seconds: Math.round(performance.now() - startedAt) / 1000,
      disk: room,
      problems: [
        ...(room.full ? [DISK_FULL] : []),
        ...(jobs.writeError === undefined ? [] : [`the job index cannot be written: ${jobs.writeError}`]),
      ],
    };
  };
}
