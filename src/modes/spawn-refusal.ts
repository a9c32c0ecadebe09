/** What a job fails with whose command could not be started: the same sentence in every mode. */
import type { SpawnFailure } from '../platform/process/process.ts';

export function spawnRefusal(failure: SpawnFailure, what: 'shell' | 'program' = 'shell'): string {
  switch (failure.reason) {
    case 'cwd-missing':
      return `working directory not found: ${failure.cwd}`;
    case 'spawn-refused':
      return `the ${what} could not be started: ${failure.detail}`;
  }
}
