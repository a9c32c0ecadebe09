/** Makes the library that runs one prompt of an agent (`client/acp/`): one file for Node and Bun, and its declarations. */
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, type BuildInfo } from '../../build-info.ts';
import { CACHE } from './npm-package.ts';
import type { BakedInfo } from './build-executable.ts';
import { runProgram } from './run-program.ts';

const FOLDER = join(import.meta.dir, '..', '..', 'client', 'acp');

export const LIBRARY_FILE = 'acp-client.mjs';
const DECLARATIONS_FILE = 'acp-client.d.mts';

/** Into that folder. */
export async function buildLibrary(folder: string, info: BakedInfo = {}): Promise<void> {
  const baked: BuildInfo = { ...BUILD, ...info };
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'library-'));
  try {
    const made = join(work, LIBRARY_FILE);
    await runProgram(
      [
        [process.execPath, 'build', join(FOLDER, 'run-prompt.ts'), '--target=node', '--format=esm'],
        [`--outfile=${made}`, '--minify-syntax', '--minify-whitespace'],
        // src/build-info.ts reads it.
        ['--define', `AGENT_SERVER_BUILD=${JSON.stringify(baked)}`],
      ].flat(),
      work,
    );
    mkdirSync(folder, { recursive: true });
    copyFileSync(join(FOLDER, DECLARATIONS_FILE), join(folder, DECLARATIONS_FILE));
    renameSync(made, join(folder, LIBRARY_FILE));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
