/**
 * The program from source in a few files, made once for all tests of a run: a start reads two thousand files otherwise, which
 * takes three times as long as all else that it does, and the tests start hundreds of servers.
 */
import { dirname, join, resolve } from 'node:path';
import type { BunPlugin } from 'bun';

const MAIN = resolve(import.meta.dir, '../../src/main.ts');
/** Names what `npm test` made. */
const VARIABLE = 'AGENT_SERVER_TEST_BUNDLE';

/** What a test runs as the program from source. */
export const PROGRAM_FILE = process.env[VARIABLE] ?? MAIN;
export const FROM_SOURCE: readonly string[] = [process.execPath, PROGRAM_FILE];

/** The variable that has the tests of a run take it. */
export async function bundleProgram(folder: string): Promise<Readonly<Record<string, string>>> {
  await Bun.build({ entrypoints: [MAIN], outdir: folder, target: 'bun', splitting: true, plugins: [ownFolders] });
  return { [VARIABLE]: join(folder, 'main.js') };
}

/** Files beside a source are still looked for there. */
const ownFolders: BunPlugin = {
  name: 'own folders',
  setup(build) {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const text = await Bun.file(path).text();
      return { contents: text.replaceAll('import.meta.dir', JSON.stringify(dirname(path))), loader: 'ts' };
    });
  },
};
