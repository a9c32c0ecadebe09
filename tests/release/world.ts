/**
 * A folder with executables to release, keys that sign, and the commands that do it, each a process of its own. The
 * executables are little scripts that answer `version --json`: what a release needs of one.
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runsHere } from '../../src/platform/executable/runs-here.ts';
import { EVERY_TARGET, type Target } from '../../src/release/build/targets.ts';
import { makeKeyPair } from '../../src/release/keys/key-pair.ts';
import type { Manifest } from '../../src/updater/manifest.ts';
import { executableFile } from '../../src/updater/release-files.ts';
import { Sandbox } from '../support/sandbox.ts';

const ROOT = resolve(import.meta.dir, '../..');

const here = EVERY_TARGET.find(runsHere);
if (here === undefined) throw new Error(`no executable is made for ${process.platform}-${process.arch}`);
/** The target whose executables this machine can run. */
export const HERE: Target = here;
/** One that it cannot run, whichever it is. */
export const ELSEWHERE: Target = HERE === 'darwin-arm64' ? 'linux-arm64' : 'darwin-arm64';

/** What a release has in it that is made of `build`. */
export const RELEASE_FILES: string[] = [
  executableFile(ELSEWHERE),
  executableFile(HERE),
  'SHA256SUMS',
  'install.ps1',
  'install.sh',
  'manifest.json',
  'manifest.json.minisig',
].toSorted();

export interface Done {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const SCRIPTS = {
  build: 'build.ts',
  keygen: 'src/release/keygen.ts',
  release: 'src/release/release.ts',
  verify: 'src/release/verify.ts',
} as const;

/** Runs what `npm run NAME` runs. */
export async function command(name: keyof typeof SCRIPTS, ...args: readonly string[]): Promise<Done> {
  const cmd = [process.execPath, join(ROOT, SCRIPTS[name]), ...args];
  const child = Bun.spawn({ cmd, cwd: ROOT, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, stdout, stderr };
}

/** Installers with nothing pinned yet. The one for Windows has the line ends of Windows. */
const INSTALL_SH = '#!/bin/sh\nset -eu\n# <release>\nrelease_url=\nrelease_version=\nrelease_sums=\n# </release>\n';
const INSTALL_PS1 =
  'Set-StrictMode -Version 3\r\n# <release>\r\n$ReleaseUrl = \'\'\r\n# </release>\r\n"$ReleaseVersion"\r\n';

/** Prints what is in `install.sh` after it has run. */
const SHOW = 'printf "%s|%s|%s" "$release_url" "$release_version" "$release_sums"\n';

export class World implements Disposable {
  readonly sandbox = new Sandbox();
  /** Where the executables are. */
  readonly from = this.sandbox.file('dist');
  /** Where the release goes. */
  readonly out = this.sandbox.file('public', 'agent-server');
  readonly installers = this.sandbox.file('installers');
  readonly secretKey = this.sandbox.file('agent-server.key');
  readonly publicKey = this.sandbox.file('agent-server.pub');

  private constructor() {
    mkdirSync(this.from);
    mkdirSync(this.installers);
    writeFileSync(join(this.installers, 'install.sh'), INSTALL_SH + SHOW);
    writeFileSync(join(this.installers, 'install.ps1'), INSTALL_PS1);
  }

  static async open(): Promise<World> {
    const world = new World();
    const { secretText, publicText } = await makeKeyPair();
    writeFileSync(world.secretKey, secretText, { mode: 0o600 });
    writeFileSync(world.publicKey, publicText);
    return world;
  }

  /** An executable for this machine that says so, and one for another that is any bytes. */
  build(said: unknown, elsewhere: string | Uint8Array = 'any bytes'): void {
    this.program(`printf %s '${JSON.stringify(said)}'`);
    writeFileSync(join(this.from, executableFile(ELSEWHERE)), elsewhere);
  }

  /** An executable for this machine, as the text of a shell script. */
  program(script: string): void {
    const path = join(this.from, executableFile(HERE));
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }

  release(version: string, ...more: readonly string[]): Promise<Done> {
    const folders = ['--from', this.from, '--out', this.out, '--installers', this.installers];
    return command('release', '--version', version, ...folders, '--secret-key', this.secretKey, ...more);
  }

  /** Builds and releases it, as it is done every time. */
  async released(version: string, ...more: readonly string[]): Promise<Manifest> {
    this.build({ version });
    const { code, stderr } = await this.release(version, ...more);
    if (code !== 0) throw new Error(stderr);
    return this.manifest();
  }

  verify(...more: readonly string[]): Promise<Done> {
    return command('verify', this.out, '--public-key', this.publicKey, ...more);
  }

  read(file: string): string {
    return readFileSync(join(this.out, file), 'utf8');
  }

  write(file: string, content: string | Uint8Array): void {
    writeFileSync(join(this.out, file), content);
  }

  manifest(): Manifest {
    return JSON.parse(this.read('manifest.json')) as Manifest;
  }

  [Symbol.dispose](): void {
    this.sandbox[Symbol.dispose]();
  }
}
