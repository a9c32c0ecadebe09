/** Somebody's home, in which install.sh is run for real, with stand-ins for what would change the machine. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeRelease, type Release } from './release.ts';

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The last line that it said. */
  readonly last: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Which shell reads the script. */
  readonly shell?: readonly string[];
  /** Reads the script from its input, as `curl … | sh` does. */
  readonly piped?: boolean;
}

type Program = Bun.Subprocess<'ignore' | Blob, 'pipe', 'pipe'>;

export class Home implements Disposable {
  readonly #root = mkdtempSync(join(tmpdir(), 'agent-server-install-'));
  readonly path = join(this.#root, 'home');
  /** Comes first on the PATH. */
  readonly #commands = join(this.#root, 'commands');
  readonly #calls = join(this.#root, 'calls');
  #path = ['/usr/bin', '/bin'];

  constructor() {
    mkdirSync(this.path);
    mkdirSync(this.#commands);
    // Tests may run as root, and stories are those of somebody else.
    this.command('id', 'case $1 in -u) echo 1000 ;; -un) echo someone ;; esac');
    this.machine('Linux', 'x86_64');
    for (const name of ['systemctl', 'loginctl', 'launchctl']) this.recorded(name);
  }

  /** What kind of machine this is: `ldd` is that of its C library. */
  machine(system: string, processor: string, { musl = false, bits = 64, translated = false } = {}): void {
    this.command('uname', `case $1 in -s) echo '${system}' ;; -m) echo '${processor}' ;; esac`);
    this.command('ldd', musl ? 'echo "musl libc (x86_64)" >&2; exit 1' : 'echo "ldd (GNU libc) 2.36"');
    this.command('getconf', `echo ${bits}`);
    this.command('sysctl', translated ? 'echo 1' : 'exit 1');
  }

  readonly executable = this.file('.local/bin/agent-server');

  file(name: string): string {
    return join(this.path, name);
  }

  /** A place outside of the home. */
  beside(name: string): string {
    return join(this.#root, name);
  }

  write(name: string, text: string): string {
    mkdirSync(dirname(this.file(name)), { recursive: true });
    writeFileSync(this.file(name), text);
    return this.file(name);
  }

  read(name: string): string {
    return readFileSync(this.file(name), 'utf8');
  }

  has(name: string): boolean {
    return existsSync(this.file(name));
  }

  /** All files, and folders in which there are none, below the home. */
  get files(): string[] {
    const found = readdirSync(this.path, { recursive: true, encoding: 'utf8' });
    return found
      .filter((name) => !statSync(this.file(name)).isDirectory() || readdirSync(this.file(name)).length === 0)
      .toSorted();
  }

  release(options: Parameters<typeof makeRelease>[1] = {}): Release {
    return makeRelease(this.beside(`release-${options.version ?? '1.0.0'}`), options);
  }

  /** A command of that name, which is this line of shell. */
  command(name: string, line: string): void {
    writeFileSync(join(this.#commands, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(this.#commands, name), 0o755);
  }

  /** A command that is written down when it is called, and then is this line of shell. */
  recorded(name: string, line = ''): void {
    this.command(name, `echo "${name} $*" >>'${this.#calls}'\n${line}`);
  }

  /** What was called since the last time. */
  calls(): string[] {
    if (!existsSync(this.#calls)) return [];
    const text = readFileSync(this.#calls, 'utf8');
    rmSync(this.#calls);
    return text.trimEnd().split('\n');
  }

  /** From now on only these commands are there, apart from the stand-ins. */
  onlyCommands(from: readonly string[], extra: Readonly<Record<string, string>> = {}): void {
    const folder = this.beside('only');
    mkdirSync(folder);
    const found = from.flatMap((name) => Bun.which(name, { PATH: '/usr/bin:/bin' }) ?? []);
    for (const path of found) symlinkSync(path, join(folder, path.slice(path.lastIndexOf('/') + 1)));
    for (const [name, path] of Object.entries(extra)) symlinkSync(path, join(folder, name));
    this.#path = [folder];
  }

  /** Somebody is at work in a shell of theirs. */
  get environment(): Record<string, string> {
    return { HOME: this.path, PATH: [this.#commands, ...this.#path].join(':'), SHELL: '/bin/bash', LC_ALL: 'C.UTF-8' };
  }

  start(
    script: string,
    args: readonly string[] = [],
    { env = {}, shell = ['sh'], piped = false }: RunOptions = {},
  ): Program {
    const [program = '', ...rest] = shell;
    const words = piped ? ['-s', '--', ...args] : [script, ...args];
    return Bun.spawn([Bun.which(program) ?? program, ...rest, ...words], {
      cwd: this.path,
      env: { ...this.environment, ...env },
      stdin: piped ? new Blob([readFileSync(script)]) : 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    });
  }

  async run(script: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Run> {
    return finished(this.start(script, args, options));
  }

  [Symbol.dispose](): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

export async function finished(program: Program): Promise<Run> {
  const [out, err, code] = await Promise.all([
    new Response(program.stdout).text(),
    new Response(program.stderr).text(),
    program.exited,
  ]);
  return { code, out, err, last: out.trimEnd().split('\n').at(-1) ?? '' };
}
