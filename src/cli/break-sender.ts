/** The hidden verb that a server on Windows starts to interrupt a job; see platform/process/windows/signals.ts. */
import { BREAK_SENDER_VERB, runBreakSender } from '../platform/process/index.ts';
import { defineVerb } from './command/verb.ts';

export const breakSender = defineVerb({
  name: BREAK_SENDER_VERB,
  description: 'Send a Ctrl-Break to a process group.',
  hidden: true,
  args: { group: { type: 'positional', description: 'Id of the process that leads the group.', required: true } },
  examples: [],
  run: ({ args }) => (runBreakSender(Number(args.group)) ? 0 : 1),
});
