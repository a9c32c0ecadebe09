/**
 * Installs the real agents on first use: into a folder of the user's cache that is named after their versions, so that
 * every checkout and every run finds them there. Half a gigabyte, so only one process at a time does it.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { lockFile } from '../../../src/platform/files/file-lock.ts';

const PACKAGES = {
  '@github/copilot': '1.0.102',
  '@moonshot-ai/kimi-code': '2.1.0',
  // kimi wants Node 22, and tests must run where only Node 20 is.
  node: '24.21.0',
};

/**
 * What may run while it installs, for npm 11: `node` fetches its executable. kimi's script only cleans up after a
 * global install, and node-pty would be compiled, which not every machine can and nothing here needs.
 */
const ALLOW_SCRIPTS = { node: true, '@moonshot-ai/kimi-code': false, 'node-pty': false };

const LOCK_LOOK_MS = 200;

/** The folder of their programs; undefined, with a printed line, where they cannot be installed. */
export async function agentPrograms(): Promise<string | undefined> {
  const folder = installFolder();
  const programs = join(folder, 'node_modules', '.bin');
  if (existsSync(folder)) return programs;
  mkdirSync(dirname(folder), { recursive: true });
  using _lock = await lockOf(`${folder}.lock`);
  const problem = existsSync(folder) ? undefined : await install(folder);
  if (problem === undefined) return programs;
  console.log(`skipped: the real agents cannot be installed: ${problem}`);
  return undefined;
}

function installFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const versions = Object.entries(PACKAGES).map(([name, version]) => `${name.replace(/^.*\//, '')}-${version}`);
  return join(cache, 'agent-server-tests', versions.join('-'));
}

/** Why it failed; undefined when all of it is in place. */
async function install(folder: string): Promise<string | undefined> {
  const npm = Bun.which('npm');
  if (npm === null) return 'there is no npm';
  // Beside its place, so that the last step is a rename: what is there is whole.
  const building = `${folder}.new`;
  try {
    // Of somebody who was ended while installing.
    rmSync(building, { recursive: true, force: true });
    mkdirSync(building);
    const manifest = { private: true, dependencies: PACKAGES, allowScripts: ALLOW_SCRIPTS };
    writeFileSync(join(building, 'package.json'), JSON.stringify(manifest));
    const args = [
      'install',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      '--fetch-retries=1',
      '--fetch-retry-mintimeout=1000',
      '--fetch-retry-maxtimeout=1000',
      '--ignore-scripts=false',
    ];
    const installed = await run([npm, ...args], building);
    if (installed !== undefined) return installed;
    // copilot unpacks itself on its first run: here once, instead of in every HOME of a test.
    const bin = join(building, 'node_modules', '.bin');
    const env = { COPILOT_CACHE_HOME: copilotCache(bin), PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: building };
    const started =
      (await run([join(bin, 'copilot'), '--version'], building, env)) ??
      (await run([join(bin, 'kimi'), '--version'], building, env));
    if (started !== undefined) return started;
    renameSync(building, folder);
    return undefined;
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

/** Where copilot keeps what it unpacks, of these programs. */
export const copilotCache = (programs: string): string => join(programs, '..', '..', 'copilot-cache');

async function run(cmd: string[], cwd: string, env?: Record<string, string>): Promise<string | undefined> {
  const child = Bun.spawn({ cmd, cwd, env: env ?? process.env, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' });
  const said = await new Response(child.stderr).text();
  if ((await child.exited) === 0) return undefined;
  return `${cmd[0]} ended with ${child.exitCode ?? child.signalCode}: ${said.trim().split('\n')[0]}`;
}

/** Waits for as long as another process installs. */
async function lockOf(path: string): Promise<Disposable> {
  for (;;) {
    const lock = lockFile(path);
    if (lock !== undefined) return lock;
    await Bun.sleep(LOCK_LOOK_MS);
  }
}
