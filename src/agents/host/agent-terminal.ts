/**
 * One terminal of an agent: a command, the end of its output, and how it has ended.
 *
 *   running ──exit──▶ ended
 */
import type { TerminalOutputResponse } from '@agentclientprotocol/sdk';
import { Notifier } from '../../core/notifier.ts';
import type { OutputTail } from './output-tail.ts';
import type { TerminalCommand, TerminalExit } from './terminal-engine.ts';

type State = { readonly at: 'running' } | { readonly at: 'ended'; readonly exit: TerminalExit };

export class AgentTerminal implements AsyncDisposable {
  readonly id: string;
  readonly #command: TerminalCommand;
  readonly #output: OutputTail;
  readonly #ended = new Notifier();
  #state: State = { at: 'running' };

  constructor(id: string, command: TerminalCommand, output: OutputTail) {
    this.id = id;
    this.#command = command;
    this.#output = output;
    void command.exited.then((exit) => {
      this.#state = { at: 'ended', exit };
      this.#ended.notifyAll();
    });
  }

  async output(): Promise<TerminalOutputResponse> {
    // Of one moment: a status says that the output it comes with is all there is of the command itself.
    const exit = this.#exit;
    await this.#command.pull?.();
    return {
      output: this.#output.text(exit === undefined),
      truncated: this.#output.truncated,
      ...(exit !== undefined && { exitStatus: exit }),
    };
  }

  /** Undefined when `signal` was aborted before. */
  async waitForExit(signal: AbortSignal): Promise<TerminalExit | undefined> {
    while (this.#exit === undefined) if (!(await this.#ended.wait(signal))) return this.#exit;
    return this.#exit;
  }

  end(): Promise<void> {
    return this.#command.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#command[Symbol.asyncDispose]();
  }

  get #exit(): TerminalExit | undefined {
    return this.#state.at === 'ended' ? this.#state.exit : undefined;
  }
}
