/**
 * Makes one executable: Bun included, nothing to install where it runs.
 *
 *   base executable → on Windows stamped with version and icon → bun build --compile, files and build info with it
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import manifest from '../../../package.json' with { type: 'json' };
import { BUILD, type BuildInfo } from '../../build-info.ts';
import { stampWindowsExecutable } from '../../executable/windows-resources.ts';
import { baseExecutable } from './base-executable.ts';
import { CACHE } from './npm-package.ts';
import { runProgram } from './run-program.ts';
import { BUN_TARGETS, type Target } from './targets.ts';

/** What a build says of itself besides its target. What is left out is as it is from source. */
export type BakedInfo = Partial<Omit<BuildInfo, 'target'>>;

export interface ExecutableOptions {
  readonly target: Target;
  readonly entry: string;
  readonly outfile: string;
  /** Files that the program finds in `Bun.embeddedFiles`. */
  readonly embed?: readonly string[];
  readonly info?: BakedInfo;
  readonly progress?: (line: string) => void;
}

export async function buildExecutable({
  target,
  entry,
  outfile,
  embed = [],
  info = {},
  progress = () => {},
}: ExecutableOptions): Promise<void> {
  const plain = await baseExecutable(target, progress);
  mkdirSync(dirname(outfile), { recursive: true });
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'work-'));
  const baked: BuildInfo = { ...BUILD, ...info, target };
  try {
    let base = plain;
    if (target.startsWith('windows')) {
      base = join(work, 'base.exe');
      const texts = { version: baked.version, description: manifest.description, fileName: basename(outfile) };
      stampWindowsExecutable(plain, base, texts);
    }
    // Compiled beside its place and then moved: a reader never sees half a file, a running one is not written to.
    const made = join(work, basename(outfile));
    await runProgram(
      [
        [
          process.execPath,
          'build',
          entry,
          ...embed,
          '--compile',
          `--target=bun-${BUN_TARGETS[target]}`,
          `--compile-executable-path=${base}`,
        ],
        [`--outfile=${made}`, '--minify', '--bytecode'],
        // A module that is imported when it is needed stays out of memory until then.
        ['--splitting', '--format=esm'],
        // src/build-info.ts reads it.
        ['--define', `AGENT_SERVER_BUILD=${JSON.stringify(baked)}`],
        // Else whoever can write to the folder it is started in could make it run code.
        ['--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig'],
        ['--no-compile-autoload-tsconfig', '--no-compile-autoload-package-json'],
      ].flat(),
      work,
    );
    renameSync(made, outfile);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
