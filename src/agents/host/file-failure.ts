/** Why a request about files is not fulfilled. */
import { fail } from '../../core/failure.ts';

export type FileFailureReason =
  /** What was sent is not what the protocol says, or a line beyond the end is asked for. */
  | 'params-invalid'
  /** The path is outside of the working directory or cannot be resolved, or the policy does not allow it. */
  | 'file-refused'
  /** There is no such file. */
  | 'file-unknown'
  /** A folder, pipe or device; no UTF-8; or too large. */
  | 'file-unsuitable'
  /** The system refuses: rights, a full disk. */
  | 'file-failed';

export interface FileFailure {
  readonly reason: FileFailureReason;
  /** For the agent: a sentence without its full stop. */
  readonly detail: string;
}

export const fileFailure = (
  reason: FileFailureReason,
  detail: string,
): { readonly ok: false; readonly failure: FileFailure } => fail({ reason, detail });
