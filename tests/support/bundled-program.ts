/**
 * The program from source in a few files, made once for all tests of a run: a start reads two thousand files otherwise, which
 * takes three times as long as all else that it does, and the tests start hundreds of servers. The scripted agent as one file,
 * because they start a thousand of those.
 */
import { dirname, join, resolve } from 'node:path';
import type { BunPlugin } from 'bun';
import { bundleApart } from '../../src/pages/bundle-apart.ts';

const SOURCE = resolve(import.meta.dir, '../../src');
const MAIN = join(SOURCE, 'main.ts');
const AGENT = resolve(import.meta.dir, '../fixtures/scripted-agent.ts');
/** What makes each page, with its module. */
const PAGES = { bundlePage: 'console/bundle.ts', bundleApiPage: 'api-page/bundle.ts' };
/** They name what `npm test` made. */
const VARIABLE = 'AGENT_SERVER_TEST_BUNDLE';
const AGENT_VARIABLE = 'AGENT_SERVER_TEST_BUNDLED_AGENT';

/** What a test runs as the program from source. */
export const PROGRAM_FILE = process.env[VARIABLE] ?? MAIN;
export const FROM_SOURCE: readonly string[] = [process.execPath, PROGRAM_FILE];
/** The same as it is in src: it makes its pages itself. */
export const UNBUNDLED: readonly string[] = [process.execPath, MAIN];
export const AGENT_FILE = process.env[AGENT_VARIABLE] ?? AGENT;

/** The variables that have the tests of a run take them. */
export async function bundleProgram(folder: string): Promise<Readonly<Record<string, string>>> {
  const plugins = [readyPages(folder), ownFolders];
  await Promise.all([
    Bun.build({ entrypoints: [MAIN], outdir: folder, target: 'bun', splitting: true, plugins }),
    Bun.build({ entrypoints: [AGENT], outdir: folder, target: 'bun' }),
    ...Object.entries(PAGES).map(([maker, module]) => makePage(join(SOURCE, module), maker, folder)),
  ]);
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

async function makePage(module: string, maker: string, folder: string): Promise<void> {
  const made = await bundleApart(module, maker);
  if (!made.ok) throw new Error(made.failure.detail);
  await Bun.write(join(folder, `${maker}.json`), JSON.stringify(made.value));
}

/** The pages are made once, too: a server would make its own at the first request, which takes seconds. */
const readyPages = (folder: string): BunPlugin => ({
  name: 'ready pages',
  setup(build) {
    build.onLoad({ filter: /\/src\/pages\/bundle-apart\.ts$/ }, () => ({
      contents: `export const bundleApart = async (_module, maker) =>
        ({ ok: true, value: await Bun.file(${JSON.stringify(folder)} + '/' + maker + '.json').json() });`,
      loader: 'ts',
    }));
  },
});
