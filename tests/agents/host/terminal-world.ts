/** An agent session with terminals on this machine, for stories about them. */
import { mkdirSync, readdirSync } from 'node:fs';
import { relative } from 'node:path';
import { ownProcesses } from '../../../src/agents/host/own-processes.ts';
import type { TerminalExit } from '../../../src/agents/host/terminal-engine.ts';
import { HostTerminals, type HostTerminalsOptions } from '../../../src/agents/host/terminals.ts';
import { createLauncher } from '../../../src/platform/process/index.ts';
import { Sandbox } from '../../support/sandbox.ts';

export class TerminalWorld implements AsyncDisposable {
  readonly box = new Sandbox();
  readonly cwd = this.box.file('work');
  /** Folders of what runs. */
  readonly root = this.box.file('run');
  readonly terminals: HostTerminals;
  readonly #signal = new AbortController().signal;

  constructor(options: Partial<HostTerminalsOptions> & { readonly graceMs?: number } = {}) {
    mkdirSync(this.cwd);
    mkdirSync(this.root);
    this.terminals = new HostTerminals({
      engine: ownProcesses({
        launcher: createLauncher(),
        env: { PATH: process.env['PATH'] ?? '', SESSION: 'of the session' },
        root: this.root,
        graceMs: options.graceMs ?? 5000,
      }),
      cwd: this.cwd,
      access: 'confined',
      confine: (path) =>
        relative(this.cwd, path).startsWith('..')
          ? { inside: false, reason: `${path} is outside of ${this.cwd}` }
          : { inside: true, path },
      ...options,
    });
  }

  /** The id of a new terminal. */
  async create(command: string, more: object = {}): Promise<string> {
    return valueOf(await this.terminals.create({ sessionId: 's', command, ...more })).terminalId;
  }

  /** The sentence with which it is refused, behind the reason. */
  async refusal(params: unknown): Promise<string> {
    const created = await this.terminals.create(params);
    if (created.ok) throw new Error('it was not refused');
    return `${created.failure.reason}: ${created.failure.detail}`;
  }

  async wait(terminalId: string, signal = this.#signal): Promise<TerminalExit> {
    const { exitCode = null, signal: name = null } = valueOf(await this.terminals.waitForExit({ terminalId }, signal));
    return { exitCode, signal: name };
  }

  async output(terminalId: string) {
    return valueOf(await this.terminals.output({ terminalId }));
  }

  /** What a command prints from its start to its end. */
  async printed(command: string, more: object = {}): Promise<string> {
    const id = await this.create(command, more);
    await this.wait(id);
    return (await this.output(id)).output;
  }

  /** How many commands are not accounted for as ended. */
  get running(): number {
    return readdirSync(this.root).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminals[Symbol.asyncDispose]();
    this.box[Symbol.dispose]();
  }
}

export function valueOf<T>(result: { ok: true; value: T } | { ok: false; failure: { detail: string } }): T {
  if (!result.ok) throw new Error(result.failure.detail);
  return result.value;
}
