/** `agent-server watch`: what changes in a folder of the server's machine, line by line as it does. */
import { PROGRAM } from '../command/program.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS } from '../connection/connect.ts';
import { note, paint, print, printJson } from '../output.ts';
import { shownName } from './foreign-name.ts';
import { WALK_ARGS, wholeNumber } from './walk-args.ts';
import { PATH_HINT, withPath } from './with-path.ts';

const MAX_POLL_SECONDS = 3600;
const COLOURS = { create: 'green', change: 'yellow', delete: 'red', overflow: 'bold' } as const;

export const watch = defineVerb({
  name: 'watch',
  description: 'Show what changes in a folder of the server’s machine, until Ctrl-C.',
  args: {
    path: { type: 'positional', required: true, description: `The folder, or one file. ${PATH_HINT}` },
    recursive: { type: 'boolean', alias: 'r', description: 'Also what is in folders in it, whatever the depth.' },
    ...WALK_ARGS,
    poll: {
      type: 'string',
      valueHint: 'SECONDS',
      description: 'Look so often, 1 to 3600, for file systems of a network. Default: the system tells.',
    },
    since: {
      type: 'string',
      valueHint: 'ID',
      description: 'Go on after the event with this id, as --json shows it; what is gone since is an overflow.',
    },
    ...CONNECT_ARGS,
  },
  examples: ['watch /srv/app', 'watch box:/srv/app -r --exclude dist', 'watch :/srv/app -r --json'],
  completes: { path: 'path' },
  run({ args, all }) {
    const { since, ignore, json = false, recursive = false } = args;
    const pollSeconds = args.poll === undefined ? undefined : wholeNumber(args.poll, 1, MAX_POLL_SECONDS);
    if (args.poll !== undefined && pollSeconds === undefined)
      return refuseUsage(`--poll must be a whole number from 1 to ${MAX_POLL_SECONDS}`, 'watch');
    return withPath(args.path, 'watch', args, async (client, path) => {
      const events = client.files.watch(path, {
        recursive,
        ignore,
        exclude: all('exclude'),
        ...(pollSeconds !== undefined && { pollSeconds }),
        ...(since !== undefined && { since }),
        // Whoever watches is not there when a server is away for longer; Ctrl-C ends it.
        retryForMs: Infinity,
      });
      for await (const event of events) {
        if (json) await printJson(event);
        else if (event.type === 'ready') note(`watching ${shownName(event.path)}`);
        else {
          await print(`${paint(COLOURS[event.type], event.type.padEnd(8))}  ${shownName(event.path)}`);
          if (event.type === 'overflow')
            note(`something may be missing here: list it again with ${PROGRAM} ls ${shownName(event.path)}`);
        }
      }
      return 0;
    });
  },
});
