/** The hidden verb that Windows servers start beside themselves; see platform/process/windows/exit-recorder.ts. */
import { EXIT_RECORDER_VERB, runExitRecorder } from '../platform/process/index.ts';
import { defineVerb } from './command/verb.ts';

export const exitRecorder = defineVerb({
  name: EXIT_RECORDER_VERB,
  description: 'Outlives the server and notes exit codes.',
  hidden: true,
  args: {},
  examples: [],
  run: async () => {
    await runExitRecorder();
    return 0;
  },
});
