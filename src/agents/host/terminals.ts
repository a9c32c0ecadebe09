/**
 * The terminals of one agent session: `terminal/*` of the Agent Client Protocol. A terminal is one command without input,
 * whose output is kept until the agent releases it. https://agentclientprotocol.com/protocol/terminals
 *
 *   starting ──▶ running ──exit──▶ ended
 *      │            └──release, dispose─┴──▶ ending ──nothing of it is left──▶ (forgotten)
 *      └──start failed──▶ (forgotten)
 *
 * `terminal/kill` is an exit: the terminal stays and can be read. What a command has put into the background goes on until
 * the terminal is killed or released.
 *
 * No API of Bun's own in here: the library runs it on Node, too, with an engine of its own.
 */
import type {
  CreateTerminalResponse,
  KillTerminalResponse,
  ReleaseTerminalResponse,
  TerminalOutputResponse,
  WaitForTerminalExitResponse,
} from '@agentclientprotocol/sdk';
import { isAbsolute } from 'node:path';
import { ok, type Result } from '../../core/failure.ts';
import { AgentTerminal } from './agent-terminal.ts';
import { OutputTail } from './output-tail.ts';
import type { Confine } from '../policy/places.ts';
import type { TerminalEngine } from './terminal-engine.ts';
import { terminalFailure, type TerminalFailure } from './terminal-failure.ts';
import { type CreateParams, parseCreateParams, parseTerminalId } from './terminal-params.ts';

/** One session has no more of them at once, those that have ended and were not released included. */
export const MAX_TERMINALS = 32;

/** What of the policy matters here: `confined` is to the folder of the session. */
export type TerminalAccess = 'confined' | 'anywhere' | 'none';

export interface CreatedTerminal {
  readonly terminalId: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** What is left to be shown of a terminal that the agent does not need any more. */
export interface ReleasedTerminal extends TerminalOutputResponse {
  readonly terminalId: string;
}

export interface HostTerminalsOptions {
  readonly engine: TerminalEngine;
  /** Where a command runs that names no folder. Absolute. */
  readonly cwd: string;
  readonly access: TerminalAccess;
  /** Whether an absolute path is within what the agent may use, and the path to use then. */
  readonly confine: Confine;
  readonly onCreated?: (terminal: CreatedTerminal) => void;
  readonly onReleased?: (terminal: ReleasedTerminal) => void;
}

type Answer<Value> = Promise<Result<Value, TerminalFailure>>;

export class HostTerminals implements AsyncDisposable {
  readonly #options: HostTerminalsOptions;
  readonly #terminals = new Map<string, AgentTerminal>();
  /** Starts and ends on their way: each is waited for at the end. */
  readonly #pending = new Set<Promise<unknown>>();
  #closed = false;

  constructor(options: HostTerminalsOptions) {
    this.#options = options;
  }

  /** How many there are, those that are starting or ending included. */
  get count(): number {
    return this.#terminals.size + this.#pending.size;
  }

  async create(params: unknown): Answer<CreateTerminalResponse> {
    const parsed = parseCreateParams(params);
    if (!parsed.ok) return parsed;
    const { access } = this.#options;
    if (access === 'none') return terminalFailure('terminal-refused', 'the policy of this session allows no commands');
    return this.#keep(this.#create(parsed.value));
  }

  async output(params: unknown): Answer<TerminalOutputResponse> {
    const found = this.#find(params);
    return found.ok ? ok(await found.value.output()) : found;
  }

  /** `signal` ends the wait, not the command. */
  async waitForExit(params: unknown, signal: AbortSignal): Answer<WaitForTerminalExitResponse> {
    const found = this.#find(params);
    if (!found.ok) return found;
    const exit = await found.value.waitForExit(signal);
    return exit === undefined ? terminalFailure('wait-aborted', 'the request was cancelled') : ok(exit);
  }

  /** Resolves when nothing of the command is left. */
  async kill(params: unknown): Answer<KillTerminalResponse> {
    const found = this.#find(params);
    if (!found.ok) return found;
    await found.value.end();
    return ok({});
  }

  /** The terminal is unknown at once; resolves when nothing of its command is left. */
  async release(params: unknown): Answer<ReleaseTerminalResponse> {
    const found = this.#find(params);
    if (!found.ok) return found;
    await this.#release(found.value);
    return ok({});
  }

  /** Releases all of them, side by side. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const terminal of this.#terminals.values()) void this.#release(terminal);
    // A start that comes to its end now ends its command itself.
    await Promise.all(this.#pending);
  }

  async #create(params: CreateParams): Answer<CreateTerminalResponse> {
    if (this.count >= MAX_TERMINALS)
      return terminalFailure('too-many-terminals', `this session has ${MAX_TERMINALS} terminals: release some of them`);
    if (this.#closed) return terminalFailure('terminals-closed', 'the session is over');
    const { engine, onCreated } = this.#options;
    const folder = this.#folderFor(params.cwd);
    if (!folder.ok) return folder;
    const { command, args, env } = params;
    const cwd = folder.value;
    const output = new OutputTail(params.outputByteLimit);
    const started = await engine.start({ command, args, cwd, cwdGiven: params.cwd !== undefined, env }, output);
    if (!started.ok) return started;
    const terminal = new AgentTerminal(crypto.randomUUID(), started.value, output);
    if (this.#closed) {
      await terminal[Symbol.asyncDispose]();
      return terminalFailure('terminals-closed', 'the session is over');
    }
    this.#terminals.set(terminal.id, terminal);
    onCreated?.({ terminalId: terminal.id, command, args, cwd });
    return ok({ terminalId: terminal.id });
  }

  #folderFor(cwd: string | undefined): Result<string, TerminalFailure> {
    if (cwd === undefined) return ok(this.#options.cwd);
    if (!isAbsolute(cwd)) return terminalFailure('params-invalid', 'cwd must be an absolute path');
    if (this.#options.access === 'anywhere') return ok(cwd);
    const confined = this.#options.confine(cwd);
    return confined.inside ? ok(confined.path) : terminalFailure('terminal-refused', confined.reason);
  }

  #find(params: unknown): Result<AgentTerminal, TerminalFailure> {
    const id = parseTerminalId(params);
    if (!id.ok) return id;
    const terminal = this.#terminals.get(id.value);
    return terminal === undefined ? terminalFailure('terminal-unknown', `no terminal ${id.value}`) : ok(terminal);
  }

  #release(terminal: AgentTerminal): Promise<void> {
    this.#terminals.delete(terminal.id);
    const end = async (): Promise<void> => {
      await terminal[Symbol.asyncDispose]();
      this.#options.onReleased?.({ terminalId: terminal.id, ...(await terminal.output()) });
    };
    return this.#keep(end());
  }

  #keep<Value>(pending: Promise<Value>): Promise<Value> {
    this.#pending.add(pending);
    const forget = () => this.#pending.delete(pending);
    pending.then(forget, forget);
    return pending;
  }
}
