/** `agent-server system`: the machine that the server runs on. */
import type { System } from '../../client/system.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { print, printAnswer, printJson } from '../output.ts';
import { eventLine, systemText } from './text.ts';

const MAX_SECONDS = 60;

export const system = defineVerb({
  name: 'system',
  description: 'Show the machine that the server runs on: system, processors, memory, disks, who is logged in.',
  args: {
    watch: { type: 'boolean', alias: 'w', description: 'Keep showing how busy it is, a line each time, until Ctrl-C.' },
    interval: {
      type: 'string',
      valueHint: 'SECONDS',
      default: '2',
      description: 'With --watch: from line to line, 1 to 60.',
    },
    tools: { type: 'boolean', description: 'Also versions of tools for programmers, such as git and node.' },
    ...CONNECT_ARGS,
  },
  examples: ['system', 'system --tools --json', 'system --watch --interval 10'],
  run({ args }) {
    const { watch, tools, json } = args;
    const intervalSeconds = Number(args.interval);
    if (!/^[1-9]\d?$/.test(args.interval) || intervalSeconds > MAX_SECONDS)
      return refuseUsage(`--interval must be a whole number from 1 to ${MAX_SECONDS}`, 'system');
    if (watch === true && tools === true) return refuseUsage('--watch and --tools exclude each other', 'system');
    return withClient(args, async (client) => {
      if (watch === true) {
        for await (const event of client.system.follow({ intervalSeconds }))
          await (json === true ? printJson(event) : print(eventLine(event, new Date())));
        return 0;
      }
      const found: System = await client.system.get({ tools: tools === true });
      await printAnswer(json, found, systemText(found));
      return 0;
    });
  },
});
