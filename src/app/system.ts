/** Builds the room of the machine. */
import { statfs } from 'node:fs/promises';
import { homedir, uptime } from 'node:os';
import { toSeconds } from '../core/clock.ts';
import { diskView, memoryView, sessionView, type Counts } from '../http/system/view.ts';
import { systemRoutes } from '../http/system/routes.ts';
import { machine } from '../platform/machine/index.ts';
import { findProgram } from '../platform/programs/index.ts';
import type { System } from '../protocol/system.ts';
import { Disks, type Space } from '../system/disks.ts';
import { Sampler } from '../system/sampler.ts';
import { Tools } from '../system/tools.ts';
import { VERSION } from '../version.ts';
import type { Base, Feature } from './feature.ts';
import { machineName } from './machine-name.ts';

/** `working`: the rooms whose activity an event counts, and one of which knows the shells. */
export function openSystem(base: Base, scope: AsyncDisposableStack, working: readonly Feature[]): Feature {
  const { clock, commandEnv, config, env } = base;
  const sampler = scope.use(new Sampler(machine, new Disks(machine.mounts, spaceOf, clock), clock));
  const tools = new Tools((name) => findProgram(name, commandEnv, config.cwd), commandEnv, clock);
  const startedAt = clock.monotonic();

  async function describe(withTools: boolean): Promise<System> {
    const [{ cpu, memory, load, disks }, versions] = await Promise.all([
      sampler.once(),
      withTools ? tools.versions() : undefined,
    ]);
    const now = clock.now();
    const up = Math.round(uptime());
    const gpus = machine.gpus();
    const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions();
    return {
      hostname: machineName(env),
      os: { ...machine.operatingSystem(), arch: process.arch },
      uptime: up,
      bootedAt: Math.round(now / 1000) - up,
      user: whoWeAre(),
      sessions: machine.sessions().map(sessionView),
      cpu: {
        model: machine.cpuModel(),
        cores: cpu.perCore.length,
        usage: cpu.usage,
        perCore: [...cpu.perCore],
        load: load === null ? null : [...load],
      },
      memory: memoryView(memory),
      disks: disks.map(diskView),
      ...(gpus.length > 0 && { gpus: [...gpus] }),
      limits: machine.limits(),
      server: {
        version: VERSION,
        pid: process.pid,
        memory: process.memoryUsage.rss(),
        uptime: toSeconds(clock.monotonic() - startedAt),
      },
      time: toSeconds(now),
      timezone: timeZone,
      locale,
      shells: shellsOf(working),
      ...(versions !== undefined && { tools: { ...versions } }),
    };
  }
  return { routes: [systemRoutes({ sampler, describe, counts: () => countsOf(working) })] };
}

async function spaceOf(path: string): Promise<Space> {
  const { blocks, bavail, bsize } = await statfs(path);
  return { total: blocks * bsize, free: bavail * bsize };
}

const whoWeAre = (): System['user'] => ({ name: machine.userName(), home: homedir(), admin: machine.isAdmin() });

function shellsOf(working: readonly Feature[]): string[] {
  const shells = working.map((room) => room.health?.().shells).find((known) => known !== undefined) ?? {};
  return Object.entries(shells).flatMap(([name, isThere]) => (isThere ? [name] : []));
}

function countsOf(working: readonly Feature[]): Counts {
  const activity = working.flatMap((room) => room.activity?.() ?? []);
  const count = (kind: string) =>
    activity.filter((one) => one.kind === kind).reduce((sum, { ending, surviving }) => sum + ending + surviving, 0);
  return { jobs: count('jobs'), terminals: count('terminals') };
}
