/** The hidden verb that Windows servers start beside themselves; see platform/windows/witness.ts. */
import { WITNESS_VERB } from '../platform/processes.ts';
import { runWitness } from '../platform/windows/witness.ts';
import { defineVerb } from './verb.ts';

export const witness = defineVerb({
  name: WITNESS_VERB,
  description: 'Outlives the server and notes exit codes.',
  hidden: true,
  args: {},
  examples: [],
  run: async () => {
    await runWitness();
    return 0;
  },
});
