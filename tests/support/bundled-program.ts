/**
 * The program from source in a few files, made once for all tests of a run: a start reads two thousand files otherwise, which
 * takes three times as long as all else that it does, and the tests start hundreds of servers. The scripted agent as one file,
 * because they start a thousand of those.
 */
import { dirname, join, resolve } from 'node:path';
import type { BunPlugin } from 'bun';

const MAIN = resolve(import.meta.dir, '../../src/main.ts');
const AGENT = resolve(import.meta.dir, '../fixtures/scripted-agent.ts');
/** They name what `npm test` made. */
const VARIABLE = 'AGENT_SERVER_TEST_BUNDLE';
const AGENT_VARIABLE = 'AGENT_SERVER_TEST_BUNDLED_AGENT';

/** What a test runs as the program from source. */
export const PROGRAM_FILE = process.env[VARIABLE] ?? MAIN;
export const FROM_SOURCE: readonly string[] = [process.execPath, PROGRAM_FILE];
export const AGENT_FILE = process.env[AGENT_VARIABLE] ?? AGENT;

/** The variables that have the tests of a run take them. */
export async function bundleProgram(folder: string): Promise<Readonly<Record<string, string>>> {
  await Bun.build({ entrypoints: [MAIN], outdir: folder, target: 'bun', splitting: true, plugins: [ownFolders] });
  await Bun.build({ entrypoints: [AGENT], outdir: folder, target: 'bun' });
  return { [VARIABLE]: join(folder, 'main.js'), [AGENT_VARIABLE]: join(folder, 'scripted-agent.js') };
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
