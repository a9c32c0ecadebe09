/**
 * Runs one prompt against an agent that speaks the Agent Client Protocol (https://agentclientprotocol.com), on Node 20.16
 * or later or on Bun, without any server.
 *
 *     import { runPrompt, PromptError } from './acp-client.mjs';
 *
 *     const { text } = await runPrompt({
 *       agent: 'copilot --acp --stdio',
 *       prompt: 'What does this project do?',
 *       permission: 'read-only',
 *     });
 */

/**
 * Starts the agent, opens a session, sends the prompt, and ends the agent with everything that it has started, however
 * the turn ends. Rejects with a PromptError; with a TypeError where an option is not what it should be; and with whatever
 * `onEvent` or `permission` have thrown.
 */
export function runPrompt(options: PromptOptions): Promise<PromptResult>;

export interface PromptOptions {
  /**
   * The agent's command: a command line, split into words by the rules of the system and not run by a shell; or the
   * program with its arguments. A name is looked up in the folders of `PATH`, a path counts from `workdir`.
   */
  readonly agent: string | readonly string[];
  /** Default, and where it is empty: none. The session is then only opened, and the stop reason is `no_prompt`. */
  readonly prompt?: string | readonly ContentBlock[] | undefined;
  /** An existing folder, in which the agent works, and to which its requests are confined. Default: the current one. */
  readonly workdir?: string | undefined;
  /** Milliseconds for the whole of it, the end of the agent apart. Default 300,000; 0: as long as it takes. */
  readonly timeoutMs?: number | undefined;
  /** Laid over the environment of this process, for the agent and its terminals; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The agent's id of an earlier session that goes on, the `sessionId` of its result. What was said there comes not again. */
  readonly resume?: string | undefined;
  /** Model, reasoning effort and mode of the session, by the agent's ids. One that cannot be set is a warning. */
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
  readonly mode?: string | undefined;
  /** Each event as it comes. Called synchronously, never again after the promise has settled. */
  readonly onEvent?: ((event: PromptEvent) => void) | undefined;
  /**
   * What the agent may do when it asks. Default `deny-all`. A policy or a function decides what an agent asks for; an
   * agent that does not ask is not held back by it.
   */
  readonly permission?: PermissionPolicy | AskPermission | undefined;
  /** Cancels the prompt and ends the agent when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds for each step of the agent's end: to answer a cancelled prompt, to end at the end of its input, to end at
   * SIGTERM (which Windows does not have). Default 2,000.
   */
  readonly graceMs?: number | undefined;
}

/**
 * - `deny-all`: nothing.
 * - `read-only`: reading and searching in `workdir`.
 * - `workdir`: what names no path outside of `workdir`, and commands that run in it.
 * - `allow-all`: everything.
 */
export type PermissionPolicy = 'deny-all' | 'read-only' | 'workdir' | 'allow-all';

/**
 * Decides what an agent asks for: its permission requests, and each file that it wants to read or write and each command
 * that it wants to run by this program. Those of the latter that leave `workdir` are refused whatever it says.
 */
export type AskPermission = (request: PermissionRequest) => PermissionReply | Promise<PermissionReply>;

/** An agent that offers no `always` is told `once`; one that offers no way to say no is told `cancelled`. */
export type PermissionReply = 'once' | 'always' | 'reject' | { readonly optionId: string };

export interface PermissionRequest {
  /** What the agent wants to do with this program's help, or that it asks before it does something itself. */
  readonly method: 'session/request_permission' | 'fs/read_text_file' | 'fs/write_text_file' | 'terminal/create';
  /** What it asks for: what was announced of the call, under what it says now. Titles are the model's words. */
  readonly toolCall: ToolCall;
  /** As the agent has sent them; their `kind` says what they mean. */
  readonly options: readonly unknown[];
}

/** A tool call of the protocol, as the agent has sent it: nothing of it was checked. */
export interface ToolCall {
  readonly [field: string]: unknown;
  readonly toolCallId?: unknown;
  readonly title?: unknown;
  /** `read`, `edit`, `delete`, `move`, `search`, `execute`, `think`, `fetch`, `switch_mode` or `other`. */
  readonly kind?: unknown;
  /** `pending`, `in_progress`, `completed` or `failed`. */
  readonly status?: unknown;
  readonly rawInput?: unknown;
  readonly rawOutput?: unknown;
  readonly content?: unknown;
  readonly locations?: unknown;
}

/** A content block of the protocol. */
export type ContentBlock = { readonly type: string; readonly [field: string]: unknown };

export interface PromptEvent {
  /** Unix milliseconds. */
  readonly at: number;
  /**
   * The kind of an update of the protocol, such as `agent_message_chunk`, or `state`, `prompt`, `turn_end`, `permission`,
   * `permission_answer`, `file_read`, `file_write`, `terminal_run`, `terminal_end`, `stderr` or `warning`.
   */
  readonly event: string;
  /** An update as the agent has sent it; what belongs to the others. */
  readonly data: unknown;
}

/** What has come of a prompt, or had when it failed. */
export interface PromptProgress {
  /** What the agent has said. */
  readonly text: string;
  /** The agent's id of the session, to resume it; undefined where it has opened none. */
  readonly sessionId: string | undefined;
  /** Each call with its updates laid over one another, in the order in which they were first heard of. */
  readonly toolCalls: readonly ToolCall[];
  /** As the agent has told it; null where it has not. */
  readonly usage: unknown;
  /** The last 10,000 characters of the agent's standard error. */
  readonly stderr: string;
  /** What went wrong and did not matter enough to fail. A sentence each. */
  readonly warnings: readonly string[];
}

export interface PromptResult extends PromptProgress {
  readonly sessionId: string;
  /** `end_turn`, `max_tokens`, `max_turn_requests`, `refusal` or `cancelled`, by the agent; `no_prompt`. */
  readonly stopReason: string;
}

/** Why there is no result. The error's message has it as a sentence. */
export type PromptFailure =
  /** The command line cannot be split into words, or is empty. */
  | { readonly reason: 'command-invalid' }
  | {
      readonly reason: 'command-not-found';
      readonly command: string;
      /** The folders in which it was looked for. */
      readonly lookedIn: readonly string[];
      /** The endings that were tried with it; none but on Windows. */
      readonly extensions: readonly string[];
    }
  | { readonly reason: 'workdir-missing'; readonly workdir: string }
  /** The system does not start the program. */
  | { readonly reason: 'start-refused' }
  | {
      readonly reason: 'agent-ended';
      /** 128+N after signal N; undefined where the system does not tell. */
      readonly exitCode: number | undefined;
      /** The end of its standard error. */
      readonly stderr: string;
    }
  | {
      readonly reason: 'login-required';
      /** `authMethods` of the protocol, as the agent has sent them. */
      readonly authMethods: readonly unknown[];
    }
  /** The agent has answered with an error, or as no agent should. `code` and `data` are those of JSON-RPC. */
  | { readonly reason: 'agent-error'; readonly code: number | undefined; readonly data?: unknown }
  | { readonly reason: 'timed-out'; readonly timeoutMs: number }
  | {
      readonly reason: 'aborted';
      /** That of the signal. */
      readonly cause: unknown;
    };

export class PromptError extends Error {
  constructor(failure: PromptFailure, message: string, progress: PromptProgress);
  override readonly name: 'PromptError';
  readonly failure: PromptFailure;
  /** That of `failure`. */
  get reason(): PromptFailure['reason'];
  /** What there was until then. */
  readonly progress: PromptProgress;
}
