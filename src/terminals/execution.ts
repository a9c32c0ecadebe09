/** What is asked of a command in a terminal, and what comes of it. */
import { fail, ok, type Result } from '../core/failure.ts';
import type { Terminal } from './terminal.ts';

export interface ExecuteRequest {
  /** Newlines and tabs are the only control characters allowed. */
  readonly command: string;
  /** Whether to clear the line that is typed already, and to drop an unfinished command. Default: false. */
  readonly clear?: boolean | undefined;
  readonly timeoutMs: number;
  /** Aborted when the caller is gone; the command goes on. */
  readonly signal: AbortSignal;
}

export interface Execution {
  /** What it printed, see execute-output.ts. */
  readonly output: string;
  /** `running`: the timeout came first. `continuation`: the shell waits for the rest of it, as within an open quote. */
  readonly status: 'done' | 'running' | 'continuation';
  /** Undefined where it is not known. */
  readonly exitCode: number | undefined;
  /** Bytes at the beginning of the output that are no longer kept. */
  readonly dropped: number;
}

export type ExecuteFailure =
  | { readonly reason: 'command-unusable' }
  | { readonly reason: 'terminal-exited' }
  /** Another command is being executed in it. */
  | { readonly reason: 'terminal-busy' }
  /** Until the timeout it printed without a pause, had not begun, or was busy with what others had typed: nothing was typed. */
  | { readonly reason: 'terminal-not-ready' }
  /** Something is typed already, or an unfinished command waits for its rest: nothing was typed. */
  | { readonly reason: 'terminal-line-not-empty' }
  | { readonly reason: 'terminal-input-full' };

export type Outcome = Result<Execution, ExecuteFailure>;

/** Types into the terminal; undefined when that was accepted. */
export function type(terminal: Terminal, keys: string): Outcome | undefined {
  const refused = terminal.input(keys);
  if (refused === undefined) return undefined;
  return fail({ reason: refused === 'exited' ? 'terminal-exited' : 'terminal-input-full' });
}

interface Finding {
  readonly output: string;
  readonly status: Execution['status'];
  readonly exitCode?: number | undefined;
  readonly dropped: number;
}

export function executed(terminal: Terminal, { output, status, exitCode, dropped }: Finding): Outcome {
  // When the terminal has exited, so has everything in it.
  if (status === 'running' && terminal.status === 'exited')
    return ok({ output, status: 'done', exitCode: terminal.exitCode, dropped });
  return ok({ output, status, exitCode, dropped });
}
