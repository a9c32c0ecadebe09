/** Why a request about terminals is not fulfilled. */
import { fail } from '../../core/failure.ts';

export type TerminalFailureReason =
  /** What was sent is not what the protocol says. */
  | 'params-invalid'
  /** There is none of that id, or it was released. */
  | 'terminal-unknown'
  /** The policy does not allow it. */
  | 'terminal-refused'
  /** The session has as many as it may have. */
  | 'too-many-terminals'
  /** The program or the folder is not there, or the system refuses to start it. */
  | 'terminal-not-started'
  /** The agent has taken the request back, or is gone. */
  | 'wait-aborted'
  /** The session is over. */
  | 'terminals-closed';

export interface TerminalFailure {
  readonly reason: TerminalFailureReason;
  /** For the agent: a sentence without its full stop. */
  readonly detail: string;
}

export const terminalFailure = (
  reason: TerminalFailureReason,
  detail: string,
): { readonly ok: false; readonly failure: TerminalFailure } => fail({ reason, detail });
