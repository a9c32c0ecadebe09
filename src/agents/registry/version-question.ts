/**
 * Asks programs for their version: `PROGRAM --version`, without input, two of them at once. Whatever such a program does,
 * it is over after the limit: what it has started is ended with it.
 */
import type { Clock } from '../../core/clock.ts';
import { newId } from '../../core/id.ts';
import type { Launcher } from '../../platform/process/process.ts';
import { OutputStart } from './output-start.ts';

/** `failed`: it could not be started, or ended with an error. `silent`: it was still busy at the limit, or had too much to say. */
export type VersionAnswer = { readonly text: string } | 'failed' | 'silent';

export interface VersionQuestionOptions {
  readonly launcher: Launcher;
  readonly clock: Clock;
  /** An existing folder for the programs to run in. */
  readonly cwd: string;
  /** Milliseconds a program may take. */
  readonly limitMs: number;
}

const AT_ONCE = 2;
/** For the last bytes of a program that has gone. */
const DRAIN_MS = 500;

export class VersionQuestions implements AsyncDisposable {
  readonly #options: VersionQuestionOptions;
  readonly #closed = Promise.withResolvers<void>();
  readonly #waiting: (() => void)[] = [];
  readonly #running = new Set<Promise<VersionAnswer>>();
  #isClosed = false;

  constructor(options: VersionQuestionOptions) {
    this.#options = options;
  }

  /** `program`: its full path. `env`: all of its environment. Never rejects. */
  async ask(program: string, env: Readonly<Record<string, string>>): Promise<VersionAnswer> {
    while (this.#running.size >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#isClosed) return 'silent';
    const question = this.#run(program, env).catch((): VersionAnswer => 'failed');
    this.#running.add(question);
    const answer = await question;
    this.#running.delete(question);
    this.#waiting.shift()?.();
    return answer;
  }

  /** Ends what is running; nothing is started after this. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#closed.resolve();
    await Promise.all(this.#running);
  }

  async #run(program: string, env: Readonly<Record<string, string>>): Promise<VersionAnswer> {
    const { launcher, clock, cwd, limitMs } = this.#options;
    const launched = await launcher.launch({
      argv: [program, '--version'],
      cwd,
      env,
      treeId: newId(),
      inputPath: undefined,
    });
    if ('reason' in launched) return 'failed';
    const { process } = launched;
    using _stdin = launched.stdin;
    const outputs = [new OutputStart(launched.stdout), new OutputStart(launched.stderr)] as const;
    const limit = Promise.withResolvers<void>();
    using _limit = clock.after(limitMs, limit.resolve);
    const tooLate = Promise.race([limit.promise, this.#closed.promise, ...outputs.map(({ full }) => full)]);
    const exit = await Promise.race([process.exited, tooLate]);
    await process.endTree(0);
    const drained = Promise.withResolvers<void>();
    using _drain = clock.after(DRAIN_MS, drained.resolve);
    await Promise.race([Promise.all(outputs.map(({ ended }) => ended)), drained.promise]);
    process.release();
    if (exit === undefined) return 'silent';
    return exit.known && exit.code === 0 ? { text: outputs[0].text } : 'failed';
  }
}
