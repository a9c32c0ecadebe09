/** `agent-server version`. */
import { BUILD } from '../build-info.ts';
import { printAnswer } from './output.ts';
import { defineVerb, JSON_ARG } from './command/verb.ts';

export const version = defineVerb({
  name: 'version',
  description: 'Print the version of this program; with --json also what was built into it.',
  args: JSON_ARG,
  examples: ['version', 'version --json'],
  async run({ args }) {
    await printAnswer(args.json, { ...BUILD, bun: Bun.version }, BUILD.version);
    return 0;
  },
});
