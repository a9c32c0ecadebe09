/** The machine of a build: a checkout that has the files of docs/from-ci.md in it, and steps that run there. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait.ts';
import { snippetsOf } from './snippets.ts';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export type Variables = Readonly<Record<string, string>>;

/** What the pipeline tells a step about a server that is reached without a tunnel. */
export const addressOf = (rig: Rig): Variables => ({ AGENT_SERVER_URL: rig.url, AGENT_SERVER_KEY: rig.key });

export class BuildMachine implements Disposable {
  readonly #root = mkdtempSync(join(tmpdir(), 'agent-server-ci-'));
  readonly checkout = join(this.#root, 'checkout');
  readonly #temporary = join(this.#root, 'temporary');
  readonly #steps: Step[] = [];

  constructor(document = 'docs/from-ci.md') {
    mkdirSync(this.#temporary);
    mkdirSync(this.checkout);
    for (const [name, text] of snippetsOf(document)) this.write(name, text);
  }

  /** Writes a file of the checkout; its path. */
  write(name: string, text: string): string {
    const path = join(this.checkout, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  start(command: readonly string[], variables: Variables): Step {
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.#root,
      TMPDIR: this.#temporary,
      TERM: 'dumb',
      NO_COLOR: '1',
      POWERSHELL_TELEMETRY_OPTOUT: '1',
      POWERSHELL_UPDATECHECK: 'Off',
      ...variables,
    };
    const step = new Step(command, this.checkout, env, join(this.#root, `step-${this.#steps.length}`));
    this.#steps.push(step);
    return step;
  }

  /** Temporary files that steps have left behind; PowerShell has some of its own. */
  get leftovers(): string[] {
    return readdirSync(this.#temporary).filter((name) => name.startsWith('tmp.'));
  }

  [Symbol.dispose](): void {
    for (const step of this.#steps) step.end();
    rmSync(this.#root, { recursive: true, force: true });
  }
}

export class Step {
  readonly #program: Bun.Subprocess;
  readonly #output: string;

  constructor([command = '', ...args]: readonly string[], cwd: string, env: Variables, output: string) {
    this.#output = output;
    this.#program = Bun.spawn([command, ...args], {
      cwd,
      env: { ...env },
      stdin: 'ignore',
      // Files, so that what is there can be looked at while the step runs.
      stdout: Bun.file(`${output}.out`),
      stderr: Bun.file(`${output}.err`),
    });
  }

  get out(): string {
    return readFileSync(`${this.#output}.out`, 'utf8');
  }

  get err(): string {
    return readFileSync(`${this.#output}.err`, 'utf8');
  }

  /** Resolves when the step, which goes on, has shown this on stdout. */
  async shown(text: string): Promise<void> {
    await waitFor(`the step to show ${JSON.stringify(text)}`, () => {
      if (this.out.includes(text)) return true;
      if (this.#program.exitCode !== null) throw new Error(`it ended first: ${this.out}${this.err}`);
      return false;
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#program.kill(signal);
  }

  end(): void {
    if (this.#program.exitCode === null && this.#program.signalCode === null) this.#program.kill('SIGKILL');
  }

  async ended(): Promise<Ended> {
    const code = await this.#program.exited;
    return { code, out: this.out, err: this.err };
  }
}
