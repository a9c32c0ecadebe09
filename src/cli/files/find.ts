/** `agent-server find`: names and text in files of the server's machine, row by row as they are found. */
import type { FileSearch } from '../../protocol/files/search.ts';
import { OUTPUT_CLOSED } from '../command/exit-codes.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS } from '../connection/connect.ts';
import { complain, isTerminal, note, printJson, write } from '../output.ts';
import { FoundLines, literalPattern } from './found-lines.ts';
import { HIDDEN_ARG, WALK_ARGS, wholeNumber } from './walk-args.ts';
import { PATH_HINT, withPath } from './with-path.ts';

const MAX_LIMIT = 100_000;
const MAX_SECONDS = 600;
const MAX_CONTEXT = 5;

export const find = defineVerb({
  name: 'find',
  description: 'Find files of the server’s machine by name, by the text in them, or both.',
  args: {
    path: { type: 'positional', required: true, description: `The folder, or one file. ${PATH_HINT}` },
    name: { type: 'string', valueHint: 'GLOB', description: 'Only files with such a name, such as `*.{ts,tsx}`.' },
    text: {
      type: 'string',
      valueHint: 'REGEX',
      description: 'Lines with such a text: a regular expression as ripgrep has them. Without it names are found.',
    },
    literal: { type: 'boolean', alias: 'F', description: 'The text stands for itself.' },
    'ignore-case': { type: 'boolean', alias: 'i', description: 'Capital and small letters of the text are the same.' },
    word: { type: 'boolean', alias: 'w', description: 'The text must be a whole word.' },
    context: {
      type: 'string',
      alias: 'C',
      valueHint: 'N',
      description: `Also N lines before and behind, 0 to ${MAX_CONTEXT}.`,
    },
    ...HIDDEN_ARG,
    ...WALK_ARGS,
    limit: {
      type: 'string',
      valueHint: 'N',
      default: String(MAX_LIMIT),
      description: `End after so many rows, 1 to ${MAX_LIMIT}.`,
    },
    timeout: {
      type: 'string',
      valueHint: 'SECONDS',
      default: String(MAX_SECONDS),
      description: `End after so long, 1 to ${MAX_SECONDS}.`,
    },
    ...CONNECT_ARGS,
  },
  examples: [
    'find /srv/app --name "*.log"',
    'find box:/srv/app --text "TODO|FIXME" --name "*.ts"',
    'find /srv/app --text "a.b(" --literal --ignore none --json',
  ],
  exitCodes: [
    ['0', 'Something was found.'],
    ['1', 'Nothing was found; or it failed, or its time was over, and stderr says why.'],
    ['2', 'The command line is wrong.'],
    ['130', 'Ctrl-C, which ends the search on the server, too.'],
    OUTPUT_CLOSED,
  ],
  completes: { path: 'path' },
  run({ args, all }) {
    const { name, text, literal = false, word = false, hidden = false, ignore } = args;
    if (name === undefined && text === undefined) return refuseUsage('give --name, --text, or both', 'find');
    if (name === '' || text === '') return refuseUsage(`${text === '' ? '--text' : '--name'} is empty`, 'find');
    if (text === undefined && (literal || word || args['ignore-case'] === true || args.context !== undefined))
      return refuseUsage('--literal, --ignore-case, --word and --context are about --text, which is missing', 'find');
    const context = wholeNumber(args.context ?? '0', 0, MAX_CONTEXT);
    if (context === undefined) return refuseUsage(`--context must be a whole number up to ${MAX_CONTEXT}`, 'find');
    const limit = wholeNumber(args.limit, 1, MAX_LIMIT);
    if (limit === undefined) return refuseUsage(`--limit must be a whole number from 1 to ${MAX_LIMIT}`, 'find');
    const timeout = wholeNumber(args.timeout, 1, MAX_SECONDS);
    if (timeout === undefined) return refuseUsage(`--timeout must be a whole number from 1 to ${MAX_SECONDS}`, 'find');
    const search: Omit<FileSearch, 'path'> = {
      ...(name !== undefined && { name }),
      ...(text !== undefined && { text, literal, word, context, case: args['ignore-case'] !== true }),
      exclude: [...all('exclude')],
      ignore,
      hidden,
      limit,
      timeout,
    };
    return withPath(args.path, 'find', args, async (client, path) => {
      const marked = literal ? literalPattern(text ?? '', args['ignore-case'] === true) : undefined;
      const lines = new FoundLines({ grouped: isTerminal(), literal: marked });
      for await (const row of client.files.search({ path, ...search })) {
        if (!('done' in row)) {
          if (args.json === true) await printJson(row);
          else await printAll(lines.of(row));
          continue;
        }
        await printAll(lines.rest());
        if (row.more) note(`there are more rows than ${row.matches}; see --limit`);
        if (row.timedOut) complain('the time was over before all was searched; see --timeout');
        return row.matches === 0 || row.timedOut ? 1 : 0;
      }
      return 1;
    });
  },
});

const printAll = (lines: readonly string[]): Promise<void> =>
  write('stdout', lines.map((line) => `${line}\n`).join(''));
