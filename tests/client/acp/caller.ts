/** Programs that use the library, on Node with the built file and on Bun with its source, each in a folder of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  PermissionReply,
  PermissionRequest,
  PromptEvent,
  PromptFailure,
  PromptOptions,
  PromptProgress,
  PromptResult,
} from '../../../src/client/acp/acp-client.d.mts';
import { isAlive } from '../../support/rig-processes.ts';
import { Sandbox } from '../../support/sandbox.ts';

const ROOT = join(import.meta.dir, '..', '..', '..');
const PROGRAM = join(ROOT, 'tests', 'fixtures', 'prompt-caller.mjs');
export const SOURCE = join(ROOT, 'src', 'client', 'acp', 'run-prompt.ts');

/** What tests/fixtures/prompt-caller.mjs takes. */
export type CallOptions = Omit<PromptOptions, 'onEvent' | 'signal'> & {
  readonly reply?: PermissionReply;
  readonly replyError?: string;
  readonly eventError?: string;
  readonly abortAt?: string;
};

export interface Outcome {
  readonly result?: PromptResult;
  readonly error?: {
    readonly name: string;
    readonly message: string;
    readonly isPromptError: boolean;
    readonly reason?: PromptFailure['reason'];
    readonly failure?: PromptFailure;
    readonly progress?: PromptProgress;
  };
  readonly asked: readonly PermissionRequest[];
  readonly events: readonly PromptEvent[];
  readonly stderr: string;
}

export class Caller implements Disposable {
  readonly #runtime: string;
  readonly #module: string;
  readonly #box = new Sandbox();

  constructor(runtime: string, module: string) {
    this.#runtime = runtime;
    this.#module = module;
  }

  /** The working directory, and the home of the agent. */
  get workdir(): string {
    return this.#box.path;
  }

  file(name: string): string {
    return this.#box.file(name);
  }

  /** Resolves when the program has ended. */
  async run({ env, ...options }: CallOptions): Promise<Outcome> {
    const { workdir } = this;
    const call = { workdir, env: { ...env, HOME: workdir }, ...options };
    const child = Bun.spawn([this.#runtime, PROGRAM, this.#module, JSON.stringify(call)], {
      // So that whatever is not ended shows by its environment.
      env: { PATH: process.env['PATH'] ?? '', HOME: workdir, TMPDIR: workdir },
      cwd: workdir,
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const [stdout, stderr] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    try {
      return { ...(JSON.parse(stdout) as Omit<Outcome, 'stderr'>), stderr };
    } catch {
      throw new Error(`the program has printed no outcome: ${stdout}${stderr}`);
    }
  }

  /** What lies in the folder, without what the runtimes and the agent keep in their home. */
  files(): string[] {
    return readdirSync(this.workdir).filter((name) => name !== '.bun' && name !== '.scripted-agent');
  }

  /** Processes that came from here and still run. */
  leftBehind(): number[] {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids
      .filter((pid) => environmentOf(pid).includes(`HOME=${this.workdir}`))
      .map(Number)
      .filter(isAlive);
  }

  [Symbol.dispose](): void {
    for (const pid of this.leftBehind()) process.kill(pid, 'SIGKILL');
    this.#box[Symbol.dispose]();
  }
}

function environmentOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    // Gone, or somebody else's.
    return [];
  }
}
