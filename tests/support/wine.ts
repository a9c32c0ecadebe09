/**
 * Runs Windows programs for tests: directly on Windows, elsewhere in the Wine lab (wine-lab.sh).
 * Only what was started here is ever ended.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join, resolve, win32 } from 'node:path';

const SCRIPT = join(import.meta.dir, 'wine-lab.sh');
const LAB = process.env['WINE_LAB_DIR'] ?? '/var/tmp/wine-lab';
/** The root of the lab's file system, and its C: drive in there, as the programs' starter sees it. */
export const LAB_ROOT = join(LAB, 'root');
export const DRIVE_IN_LAB = '/root/wp/drive_c';

export interface Folder {
  /** As the test's own machine spells it. */
  readonly host: string;
  /** As Windows programs spell it. */
  readonly native: string;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: Folder;
}

/** The pid is the Windows program's own (a Linux pid in Wine): kill('SIGKILL') is a crash. */
export type WindowsProgram = Bun.Subprocess<'pipe', 'pipe', 'pipe'>;

export interface WindowsLab {
  /** Copies a program to where `start` finds it, under its own name. */
  install(exePath: string): Promise<string>;
  /** The same for a folder of files that belong together; where it is then. */
  installFolder(path: string): Promise<string>;
  /** `program` is what `install` returned, or something every Windows has, such as `cmd.exe`. */
  start(program: string, args: readonly string[], options?: StartOptions): WindowsProgram;
  /** A path on drive C as the test's own machine spells it. */
  host(native: string): string;
  /** A new empty folder. */
  folder(): Folder;
  /** Deletes what `folder` made. */
  clear(folder: Folder): void;
  /** All of the lab, as tasklist shows them: name and Windows pid. */
  list(): Promise<{ readonly name: string; readonly pid: number }[]>;
}

/** The command line that runs a program in the lab, with that environment and nothing else. */
export function labCommand(
  program: string,
  { env, cwd }: { readonly env: Readonly<Record<string, string>>; readonly cwd: string },
): string[] {
  const settings = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  return ['bash', SCRIPT, 'run', ...settings, '-d', cwd.slice(LAB_ROOT.length), program];
}

/** Why Windows programs cannot run on this machine, or undefined. */
export function labMissing(): string | undefined {
  if (process.platform === 'win32') return undefined;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'Windows programs run on Windows and on Linux x64 only';
  if (!existsSync('/etc/debian_version')) return 'the Wine lab needs Debian';
  if (process.getuid?.() !== 0) return 'the Wine lab needs root';
  return undefined;
}

/** Call `labMissing` first. Sets the lab up when it is not there: 20 s and 200 MB the first time. */
export async function openLab(): Promise<WindowsLab> {
  if (process.platform === 'win32') return native();
  await output(['bash', SCRIPT, 'setup']);
  return wine();
}

function wine(): WindowsLab {
  const folders = new Set<string>();
  return {
    async install(exePath) {
      await output(['bash', SCRIPT, 'put', exePath]);
      return win32.join('C:\\app', basename(exePath));
    },
    async installFolder(path) {
      const name = basename(resolve(path));
      const target = join(LAB_ROOT, DRIVE_IN_LAB, 'app', name);
      // Only what is new: programs of other tests may run from it.
      await output(['cp', '-R', '--preserve=timestamps', '--update', '--no-target-directory', path, target]);
      return win32.join('C:\\app', name);
    },
    start(program, args, { env = {}, cwd } = {}) {
      const settings = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
      const place = cwd === undefined ? [] : ['-d', cwd.host.slice(LAB_ROOT.length)];
      return spawnPiped(['bash', SCRIPT, 'run', ...settings, ...place, program, ...args], {});
    },
    host: (path) => join(LAB_ROOT, DRIVE_IN_LAB, ...path.slice(3).split('\\')),
    folder() {
      const name = `test-${crypto.randomUUID().slice(0, 8)}`;
      const host = join(LAB_ROOT, DRIVE_IN_LAB, name);
      mkdirSync(host);
      folders.add(host);
      return { host, native: `C:\\${name}` };
    },
    clear: ({ host }) => void (folders.delete(host) && rmSync(host, { recursive: true, force: true })),
    list: async () => parseTasks(await output(['bash', SCRIPT, 'run', 'tasklist.exe', '/fo', 'csv', '/nh'])),
  };
}

function native(): WindowsLab {
  const folders = new Set<string>();
  return {
    install: async (exePath) => win32.resolve(exePath),
    installFolder: async (path) => win32.resolve(path),
    start: (program, args, { env = {}, cwd } = {}) =>
      spawnPiped([program, ...args], { env: { ...process.env, ...env }, ...(cwd && { cwd: cwd.host }) }),
    host: (path) => path,
    folder() {
      const host = win32.join(
        process.env['TEMP'] ?? 'C:\\Windows\\Temp',
        `agent-server-test-${crypto.randomUUID().slice(0, 8)}`,
      );
      mkdirSync(host);
      folders.add(host);
      return { host, native: host };
    },
    clear: ({ host }) => void (folders.delete(host) && rmSync(host, { recursive: true, force: true })),
    list: async () => parseTasks(await output(['tasklist.exe', '/fo', 'csv', '/nh'])),
  };
}

function spawnPiped(
  cmd: string[],
  options: { env?: Record<string, string | undefined>; cwd?: string },
): WindowsProgram {
  return Bun.spawn({ cmd, ...options, stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' });
}

async function output(cmd: string[]): Promise<string> {
  const child = Bun.spawn({ cmd, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`${cmd.join(' ')} failed with ${code}: ${err}`);
  return out;
}

function parseTasks(csv: string): { name: string; pid: number }[] {
  return csv.split(/\r?\n/).flatMap((line) => {
    const [, name, pid] = /^"([^"]*)","(\d+)"/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, pid: Number(pid) }];
  });
}
