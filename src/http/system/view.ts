/** The machine as the wire has it. */
import { toSeconds } from '../../core/clock.ts';
import type { LoginSession } from '../../platform/machine/machine.ts';
import type { System, SystemDisk, SystemEvent, SystemMemory } from '../../protocol/system.ts';
import type { Disk } from '../../system/disks.ts';
import type { Sample } from '../../system/sampler.ts';

/** What is active of this server. */
export interface Counts {
  readonly jobs: number;
  readonly terminals: number;
}

export const eventView = ({ cpu, memory, load, disks }: Sample, { jobs, terminals }: Counts): SystemEvent => ({
  cpu: { usage: cpu.usage, perCore: [...cpu.perCore] },
  memory: memoryView(memory),
  load: load === null ? null : [...load],
  disks: disks.map(diskView),
  jobs,
  terminals,
});

export const memoryView = ({ total, available, swapTotal, swapUsed }: Sample['memory']): SystemMemory => ({
  total,
  available,
  used: Math.max(0, total - available),
  swapTotal,
  swapUsed,
});

export const diskView = ({ path, fileSystem, readonly, removable, space }: Disk): SystemDisk => ({
  mount: path,
  fileSystem,
  total: space?.total ?? null,
  free: space?.free ?? null,
  readonly,
  removable,
});

export const sessionView = ({ user, kind, since, idle }: LoginSession): System['sessions'][number] => ({
  user,
  kind,
  since: since === null ? null : toSeconds(since),
  idle: idle === null ? null : toSeconds(idle),
});
