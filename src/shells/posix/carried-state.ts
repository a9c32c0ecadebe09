/**
 * What a command finds of the one before in `$?` and, in bash, in `$_` and PIPESTATUS. The lines that drive the shell run in between
 * and overwrite it; so the end of a command reports it, and lines before the next one make it again.
 */
import { quote } from '../../platform/programs/shell-quote.ts';

export interface CarriedState {
  readonly status: number;
  /** What the dialect has reported besides. */
  readonly more: string;
}

export const NOTHING_CARRIED: CarriedState = { status: 0, more: '' };

/** As Ctrl-C at a terminal leaves it. */
export const INTERRUPTED: CarriedState = { status: 130, more: '' };

/** Stands for the slash in the report, which is a file's name. */
const SLASH = '\u001f';

// Only in the trap that is run at the end of a sourced file are both still there: the end of `.` itself overwrites them. One
// expansion does it, because the next command would be too late for PIPESTATUS; that of a redirection alone, which `set -x` does
// not show. A file that a command sources is two levels down.
export const KEEP_BASH_STATE = `<<<"\${BASH_SOURCE[2]-\${agent_server_left:="\${PIPESTATUS[@]} \${_//\\//${SLASH}}"}}"`;

/** The lines that make it again in bash. `builtin`: what stands before the name of a builtin. */
export function restoreBash({ status, more }: CarriedState, builtin: string): string {
  const { pipe = '', last = '' } = /^(?<pipe>[\d ]*) (?<last>[^]*)$/.exec(more)?.groups ?? {};
  const statuses = pipe.split(' ').map(Number);
  // Of a pipeline the last one counts or, with `pipefail`, the last that failed. `!` may have made another of it.
  const ofPipeline = statuses.at(-1) === status || statuses.findLast((each) => each !== 0) === status;
  const lastArgument = `${builtin}: ${quote(last.replaceAll(SLASH, '/'))}\n`;
  return lastArgument + exits(ofPipeline ? statuses : [status], status, builtin);
}

/** The lines that make `$?` again, alone. */
export const restoreStatus = ({ status }: CarriedState, builtin: string): string => exits([status], status, builtin);

/** Subshells that exit so, in a list whose rest is not run: there a failure is no error to `set -e` and traps for errors. */
function exits(statuses: readonly number[], status: number, builtin: string): string {
  if (statuses.every((each) => each === 0)) return '';
  const pipeline = statuses.map((each) => `(${builtin}exit ${each})`).join(' | ');
  return `${pipeline} ${status === 0 ? '||' : '&&'} ${builtin}:\n`;
}
