/** Terminals of agents in a persistent shell of this machine. */
import { mkdirSync } from 'node:fs';
import type { TerminalEngine } from '../../../src/agents/host/terminal-engine.ts';
import { HostTerminals } from '../../../src/agents/host/terminals.ts';
import { silentLog } from '../../../src/core/log.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { sharedEngine } from '../../../src/modes/acp/shared-engine.ts';
import { createLauncher } from '../../../src/platform/process/index.ts';
import { ShellFactory } from '../../../src/shells/factory.ts';
import { findShells } from '../../../src/shells/find.ts';
import { ShellPool } from '../../../src/shells/pool.ts';
import type { ShellName } from '../../../src/shells/shell-process.ts';
import { environmentWith } from '../../shells/dialects.ts';
import { Sandbox } from '../../support/sandbox.ts';

export class SharedWorld implements AsyncDisposable {
  readonly box: Sandbox;
  readonly cwd: string;
  /** Where the files of the commands are. */
  readonly folder: string;
  readonly pool: ShellPool;
  readonly engine: TerminalEngine;
  readonly terminals: HostTerminals;
  readonly #factory: ShellFactory;

  private constructor(box: Sandbox, factory: ShellFactory, pool: ShellPool, shell: ShellName) {
    this.box = box;
    this.cwd = box.file('work');
    this.folder = box.file('terminals');
    this.#factory = factory;
    this.pool = pool;
    mkdirSync(this.cwd);
    const seed = { workdir: this.cwd, env: { SEED: 'of the job' } };
    this.engine = sharedEngine({ pool, key: 'shared', shell, seed, folder: this.folder });
    this.terminals = new HostTerminals({
      engine: this.engine,
      cwd: this.cwd,
      access: 'anywhere',
      confine: (path) => ({ inside: true, path }),
    });
  }

  static async open(shell: ShellName, path: string): Promise<SharedWorld> {
    const box = new Sandbox();
    const launcher = createLauncher();
    const env = environmentWith(path);
    const factory = await ShellFactory.open({
      dataPath: box.path,
      launcher,
      baseEnv: env,
      spares: false,
      graceMs: 500,
    });
    const pool = new ShellPool({
      kinds: findShells(launcher, env),
      factory,
      maxSessions: 2,
      idleTimeoutMs: 0,
      serverCwd: box.path,
      clock: systemClock,
      log: silentLog,
      graceMs: 500,
    });
    return new SharedWorld(box, factory, pool, shell);
  }

  async create(command: string, more: object = {}): Promise<string> {
    const created = await this.terminals.create({ command, ...more });
    if (!created.ok) throw new Error(created.failure.detail);
    return created.value.terminalId;
  }

  async wait(terminalId: string): Promise<number | null | undefined> {
    const exit = await this.terminals.waitForExit({ terminalId }, new AbortController().signal);
    return exit.ok ? exit.value.exitCode : undefined;
  }

  async output(terminalId: string): Promise<string> {
    const output = await this.terminals.output({ terminalId });
    return output.ok ? output.value.output.replaceAll('\r\n', '\n') : output.failure.detail;
  }

  /** Exit code and output of a command that comes to its end. */
  async run(command: string, more: object = {}): Promise<{ code: number | null | undefined; output: string }> {
    const id = await this.create(command, more);
    const code = await this.wait(id);
    const output = await this.output(id);
    await this.terminals.release({ terminalId: id });
    return { code, output };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminals[Symbol.asyncDispose]();
    await this.pool[Symbol.asyncDispose]();
    await this.#factory[Symbol.asyncDispose]();
    this.box[Symbol.dispose]();
  }
}
