/**
 * "From a new Dev Box to your dashboard" of README.md, line by line, on a machine with nothing but a devtunnel that is
 * not logged in. What is installed is the executable of AGENT_SERVER_TEST_EXE, else this program from source.
 */
import { expect, test } from 'bun:test';
import { delimiter, resolve } from 'node:path';
import { MAIN, Typed } from '../cli/world.ts';
import { Home } from '../install/home.ts';
import { ReleaseServer } from '../install/release-server.ts';
import { makeRelease } from '../install/release.ts';
import { whyNoShell } from '../install/shells.ts';
import { runningMarked } from '../support/rig-processes.ts';
import { waitFor } from '../support/wait.ts';
import { FakeDashboard } from './fake-dashboard.ts';
import { FakeDevtunnel } from './fake-devtunnel.ts';
import { linesOfReadme } from './readme-lines.ts';

if (whyNoShell !== undefined) console.log(`the lines of README.md for a new machine: skipped, ${whyNoShell}`);

const EXECUTABLE = process.env['AGENT_SERVER_TEST_EXE'] ?? '';
const PROGRAM = EXECUTABLE === '' ? [process.execPath, MAIN] : [resolve(EXECUTABLE)];
const CODE = /\b[A-Z]{3}-\d{4}\b/;

/** A machine, a release of this program, and a dashboard. */
class NewMachine implements AsyncDisposable {
  readonly home = new Home();
  readonly dashboard = new FakeDashboard();
  readonly devtunnel = new FakeDevtunnel(this.home.beside('tools'));
  readonly #typed: Typed[] = [];
  #release: ReleaseServer | undefined;

  constructor() {
    this.devtunnel.play('logged-out');
    // It does with a unit what systemd does: runs its line, with its environment.
    const unit = this.home.file('.config/systemd/user/agent-server.service');
    this.home.recorded(
      'systemctl',
      `case "$*" in *' restart '*) eval "exec env $(sed -n 's/^Environment=//p' '${unit}' | tr '\\n' ' ') setsid $(sed -n 's/^ExecStart=//p' '${unit}')" >'${this.log}' 2>&1 </dev/null & ;; esac`,
    );
  }

  /** What the server that starts at logon says, where nobody sees it. */
  get log(): string {
    return this.home.beside('server.log');
  }

  get env(): Readonly<Record<string, string>> {
    const { environment } = this.home;
    return {
      ...environment,
      ...this.devtunnel.env,
      PATH: [this.home.file('.local/bin'), environment['PATH'], this.devtunnel.env['PATH']].join(delimiter),
      COMPUTERNAME: 'new-box',
      // Any port that is free.
      AGENT_SERVER_PORT: '0',
    };
  }

  async lines(): Promise<ReturnType<typeof linesOfReadme>> {
    const folder = this.home.beside('release');
    this.#release ??= await ReleaseServer.start(folder);
    const { url } = this.#release;
    makeRelease(folder, { url, program: PROGRAM });
    return linesOfReadme({ release: url, dashboard: this.dashboard.url });
  }

  /** Somebody types these lines into a shell, until one fails. */
  type(lines: string): Typed {
    const typed = new Typed(['sh', '-e', this.home.write('lines.sh', lines)], this.env, { cwd: this.home.path });
    this.#typed.push(typed);
    return typed;
  }

  /** Enters the code that a program shows. */
  async enterCode(from: Typed): Promise<void> {
    const code = await waitFor('a code', () => CODE.exec(from.stdout + from.stderr)?.[0]);
    expect(this.dashboard.enter(code)).toBe(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Each server ends with its supervisor, and its devtunnel with it.
    for (const pid of runningMarked(this.dashboard.url)) process.kill(pid, 'SIGTERM');
    await Promise.all(this.#typed.map((typed) => typed.done()));
    const left = () => [this.dashboard.url, `--register=${this.dashboard.url}`].flatMap(runningMarked);
    await waitFor('the servers to be gone', () => left().length === 0);
    await this.#release?.[Symbol.asyncDispose]();
    await this.dashboard[Symbol.asyncDispose]();
    this.home[Symbol.dispose]();
  }
}

test.skipIf(whyNoShell !== undefined)(
  'installed, on Linux: each line does what README.md says',
  async () => {
    await using machine = new NewMachine();
    const [, installed] = await machine.lines();
    expect(installed?.language).toBe('sh');
    const typed = machine.type(installed?.lines ?? '');
    await typed.says('Enter the code');
    await machine.enterCode(typed);
    const { stdout } = await typed.done();
    expect(stdout).toContain('Logged in as someone@example.com');
    expect(stdout).toContain(`is at ${machine.home.executable} now`);
    expect(stdout).toContain(`This machine is registered with ${machine.dashboard.url}`);
    expect(stdout).toMatch(/^ok +tunnel +open at https:\/\/fake123-/m);
    expect(stdout).toMatch(/^ok +dashboard +registered with /m);
    expect(machine.dashboard.sentTo('/api/register').at(-1)).toMatchObject({
      name: 'new-box',
      tunnel_url: expect.stringContaining('devtunnels.ms'),
      tunnel_token: expect.stringMatching(/^eyJ/),
    });
  },
  60_000,
);

test.skipIf(whyNoShell !== undefined)(
  'by hand, on Linux: the code is on the console of the server, too',
  async () => {
    await using machine = new NewMachine();
    const [, installed, byHand] = await machine.lines();
    const [login, install] = (installed?.lines ?? '').split('\n');
    // "In place of the installer's --start."
    const before = `${login}\n${install?.replace(/ -s -- .*/, '')}\n`;
    const typed = machine.type(before + (byHand?.lines ?? ''));
    await typed.says('To register this machine, enter the code');
    await machine.enterCode(typed);
    await typed.says('registered');
    expect(machine.dashboard.sentTo('/api/register').at(-1)).toMatchObject({ name: 'my-box' });
  },
  60_000,
);
