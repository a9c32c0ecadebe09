/**
 * Makes the executables: one file each, Bun included, nothing to install where they run.
 *
 *   base executable (from npm, checked against package-lock.json, cached)
 *     → on Windows stamped with version and icon → bun build --compile, the console page with it → dist/ → SHA256SUMS
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundlePage } from './src/console/bundle.ts';
import { EMBEDDED_NAME } from './src/console/page-files.ts';
import { stampWindowsExecutable } from './src/executable/windows-resources.ts';
import lock from './package-lock.json' with { type: 'json' };
import manifest from './package.json' with { type: 'json' };

const ROOT = import.meta.dir;
const DIST = join(ROOT, 'dist');
const CACHE = join(ROOT, 'node_modules', '.cache', 'agent-server', 'bun');

/** Our names, and what Bun and npm call the same thing. */
const TARGETS = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-aarch64',
  'linux-x64-musl': 'linux-x64-musl',
  'linux-arm64-musl': 'linux-aarch64-musl',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-aarch64',
  'windows-x64': 'windows-x64',
  'windows-arm64': 'windows-aarch64',
} as const;

export type Target = keyof typeof TARGETS;

const USUAL: readonly Target[] = ['linux-x64', 'windows-x64'];
const EVERY = Object.keys(TARGETS) as Target[];

/** The windows-x64 executable once more, under the name that people download and run. */
const WINDOWS_DOWNLOAD = 'agent-server.exe';

const HELP = `Makes the executables in dist/.

  npm run build                               ${USUAL.join(' and ')}, the latter also as ${WINDOWS_DOWNLOAD}
  npm run build -- --all                      every target
  npm run build -- --target darwin-arm64      this one only; repeatable

Targets: ${EVERY.join(', ')}`;

/** A trouble that the reader can do something about: shown without a stack. */
class BuildError extends Error {}

export interface ExecutableOptions {
  readonly target: Target;
  readonly entry: string;
  readonly outfile: string;
  /** Files that the program finds in `Bun.embeddedFiles`. */
  readonly embed?: readonly string[];
  readonly progress?: (line: string) => void;
}

export async function buildExecutable({
  target,
  entry,
  outfile,
  embed = [],
  progress = () => {},
}: ExecutableOptions): Promise<void> {
  const plain = await baseExecutable(target, progress);
  mkdirSync(dirname(outfile), { recursive: true });
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'work-'));
  try {
    let base = plain;
    if (target.startsWith('windows')) {
      base = join(work, 'base.exe');
      const texts = { version: manifest.version, description: manifest.description, fileName: basename(outfile) };
      stampWindowsExecutable(plain, base, texts);
    }
    // Compiled beside its place and then moved: a reader never sees half a file, a running one is not written to.
    const made = join(work, basename(outfile));
    await run(
      [
        [
          process.execPath,
          'build',
          entry,
          ...embed,
          '--compile',
          `--target=bun-${TARGETS[target]}`,
          `--compile-executable-path=${base}`,
        ],
        [`--outfile=${made}`, '--minify', '--bytecode'],
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

/** Bun itself for the target, in exactly the version that builds: bytecode fits no other. */
async function baseExecutable(target: Target, progress: (line: string) => void): Promise<string> {
  const name = `@oven/bun-${TARGETS[target]}` as const;
  const program = join('bin', target.startsWith('windows') ? 'bun.exe' : 'bun');
  const locked = lock.packages[`node_modules/${name}`];
  if (locked.version !== Bun.version) {
    throw new BuildError(
      `package-lock.json has Bun ${locked.version}, this is Bun ${Bun.version}: run npm ci, then npm run build`,
    );
  }
  // Named after its content, so that another version or another lock never meets an old one.
  const folder = join(CACHE, `${TARGETS[target]}-${locked.version}-${Bun.hash(locked.integrity).toString(16)}`);
  if (!existsSync(folder)) await download(`${name}@${locked.version}`, locked.integrity, folder, progress);
  return join(folder, 'package', program);
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
    if (npm === null) throw new BuildError('npm is not on PATH: it comes with Node.js');
    await run([npm, 'pack', spec, '--silent', '--pack-destination', work], work);
    const [archive] = [...new Bun.Glob('*.tgz').scanSync({ cwd: work, absolute: true })];
    if (archive === undefined) throw new BuildError(`npm pack ${spec} left no archive`);
    const found = `sha512-${new Bun.CryptoHasher('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (found !== integrity)
      throw new BuildError(`${spec} is not what package-lock.json says: ${found} instead of ${integrity}`);
    await run(['tar', '-xzf', basename(archive)], work);
    rmSync(archive);
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function run(command: readonly string[], cwd: string): Promise<void> {
  // Of the variables Bun reads, none may change what is built.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BUN_')));
  const child = Bun.spawn({ cmd: [...command], cwd, env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new BuildError(`${command.slice(0, 2).join(' ')} failed with ${code}:\n${err}${out}`.trim());
}

function chosenTargets(args: readonly string[]): readonly Target[] | 'help' {
  const { values } = parse(args);
  if (values.help) return 'help';
  if (values.all) return EVERY;
  const named = values.target ?? [];
  const isTarget = (name: string): name is Target => Object.hasOwn(TARGETS, name);
  const unknown = named.find((name) => !isTarget(name));
  if (unknown !== undefined)
    throw new BuildError(`unknown target ${JSON.stringify(unknown)}; there are ${EVERY.join(', ')}`);
  return named.length === 0 ? USUAL : named.filter(isTarget);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        all: { type: 'boolean' },
        target: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new BuildError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

async function main(args: readonly string[]): Promise<void> {
  const targets = chosenTargets(args);
  if (targets === 'help') return console.log(HELP);
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'page-'));
  try {
    const page = join(work, EMBEDDED_NAME);
    writeFileSync(page, JSON.stringify(await bundlePage()));
    await buildAll(targets, [page]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function buildAll(targets: readonly Target[], embed: readonly string[]): Promise<void> {
  const files: string[] = [];
  for (const target of targets) {
    const started = performance.now();
    const file = `agent-server-${target}${target.startsWith('windows') ? '.exe' : ''}`;
    const outfile = join(DIST, file);
    const progress = (line: string) => console.log(`${target}: ${line}`);
    await buildExecutable({ target, entry: join(ROOT, 'src', 'main.ts'), outfile, embed, progress });
    progress(`${megabytes(statSync(outfile).size)} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    files.push(file);
    if (target === 'windows-x64') {
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
  // The format of sha256sum, so that `sha256sum -c SHA256SUMS` checks it.
  writeFileSync(join(DIST, 'SHA256SUMS'), sums.map(({ sha256, file }) => `${sha256}  ${file}\n`).join(''));
  console.log();
  for (const { file, size, sha256 } of sums) console.log(`dist/${file.padEnd(34)} ${size.padStart(9)}  ${sha256}`);
}

if (import.meta.main) {
  try {
    await main(Bun.argv.slice(2));
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(`build: ${error.message}`);
    process.exit(1);
  }
}
