/** A package of another system, as npm has it: checked against package-lock.json, and kept for the next build. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ReleaseError } from '../release-error.ts';
import { runProgram } from './run-program.ts';

/** Where builds keep what they fetched, and do their work. */
export const CACHE = join(import.meta.dir, '../../../node_modules/.cache/agent-server/bun');

/** What package-lock.json says of a package. */
export interface Locked {
  readonly version: string;
  readonly integrity: string;
}

/** Path of the folder that holds the files of that package; `kept`: the beginning of its name in the cache. */
export async function npmPackage(
  name: string,
  { version, integrity }: Locked,
  kept: string,
  progress: (line: string) => void,
): Promise<string> {
  // Named after its content, so that another version or another lock never meets an old one.
  const folder = join(CACHE, `${kept}-${version}-${Bun.hash(integrity).toString(16)}`);
  if (!existsSync(folder)) await download(`${name}@${version}`, integrity, folder, progress);
  return join(folder, 'package');
}

async function download(
  spec: string,
  integrity: string,
  folder: string,
  progress: (line: string) => void,
): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'download-'));
  try {
    progress(`fetching ${spec}`);
    const npm = Bun.which('npm');
    if (npm === null) throw new ReleaseError('npm is not on PATH: it comes with Node.js');
    await runProgram([npm, 'pack', spec, '--silent', '--pack-destination', work], work);
    const [archive] = [...new Bun.Glob('*.tgz').scanSync({ cwd: work, absolute: true })];
    if (archive === undefined) throw new ReleaseError(`npm pack ${spec} left no archive`);
    const found = `sha512-${new Bun.CryptoHasher('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (found !== integrity)
      throw new ReleaseError(`${spec} is not what package-lock.json says: ${found} instead of ${integrity}`);
    await runProgram(['tar', '-xzf', basename(archive)], work);
    rmSync(archive);
    // Two builds at once may fetch the same: whichever is second finds it there, whole.
    if (!existsSync(folder)) renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
