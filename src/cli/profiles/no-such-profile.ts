/** The refusal of a name that no profile has. */
import { PROGRAM } from '../command/program.ts';
import { didYouMean } from '../command/suggestion.ts';
import { complain } from '../output.ts';

/** Returns the exit code. */
export function noSuchProfile(name: string, profiles: ReadonlyMap<string, unknown>): number {
  const guess = didYouMean(name, [...profiles.keys()]);
  complain(`there is no profile ${JSON.stringify(name)}${guess}; see ${PROGRAM} profiles`);
  return 1;
}
