/**
 * What this container, or this service, may have: cgroups(7), version 2, and version 1 where it is still there. The
 * narrowest limit on the way from our own group to the root counts.
 */
import { dirname, join } from 'node:path';
import type { Limits } from '../machine.ts';
import { textOf } from './text-of.ts';

const ROOT = '/sys/fs/cgroup';
/** Version 1 says "no limit" with a number near 2^63. */
const NO_LIMIT = 2 ** 60;

/** `membership`: /proc/self/cgroup. */
export function cgroupLimits(membership: string, root: string = ROOT, read: (path: string) => string = textOf): Limits {
  const cpus: number[] = [];
  const memories: number[] = [];
  for (const line of membership.split('\n')) {
    const [, controllers, ...rest] = line.split(':');
    const path = rest.join(':');
    if (controllers === undefined || path === '') continue;
    const names = controllers.split(',');
    if (controllers === '') {
      for (const folder of wayUp(join(root, path), root)) {
        cpus.push(...quotas(...pair(read(join(folder, 'cpu.max')))));
        memories.push(...numbers(read(join(folder, 'memory.max'))));
      }
    }
    if (names.includes('cpu'))
      for (const folder of wayUp(join(root, 'cpu', path), join(root, 'cpu')))
        cpus.push(...quotas(read(join(folder, 'cpu.cfs_quota_us')), read(join(folder, 'cpu.cfs_period_us'))));
    if (names.includes('memory'))
      for (const folder of wayUp(join(root, 'memory', path), join(root, 'memory')))
        memories.push(...numbers(read(join(folder, 'memory.limit_in_bytes'))));
  }
  return {
    ...(cpus.length > 0 && { cpu: Math.min(...cpus) }),
    ...(memories.length > 0 && { memory: Math.min(...memories) }),
  };
}

/** Inside a container the path may be that of the machine outside, and then only the root is there. */
function wayUp(from: string, root: string): string[] {
  const way = [root];
  for (let at = from; at.length > root.length && at.startsWith(root); at = dirname(at)) way.push(at);
  return way;
}

function pair(text: string): [string, string] {
  const [quota = '', period = ''] = text.split(' ');
  return [quota, period];
}

function quotas(quota: string, period: string): number[] {
  const cpus = Number(quota.trim()) / Number(period.trim());
  return quota.trim() !== '' && cpus > 0 && Number.isFinite(cpus) ? [cpus] : [];
}

function numbers(text: string): number[] {
  const bytes = Number(text.trim());
  return text.trim() !== '' && bytes > 0 && bytes < NO_LIMIT ? [bytes] : [];
}
