/**
 * Makes the executables: one file each, Bun included, nothing to install where they run.
 *
 *   the console page, the API page → src/release/build/ for each target → dist/ → SHA256SUMS
 *   src/client/acp/ → dist/acp-client.mjs, the library that runs one prompt of an agent
 */
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  mkdirSync,
} from 'node:fs';
import { join } from 'node:path';
import { bundleApiPage } from './src/api-page/bundle.ts';
import { EMBEDDED_NAME as API_PAGE } from './src/api-page/page-files.ts';
import { bundlePage } from './src/console/bundle.ts';
import { EMBEDDED_NAME as CONSOLE_PAGE } from './src/console/page-files.ts';
import { bakedInfo } from './src/release/build/baked-info.ts';
import { CACHE } from './src/release/build/npm-package.ts';
import { ripgrepFor } from './src/release/build/ripgrep.ts';
import { buildExecutable, type BakedInfo } from './src/release/build/build-executable.ts';
import { buildLibrary, LIBRARY_FILE } from './src/release/build/build-library.ts';
import { EVERY_TARGET, isTarget, type Target } from './src/release/build/targets.ts';
import { CHECKSUMS_FILE, formatChecksums } from './src/release/checksums.ts';
import { runCommand } from './src/release/command.ts';
import { ReleaseError } from './src/release/release-error.ts';
import { executableFile, WINDOWS_DOWNLOAD, WINDOWS_DOWNLOAD_TARGET } from './src/updater/release-files.ts';

const ROOT = import.meta.dir;
const DIST = join(ROOT, 'dist');
const USUAL: readonly Target[] = ['linux-x64', 'windows-x64'];

const HELP = `Makes the executables in dist/, and the library ${LIBRARY_FILE}.

  npm run build                               ${USUAL.join(' and ')}, the latter also as ${WINDOWS_DOWNLOAD}
  npm run build -- --all                      every target
  npm run build -- --target darwin-arm64      this one only; repeatable

For executables that update themselves (docs/releasing.md):

  npm run build -- --all --version 1.2.3 --public-key agent-server.pub --update-url https://example.com/agent-server

  --version V          the version they are (default: that of package.json)
  --public-key FILE    minisign public key whose releases they take; repeatable, so that keys can be replaced
  --update-url URL     where their releases are: https, or http on this machine
  --channel C          which line of releases they follow (default: stable)

Targets: ${EVERY_TARGET.join(', ')}`;

function chosenTargets(named: readonly string[], all: boolean): readonly Target[] {
  if (all) return EVERY_TARGET;
  const unknown = named.find((name) => !isTarget(name));
  if (unknown !== undefined)
    throw new ReleaseError(`unknown target ${JSON.stringify(unknown)}; there are ${EVERY_TARGET.join(', ')}`);
  return named.length === 0 ? USUAL : named.filter(isTarget);
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

async function build(targets: readonly Target[], info: BakedInfo): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'page-'));
  try {
    const pages = { [CONSOLE_PAGE]: await bundlePage(), [API_PAGE]: await bundleApiPage() };
    const files = Object.entries(pages).map(([name, page]) => {
      writeFileSync(join(work, name), JSON.stringify(page));
      return join(work, name);
    });
    await buildAll(targets, files, work, info);
    await buildLibrary(DIST, info);
    console.log(`\ndist/${LIBRARY_FILE}, for Node and Bun, with its declarations`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function buildAll(
  targets: readonly Target[],
  pages: readonly string[],
  work: string,
  info: BakedInfo,
): Promise<void> {
  const files: string[] = [];
  mkdirSync(DIST, { recursive: true });
  for (const target of targets) {
    const started = performance.now();
    const file = executableFile(target);
    const outfile = join(DIST, file);
    const progress = (line: string) => console.log(`${target}: ${line}`);
    const embed = [...pages, ...(await ripgrepFor(target, work, progress))];
    await buildExecutable({ target, entry: join(ROOT, 'src', 'main.ts'), outfile, embed, info, progress });
    progress(`${megabytes(statSync(outfile).size)} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    files.push(file);
    if (target === WINDOWS_DOWNLOAD_TARGET) {
      // Moved into its place when it is whole, like every executable here.
      copyFileSync(outfile, `${outfile}.copy`);
      renameSync(`${outfile}.copy`, join(DIST, WINDOWS_DOWNLOAD));
      files.push(WINDOWS_DOWNLOAD);
    }
  }
  const sums = files.map((file) => {
    const bytes = readFileSync(join(DIST, file));
    return { file, size: megabytes(bytes.length), sha256: new Bun.CryptoHasher('sha256').update(bytes).digest('hex') };
  });
  writeFileSync(join(DIST, CHECKSUMS_FILE), formatChecksums(new Map(sums.map(({ file, sha256 }) => [file, sha256]))));
  console.log();
  for (const { file, size, sha256 } of sums) console.log(`dist/${file.padEnd(34)} ${size.padStart(9)}  ${sha256}`);
}

process.exitCode = await runCommand(
  {
    name: 'build',
    help: HELP,
    options: {
      all: { type: 'boolean' },
      target: { type: 'string', multiple: true },
      version: { type: 'string' },
      'public-key': { type: 'string', multiple: true },
      'update-url': { type: 'string' },
      channel: { type: 'string' },
    },
    async run({ all = false, target = [], ...baked }) {
      await build(chosenTargets(target, all), bakedInfo(baked));
      return 0;
    },
  },
  Bun.argv.slice(2),
);
