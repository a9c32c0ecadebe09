/** `agent-server version`. */
import { VERSION } from '../version.ts';
import { printAnswer } from './output.ts';
import { defineVerb, JSON_ARG } from './command/verb.ts';

export const version = defineVerb({
  name: 'version',
  description: 'Print the version of this program.',
  args: JSON_ARG,
  examples: ['version', 'version --json'],
  async run({ args }) {
    await printAnswer(args.json, { version: VERSION, bun: Bun.version }, VERSION);
    return 0;
  },
});
