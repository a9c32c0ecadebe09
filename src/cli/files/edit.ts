/** `agent-server edit`: a file of the server's machine in an editor here, or one edit of its text by a program. */
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS } from '../connection/connect.ts';
import { complain } from '../output.ts';
import { editInEditor } from './edit-in-editor.ts';
import { editText } from './edit-text.ts';
import { chooseEditor } from './editor.ts';
import { wholeNumber } from './walk-args.ts';
import { PATH_HINT, withPath } from './with-path.ts';

const MAX_COUNT = 100_000;

export const edit = defineVerb({
  name: 'edit',
  description: 'Edit a file of the server’s machine, in the editor that VISUAL or EDITOR names.',
  args: {
    path: { type: 'positional', required: true, description: `The file; a new one is made. ${PATH_HINT}` },
    old: {
      type: 'string',
      valueHint: 'TEXT',
      description: 'Without an editor: this text of the file, character by character, is replaced by --new.',
    },
    new: { type: 'string', valueHint: 'TEXT', description: 'What takes its place; empty: nothing.' },
    count: {
      type: 'string',
      valueHint: 'N',
      description: 'In how many places --old must stand, each of which is edited. Default: 1.',
    },
    'dry-run': { type: 'boolean', description: 'With --old: only show the difference.' },
    ...CONNECT_ARGS,
  },
  examples: [
    'edit /etc/hosts',
    'edit box:/srv/app/config.json',
    'edit /srv/app/config.json --old "debug: true" --new "debug: false" --dry-run',
  ],
  exitCodes: [
    ['0', 'Written, or nothing has changed.'],
    ['1', 'Not written; stderr says why, and where the edited copy is kept.'],
    ['2', 'The command line is wrong.'],
  ],
  completes: { path: 'path' },
  run({ args }) {
    const { old, json = false } = args;
    const dryRun = args['dry-run'] === true;
    if ((old === undefined) !== (args.new === undefined)) return refuseUsage('--old and --new go together', 'edit');
    if (old === undefined || args.new === undefined) {
      if (dryRun || args.count !== undefined)
        return refuseUsage(`--${dryRun ? 'dry-run' : 'count'} needs --old and --new`, 'edit');
      const editor = chooseEditor(process.env, process.stdin.isTTY && process.stdout.isTTY);
      if (!editor.ok) {
        complain(editor.failure.message);
        return 1;
      }
      const options = { editor: editor.value, json, typed: args.path };
      return withPath(args.path, 'edit', args, (client, path) => editInEditor(client, path, options));
    }
    if (old === '') return refuseUsage('--old is empty', 'edit');
    const count = wholeNumber(args.count ?? '1', 1, MAX_COUNT);
    if (count === undefined) return refuseUsage(`--count must be a whole number from 1 to ${MAX_COUNT}`, 'edit');
    const change = { old, new: args.new, count };
    return withPath(args.path, 'edit', args, (client, path) => editText(client, path, change, { dryRun, json }));
  },
});
