/** The hidden verb that a server on Windows starts as a second process; see platform/process/windows/exit-recorder.ts. */
import { EXIT_RECORDER_VERB, runExitRecorder } from '../platform/process/index.ts';
import { defineVerb } from './command/verb.ts';

export const exitRecorder = defineVerb({
  name: EXIT_RECORDER_VERB,
  description: 'Record the exit codes of jobs that outlive the server.',
  hidden: true,
  args: {},
  examples: [],
  run: async () => {
    await runExitRecorder();
    return 0;
  },
});
