/** Linux: /proc and /sys, read from memory by the kernel, so that a look costs microseconds and waits for no disk. */
import { release } from 'node:os';
import { userName } from '../../files/owners.ts';
import { coresOfOs, cpuModelOfOs, together } from '../cores.ts';
import type { CpuReading, Machine, Memory, OperatingSystem } from '../machine.ts';
import { cgroupLimits } from './cgroup.ts';
import { findGpus } from './gpus.ts';
import { linuxMounts } from './mounts.ts';
import { parseAssignments, parseMemory, parseStat } from './proc-text.ts';
import { textOf } from './text-of.ts';
import { linuxSessions } from './sessions.ts';

export const linuxMachine: Machine = {
  cpu,
  cpuModel: cpuModelOfOs,
  memory,
  load() {
    const [one, five, fifteen] = textOf('/proc/loadavg').split(' ').map(Number);
    return one === undefined || five === undefined || fifteen === undefined ? null : [one, five, fifteen];
  },
  mounts: () => linuxMounts(textOf('/proc/self/mountinfo')),
  sessions: linuxSessions,
  operatingSystem,
  gpus: findGpus,
  limits: () => cgroupLimits(textOf('/proc/self/cgroup')),
  // `os.userInfo()` of Bun 1.4.5 takes it from the environment, and says `unknown` where that has none.
  userName: () => userName(process.getuid?.() ?? 0),
  isAdmin: () => process.getuid?.() === 0,
};

/** Where /proc is not mounted, Bun may still know. */
function cpu(): CpuReading {
  return parseStat(textOf('/proc/stat')) ?? together(coresOfOs());
}

function memory(): Memory {
  return parseMemory(textOf('/proc/meminfo'));
}

function operatingSystem(): OperatingSystem {
  const told = parseAssignments(textOf('/etc/os-release') || textOf('/usr/lib/os-release'));
  return {
    name: told['NAME'] ?? 'Linux',
    version: told['VERSION_ID'] ?? null,
    kernel: release(),
    build: told['BUILD_ID'] ?? null,
  };
}
