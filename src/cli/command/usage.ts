/** A command line that cannot be meant: one line that says what is wrong and where to read more. */
import { complain } from '../output.ts';

const USAGE_EXIT = 2;

/** Returns the exit code. */
export function refuseUsage(message: string, verb?: string): number {
  complain(`${message}; see agent-server ${verb === undefined ? '' : `${verb} `}--help`);
  return USAGE_EXIT;
}
