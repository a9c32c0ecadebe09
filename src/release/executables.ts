/** The executables in a folder, by the names that `npm run build` gives them, and whether they are what they are said to be. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '../core/failure.ts';
import { isObject } from '../updater/manifest-fields.ts';
import { runsHere } from '../platform/executable/runs-here.ts';
import { executableFile, WINDOWS_DOWNLOAD, WINDOWS_DOWNLOAD_TARGET } from '../updater/release-files.ts';
import { EVERY_TARGET, type Target } from './build/targets.ts';
import { ReleaseError } from './release-error.ts';

export interface Found {
  readonly targets: readonly Target[];
  /** Every name, that for download included. */
  readonly files: readonly string[];
}

export function findExecutables(folder: string): Found {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new ReleaseError(`--from ${folder} cannot be read: ${messageOf(error)}`);
  }
  const targets = EVERY_TARGET.filter((target) => names.includes(executableFile(target)));
  if (targets.length === 0)
    throw new ReleaseError(
      `there is no executable such as agent-server-linux-x64 in ${folder}: npm run build makes them`,
    );
  const files = targets.map(executableFile);
  if (!names.includes(WINDOWS_DOWNLOAD)) return { targets, files };
  if (!targets.includes(WINDOWS_DOWNLOAD_TARGET))
    throw new ReleaseError(
      `${folder} has ${WINDOWS_DOWNLOAD} without ${executableFile(WINDOWS_DOWNLOAD_TARGET)}, of which it is a copy`,
    );
  return { targets, files: [...files, WINDOWS_DOWNLOAD] };
}

/** What `version --json` prints; older and stranger programs say less. */
export interface Said {
  readonly version: unknown;
  readonly channel: unknown;
  readonly updateUrl: unknown;
  readonly publicKeys: unknown;
}

const LIMIT_MS = 30_000;

/** What the executable for a target says of itself; undefined where this machine cannot run it. */
export async function askExecutable(folder: string, target: Target): Promise<Said | undefined> {
  if (!runsHere(target)) return undefined;
  const file = executableFile(target);
  const refuse = (problem: string) => new ReleaseError(`${file} ${problem}: is it whole? npm run build makes it again`);
  // Bun reads these, and they could make it something else than itself.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BUN_')));
  let child: Bun.Subprocess<'ignore', 'pipe', 'pipe'>;
  try {
    const cmd = [join(resolve(folder), file), 'version', '--json'];
    child = Bun.spawn({ cmd, cwd: folder, env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe', timeout: LIMIT_MS });
  } catch (error) {
    throw refuse(`cannot be started (${messageOf(error)})`);
  }
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw refuse(`version --json ended with ${child.signalCode ?? code} (${err.trim()})`);
  try {
    const said: unknown = JSON.parse(out);
    if (isObject(said)) {
      const { version, channel, updateUrl, publicKeys } = said;
      return { version, channel, updateUrl, publicKeys };
    }
  } catch {
    // Told below.
  }
  throw refuse(`version --json printed no JSON (${out.trim().slice(0, 200)})`);
}
