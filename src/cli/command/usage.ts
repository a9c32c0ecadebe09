/** A command line that was typed wrong: one line that says what is wrong and where to read more. */
import { fail } from '../../core/failure.ts';
import { complain } from '../output.ts';
import { PROGRAM } from './program.ts';

export interface UsageFailure {
  readonly reason: 'usage';
  readonly message: string;
}

const USAGE_EXIT = 2;

export const usage = (message: string): { readonly ok: false; readonly failure: UsageFailure } =>
  fail({ reason: 'usage', message });

/** Returns the exit code. */
export function refuseUsage(message: string, verb?: string): number {
  complain(`${message}; see ${PROGRAM} ${verb === undefined ? '' : `${verb} `}--help`);
  return USAGE_EXIT;
}
