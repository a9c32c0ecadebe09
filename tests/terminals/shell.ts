/** A real shell in a terminal, for what programs execute there. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import type { ExecuteFailure, Execution } from '../../src/terminals/execution.ts';
import type { TerminalRequest } from '../../src/terminals/registry.ts';
import type { Terminal } from '../../src/terminals/terminal.ts';
import { waitFor } from '../support/sandbox.ts';
import { World } from './world.ts';

const NO_SIGNAL = new AbortController().signal;
export const TIMEOUT_MS = 20_000;

/** A terminal with a shell in it, in which commands are executed. */
export class Shell implements AsyncDisposable {
  readonly world: World;
  readonly terminal: Terminal;

  private constructor(world: World, terminal: Terminal) {
    this.world = world;
    this.terminal = terminal;
  }

  static async open(request: Partial<TerminalRequest>, files: Readonly<Record<string, string>> = {}): Promise<Shell> {
    const world = await World.open({ clock: systemClock });
    for (const [name, text] of Object.entries(files)) {
      const path = join(world.box.file('home'), name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    return new Shell(world, world.start(request));
  }

  ask(command: string, timeoutMs = TIMEOUT_MS, signal = NO_SIGNAL) {
    return this.world.terminals.executions.execute(this.terminal, { command, timeoutMs, signal });
  }

  async execute(command: string, timeoutMs?: number): Promise<Execution> {
    const answer = await this.ask(command, timeoutMs);
    if (!answer.ok) throw new Error(JSON.stringify(answer.failure));
    return answer.value;
  }

  /** With `clear`. */
  async clearly(command: string): Promise<Execution> {
    const wanted = { command, clear: true, timeoutMs: TIMEOUT_MS, signal: NO_SIGNAL };
    const answer = await this.world.terminals.executions.execute(this.terminal, wanted);
    if (!answer.ok) throw new Error(JSON.stringify(answer.failure));
    return answer.value;
  }

  /** Somebody types a command for `sh`, and `behind` it; resolves when it runs, in the foreground. */
  async begin(command: string, behind = ''): Promise<void> {
    const from = this.terminal.bytes;
    this.terminal.input(`sh -c "echo be''gun; ${command}"${behind}\r`);
    await waitFor('the command to run', () => this.terminal.read(from).data.includes('begun'));
  }

  async refusal(command: string, timeoutMs?: number): Promise<ExecuteFailure | undefined> {
    const answer = await this.ask(command, timeoutMs);
    return answer.ok ? undefined : answer.failure;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.world[Symbol.asyncDispose]();
  }
}

export const done = (output: string, exitCode: number | undefined): Execution => ({
  output,
  status: 'done',
  exitCode,
  dropped: 0,
});

/** Whether the tests that need the program are skipped. */
export const missing = (program: string) => {
  const gone = Bun.which(program) === null;
  if (gone) console.warn(`skipped: ${program} is not on this machine`);
  return gone;
};

export const PWSH = process.env['AGENT_SERVER_TEST_PWSH'] ?? Bun.which('pwsh') ?? undefined;
if (PWSH === undefined) console.warn('skipped: pwsh is not on this machine');
