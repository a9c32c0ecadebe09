/** `agent-server ls`: what is in a folder of the server's machine. A page is printed as soon as it is there. */
import { OUTPUT_CLOSED } from '../command/exit-codes.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS } from '../connection/connect.ts';
import { complain, write } from '../output.ts';
import { longLines, shortLine } from './entry-line.ts';
import { listingPages, sortedListing, type ListingPage } from './listing-pages.ts';
import { HIDDEN_ARG, WALK_ARGS, wholeNumber } from './walk-args.ts';
import { PATH_HINT, withPath } from './with-path.ts';

const MAX_DEPTH = 10_000;

export const ls = defineVerb({
  name: 'ls',
  description: 'List a folder of the server’s machine.',
  args: {
    path: { type: 'positional', required: true, description: `The folder, or a file. ${PATH_HINT}` },
    long: { type: 'boolean', alias: 'l', description: 'With permissions, owner, group, bytes and time of change.' },
    ...HIDDEN_ARG,
    recursive: { type: 'boolean', alias: 'R', description: 'Also what is in folders in it, whatever the depth.' },
    depth: {
      type: 'string',
      valueHint: 'N',
      description: `How many folders deep, 1 to ${MAX_DEPTH}; 0 is the same as --recursive. Default: 1.`,
    },
    sort: {
      type: 'enum',
      options: ['name', 'size', 'time'],
      default: 'name',
      description: 'size: the largest first; time: the newest first; both wait for all of it.',
    },
    ...WALK_ARGS,
    ...CONNECT_ARGS,
  },
  examples: [
    'ls /srv/app',
    'ls box:/srv/app -la',
    'ls :/srv -R --exclude node_modules --json',
    'ls C:/Users --sort time',
  ],
  exitCodes: [
    ['0', 'Done.'],
    ['1', 'It failed, or a folder could not be looked into; stderr says why.'],
    ['2', 'The command line is wrong.'],
    ['130', 'Ctrl-C.'],
    OUTPUT_CLOSED,
  ],
  completes: { path: 'path' },
  run({ args, all }) {
    const { recursive = false, sort, ignore, json = false, long = false, hidden = false } = args;
    if (recursive && args.depth !== undefined) return refuseUsage('--recursive and --depth exclude each other', 'ls');
    const depth = wholeNumber(args.depth ?? (recursive ? '0' : '1'), 0, MAX_DEPTH);
    if (depth === undefined) return refuseUsage(`--depth must be a whole number from 0 to ${MAX_DEPTH}`, 'ls');
    return withPath(args.path, 'ls', args, async (client, path) => {
      const pages = listingPages(client, path, { depth, hidden, ignore, exclude: all('exclude') });
      let complete = true;
      for await (const page of sort === 'name' ? pages : [await sortedListing(pages, sort)]) {
        const lines = json ? page.items.map((item) => JSON.stringify(item)) : textLines(page, long);
        await write('stdout', lines.map((line) => `${line}\n`).join(''));
        for (const { path: folder, error } of page.skipped) complain(`${folder}: ${error}`);
        complete &&= page.skipped.length === 0;
      }
      return complete ? 0 : 1;
    });
  },
});

function textLines({ items, root }: ListingPage, long: boolean): string[] {
  const nameOf = ({ path }: { path: string }) => path.slice(root.length);
  return long ? longLines(items, nameOf) : items.map((item) => shortLine(item, nameOf(item)));
}
