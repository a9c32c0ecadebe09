/**
 * macOS, as far as `node:os` knows it: one disk, nobody's sessions, no swap. Nobody has run this on a Mac so far.
 */
import { readFileSync } from 'node:fs';
import { freemem, loadavg, release, totalmem, userInfo } from 'node:os';
import { coresOfOs, cpuModelOfOs, together } from '../cores.ts';
import type { Machine, OperatingSystem } from '../machine.ts';

const VERSION_FILE = '/System/Library/CoreServices/SystemVersion.plist';

export const macosMachine: Machine = {
  cpu: () => together(coresOfOs()),
  cpuModel: cpuModelOfOs,
  memory: () => ({ total: totalmem(), available: freemem(), swapTotal: null, swapUsed: null }),
  load() {
    const [one = 0, five = 0, fifteen = 0] = loadavg();
    return [one, five, fifteen];
  },
  // The system itself is mounted read-only; what is free is the same for all volumes of its container.
  mounts: () => [{ path: '/', fileSystem: null, remote: false, readonly: false, removable: false }],
  sessions: () => [],
  operatingSystem,
  gpus: () => [],
  limits: () => ({}),
  userName: () => userInfo().username,
  isAdmin: () => process.getuid?.() === 0,
};

function operatingSystem(): OperatingSystem {
  const text = versionFile();
  const valueOf = (key: string) => text.match(new RegExp(`<key>${key}</key>\\s*<string>([^<]*)</string>`))?.[1] ?? null;
  return {
    name: 'macOS',
    version: valueOf('ProductVersion'),
    kernel: release(),
    build: valueOf('ProductBuildVersion'),
  };
}

function versionFile(): string {
  try {
    return readFileSync(VERSION_FILE, 'utf8');
  } catch {
    return '';
  }
}
