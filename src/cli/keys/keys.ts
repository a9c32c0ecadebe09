/** `agent-server keys add|list|rotate|delete`: the API keys of the server. */
import { escapeControls } from '../../core/text.ts';
import { SCOPES, type Scope } from '../../protocol/scope.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { unknownAction } from '../command/suggestion.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { note, printAnswer } from '../output.ts';
import { findKeyId } from './find-key.ts';
import { keyTable } from './table.ts';

const ACTIONS = ['add', 'list', 'rotate', 'delete'];
/** Options of `add` alone. */
const ADD_OPTIONS = ['scope', 'root', 'ports', 'expires'] as const;
const INHERITED_ID = 'default';
const SHOWN_ONCE = 'this is the only time that the key is shown';

export const keys = defineVerb({
  name: 'keys',
  description: 'Create API keys with limited scopes, and list, rotate or delete them.',
  args: {
    action: {
      type: 'positional',
      required: false,
      description:
        '`list` (default); `add`: create a key called NAME, which is printed only this once; `rotate`: give the key NAME a new secret; `delete`: delete it. The last two end at once all connections that use the old secret.',
    },
    name: {
      type: 'positional',
      required: false,
      description: 'Name of the key, or its id; `default` is the id of the inherited key.',
    },
    scope: {
      type: 'string',
      valueHint: 'SCOPE[,SCOPE…]',
      description: `add: what the key may do: ${SCOPES.join(', ')}. May be repeated. \`run\` amounts to full access.`,
    },
    expires: { type: 'string', valueHint: 'TIME', description: 'add: how long it is valid, such as 12h or 7d.' },
    root: {
      type: 'string',
      valueHint: 'PATH',
      description: 'add: folder to restrict it to, for the file routes. May be repeated.',
    },
    ports: {
      type: 'string',
      valueHint: 'PORTS',
      description: 'add: ports to restrict it to, such as 3000-3999, for the port routes.',
    },
    ...CONNECT_ARGS,
  },
  examples: [
    'keys add ci --scope observe,run --expires 7d',
    'keys add dashboard --scope observe > dashboard.key',
    'keys',
    'keys list --json',
    'keys rotate ci',
    'keys rotate default',
    'keys delete ci',
  ],
  completes: { action: ACTIONS, name: 'key', scope: SCOPES },
  run({ args, all }) {
    const { action = 'list', name = '', expires, ports, json } = args;
    const refuse = (message: string) => refuseUsage(message, 'keys');
    if (!ACTIONS.includes(action)) return refuse(unknownAction(action, ACTIONS));
    const foreign = ADD_OPTIONS.find((option) => args[option] !== undefined);
    if (action !== 'add' && foreign !== undefined) return refuse(`--${foreign} is only for add`);
    if (action === 'list' && name !== '') return refuse(`unexpected argument ${JSON.stringify(name)}`);
    if (action !== 'list' && name === '') return refuse('NAME is missing');
    const words = all('scope').flatMap((value) => value.split(',').map((word) => word.trim()));
    const unknown = words.find((word) => !isScope(word));
    if (unknown !== undefined)
      return refuse(`there is no scope ${JSON.stringify(unknown)}; the scopes are ${SCOPES.join(', ')}`);
    if (action === 'add' && words.length === 0) return refuse('--scope is missing, such as --scope observe');
    const roots = all('root');
    return withClient({ ...args, named: name }, async (client) => {
      switch (action) {
        case 'list': {
          const found = await client.keys.list();
          await printAnswer(json, found, keyTable(found, Date.now()));
          return 0;
        }
        case 'add': {
          const made = await client.keys.add({
            name,
            scopes: words.filter(isScope),
            ...(expires !== undefined && { expires }),
            ...(roots.length > 0 && { roots: [...roots] }),
            ...(ports !== undefined && { ports }),
          });
          // The key alone is on stdout, so that it can be put into a file or a variable.
          if (json !== true) note(`key ${escapeControls(made.name)} (${made.id}) made; ${SHOWN_ONCE}`);
          await printAnswer(json, made, made.key);
          return 0;
        }
        case 'rotate': {
          const made = await client.keys.rotate(await findKeyId(client, name));
          const kept = made.id === INHERITED_ID ? 'it is in the key file of the server' : SHOWN_ONCE;
          if (json !== true) note(`key ${escapeControls(made.name)} (${made.id}) has a new secret; ${kept}`);
          await printAnswer(json, made, made.key);
          return 0;
        }
        default: {
          const deleted = await client.keys.delete(await findKeyId(client, name));
          await printAnswer(json, deleted, `${escapeControls(name)} deleted`);
          return 0;
        }
      }
    });
  },
});

const isScope = (word: string): word is Scope => (SCOPES as readonly string[]).includes(word);
