/**
 * A job that the caller waits for: its output goes to our stdout and stderr, our stdin goes to it, and it is cancelled when
 * the user interrupts us or our output cannot be written any more. A program gets the interrupt as a signal, as at a terminal.
 */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import { messageOf } from '../../core/failure.ts';
import type { EndEvent } from '../../protocol/feed.ts';
import { PROGRAM } from '../command/program.ts';
import { explainClientError } from '../connection/client-failure.ts';
import type { Interrupts } from '../interrupts.ts';
import { complain, OutputFailed, printJson, write } from '../output.ts';
import { exitOf } from './exit.ts';
import { NO_INPUT, ownInput, pipeInput } from './input.ts';
import { Spinner } from './spinner.ts';

export interface ForegroundOptions {
  /** Whether events are printed as JSON. */
  readonly json: boolean;
  /** Whether the command gets our standard input. Without, its own is empty. */
  readonly input: boolean;
  /** Whether it is a program, which decides what an interrupt means. */
  readonly isProgram: boolean;
}

const SIGNALS: Readonly<Record<number, string>> = { 129: 'SIGHUP', 130: 'SIGINT', 131: 'SIGQUIT', 143: 'SIGTERM' };

export class ForegroundJob {
  readonly #client: Client;
  readonly #interrupts: Interrupts;
  readonly #json: boolean;
  readonly #input: boolean;
  readonly #isProgram: boolean;
  readonly #spinner = new Spinner();
  /** Set once we have cancelled the job ourselves. */
  #exitCode: number | undefined;
  #jobId: string | undefined;

  constructor(client: Client, interrupts: Interrupts, { json, input, isProgram }: ForegroundOptions) {
    this.#client = client;
    this.#interrupts = interrupts;
    this.#json = json;
    this.#input = input;
    this.#isProgram = isProgram;
  }

  /** Resolves to the exit code when the user does not wait any longer. */
  get abandoned(): Promise<number> {
    return this.#interrupts.second.then(async (code) => {
      // A job that was cancelled ends by itself.
      if (this.#isProgram && this.#jobId !== undefined && this.#exitCode === undefined) await this.#end(this.#jobId);
      return code;
    });
  }

  /** Resolves to the exit code when the job has ended. */
  async follow(jobId: string): Promise<number> {
    this.#jobId = jobId;
    void this.#interrupts.first.then((code) => (this.#isProgram ? this.#signal(jobId, code) : this.#stop(jobId, code)));
    try {
      if (this.#json) await printJson({ type: 'submitted', jobId });
      else this.#spinner.start(`job ${jobId} runs`);
      return await this.#printEvents(jobId);
    } catch (error) {
      // A command in a local pipe ends as well when its output cannot be written.
      this.#spinner.stop();
      if (error instanceof OutputFailed) await this.#end(jobId);
      else if (error instanceof ClientError && error.transient)
        complain(`lost the connection to the server; job ${jobId} may still run, see: ${PROGRAM} logs ${jobId} -f`);
      throw error;
    } finally {
      this.#spinner.stop();
    }
  }

  async #printEvents(jobId: string): Promise<number> {
    for await (const event of this.#client.follow(jobId)) {
      if (this.#json) await printJson(event);
      else if (event.type === 'stdout' || event.type === 'stderr') {
        const bytes = await this.#client.bytesOf(jobId, event);
        this.#spinner.stop();
        await write(event.type, bytes);
      }
      if (event.type === 'status' && !(this.#input && process.stdin.isTTY)) void this.#passInput(jobId);
      if (event.type === 'end') return this.#exit(event);
    }
    return 1;
  }

  #exit(end: EndEvent): number {
    if (this.#exitCode !== undefined) return this.#exitCode;
    this.#spinner.stop();
    const { code, note } = exitOf(end);
    if (note !== undefined) complain(note);
    return code;
  }

  async #passInput(jobId: string): Promise<void> {
    try {
      await pipeInput(this.#client, jobId, this.#input ? ownInput() : NO_INPUT);
    } catch (error) {
      // The command must not take the part of the input that it received for all of it.
      const why = error instanceof ClientError ? explainClientError(error) : messageOf(error);
      await this.#cancel(jobId, 1, `standard input could not be passed on (${why}); cancelling job ${jobId}`);
    }
  }

  #stop(jobId: string, code: number): Promise<void> {
    return this.#cancel(
      jobId,
      code,
      `cancelling job ${jobId}; press Ctrl-C again to exit without waiting for it to end`,
    );
  }

  /** One that has not begun, or a signal that its system does not have: then it is cancelled. */
  async #signal(jobId: string, code: number): Promise<void> {
    const signal = SIGNALS[code] ?? 'SIGTERM';
    try {
      await this.#client.signal(jobId, { signal, tree: true });
      this.#spinner.stop();
      complain(`${signal} sent to job ${jobId}; press Ctrl-C again to end it with everything it started`);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      await this.#stop(jobId, code);
    }
  }

  async #cancel(jobId: string, exitCode: number, because: string): Promise<void> {
    this.#exitCode ??= exitCode;
    this.#spinner.stop();
    complain(because);
    await this.#end(jobId);
  }

  async #end(jobId: string): Promise<void> {
    await this.#client
      .cancel(jobId)
      .catch((error: unknown) => complain(`job ${jobId} could not be cancelled: ${messageOf(error)}`));
  }
}
