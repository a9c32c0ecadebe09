/** The machine in words and figures for people. */
import type { System, SystemEvent } from '../../client/system.ts';
import { escapeControls } from '../../core/text.ts';
import { age, table } from '../table.ts';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Such as `7.8 GiB`. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

export function systemText(system: System): string {
  const { os, user, cpu, memory, limits, server, sessions, disks, gpus = [], tools } = system;
  const swap =
    memory.swapTotal === null || memory.swapTotal === 0
      ? ''
      : `; swap ${size(memory.swapUsed ?? 0)} of ${size(memory.swapTotal)}`;
  const facts: readonly (readonly [string, string])[] = [
    ['Host', system.hostname],
    ['System', `${[os.name, os.version].filter((part) => part !== null).join(' ')} (${os.kernel}, ${os.arch})`],
    ['Up', age(system.uptime * 1000)],
    ['User', `${user.name}${user.admin ? ' (administrator)' : ''}`],
    ['CPU', `${cpu.usage}% of ${cpu.cores} × ${cpu.model === '' ? 'unknown' : cpu.model}${loadText(cpu.load)}`],
    ['Memory', `${size(memory.used)} of ${size(memory.total)} used${swap}`],
    ...(limits.cpu === undefined ? [] : ([['CPU limit', `${limits.cpu} processors`]] as const)),
    ...(limits.memory === undefined ? [] : ([['Memory limit', size(limits.memory)]] as const)),
    ...gpus.map(({ name, memory: own }) => ['GPU', own === null ? name : `${name}, ${size(own)}`] as const),
    ['Server', `${server.version}, process ${server.pid}, ${size(server.memory)}, up ${age(server.uptime * 1000)}`],
    ['Time', `${new Date(system.time * 1000).toISOString()} (${system.timezone}, ${system.locale})`],
    ['Shells', system.shells.join(', ')],
  ];
  const blocks = [
    facts.map(([name, value]) => `${name.padEnd(14)}${escapeControls(value)}`).join('\n'),
    table(['DISK', 'FILE SYSTEM', 'FREE', 'TOTAL', ''], disks.map(diskRow)),
  ];
  if (sessions.length > 0)
    blocks.push(
      table(
        ['LOGGED IN', 'HOW', 'IDLE'],
        sessions.map(({ user: who, kind, idle }) => [
          escapeControls(who),
          kind,
          idle === null ? '-' : age(idle * 1000),
        ]),
      ),
    );
  if (tools !== undefined)
    blocks.push(
      table(
        ['TOOL', 'VERSION'],
        Object.entries(tools).map(([name, version]) => [escapeControls(name), escapeControls(version ?? '-')]),
      ),
    );
  return blocks.join('\n\n');
}

/** One line, for those who watch. */
export function eventLine({ cpu, memory, load, disks, jobs, terminals }: SystemEvent, now: Date): string {
  const [first] = disks;
  const disk = first?.free === undefined || first.free === null ? '' : `  disk ${size(first.free)} free`;
  const counts = `  ${jobs} ${jobs === 1 ? 'job' : 'jobs'}  ${terminals} ${terminals === 1 ? 'terminal' : 'terminals'}`;
  return `${now.toISOString()}  cpu ${cpu.usage}%  memory ${size(memory.used)} of ${size(memory.total)}${loadText(load, '  ')}${disk}${counts}`;
}

const loadText = (load: System['cpu']['load'], before = '; '): string =>
  load === null ? '' : `${before}load ${load.join(' ')}`;

function diskRow({ mount, fileSystem, total, free, readonly, removable }: System['disks'][number]): string[] {
  return [
    escapeControls(mount),
    escapeControls(fileSystem ?? '-'),
    free === null ? '-' : size(free),
    total === null ? '-' : size(total),
    [readonly ? 'read-only' : '', removable ? 'removable' : ''].filter((word) => word !== '').join(', '),
  ];
}
