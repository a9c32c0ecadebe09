/** `agent-server version`. */
import { VERSION } from '../version.ts';
import { print, printJson } from './output.ts';
import { defineVerb, JSON_ARG } from './command/verb.ts';

export const version = defineVerb({
  name: 'version',
  description: 'Print the version of this program.',
  args: JSON_ARG,
  examples: ['version', 'version --json'],
  async run({ args }) {
    if (args.json) await printJson({ version: VERSION, bun: Bun.version });
    else print(VERSION);
    return 0;
  },
});
