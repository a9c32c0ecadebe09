/**
 * What runs the commands of an agent's terminals. The server has two: processes of their own (own-processes.ts), and a
 * persistent shell that takes one command after the other (modes/acp/shared-engine.ts). A library may bring another.
 */
import type { Result } from '../../core/failure.ts';
import type { OutputTail } from './output-tail.ts';
import type { TerminalFailure } from './terminal-failure.ts';

export interface TerminalStart {
  /** With arguments the name or path of a program; without, that or a text for a command shell, as many agents send it. */
  readonly command: string;
  readonly args: readonly string[];
  /** Absolute path of a folder that the agent may use. */
  readonly cwd: string;
  /** Whether the agent has named that folder, or it is the session's own. */
  readonly cwdGiven: boolean;
  /** The variables that the agent has named for this terminal, to be laid over those of its session. */
  readonly env: Readonly<Record<string, string>>;
}

/** As the protocol has it. With a signal the code is 128 plus its number, so that no agent takes it for success. */
export interface TerminalExit {
  readonly exitCode: number | null;
  /** Such as `SIGKILL`; null where none is known of. */
  readonly signal: string | null;
}

/**
 * A command that was started. Disposing of it ends it, waits until nothing of it is left, brings the output up to date a
 * last time, and frees what it holds.
 */
export interface TerminalCommand extends AsyncDisposable {
  /** Settles when the command itself has ended and what it had printed before is in the output. Never rejects. */
  readonly exited: Promise<TerminalExit>;
  /** Brings the output up to date, for an engine where it does not come by itself. */
  pull?(): Promise<void>;
  /** Ends it with all it has started; resolves when nothing of that is left. Safe to call at any time. */
  end(): Promise<void>;
}

export interface TerminalEngine {
  /** `output` receives what is printed, stdout and stderr in the order in which it comes. */
  start(request: TerminalStart, output: OutputTail): Promise<Result<TerminalCommand, TerminalFailure>>;
}
