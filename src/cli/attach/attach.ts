/** `agent-server attach [NAME]`: a terminal of the server in one's own. */
import type { Client } from '../../client/client.ts';
import { escapeControls } from '../../core/text.ts';
import { isWindows } from '../../platform/paths.ts';
import { enterRawMode } from '../../platform/console/raw-mode.ts';
import type { TerminalRequest } from '../../protocol/terminal.ts';
import { DEFAULT_DETACH_KEY, parseDetachKey } from './detach-key.ts';
import { lookAt, type SessionOptions } from './session.ts';
import { findOrMake, labelOf, type Found } from './target.ts';
import { CONNECT_ARGS, isLocal, withClient } from '../connection/connect.ts';
import { complain, note } from '../output.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';

const { url, 'data-dir': dataDir } = CONNECT_ARGS;

export const attach = defineVerb({
  name: 'attach',
  description: 'Sit down at a terminal of the server. It goes on when you leave, and ends with its shell.',
  args: {
    name: {
      type: 'positional',
      required: false,
      description:
        'Name or id of a terminal. Where there is none of that name, one is made. Default: the only one that runs, or a new one named main.',
    },
    command: {
      type: 'string',
      valueHint: 'TEXT',
      description: 'Command line to type into a new terminal. One that is there already is left as it is.',
    },
    readonly: { type: 'boolean', description: 'Only look. Its output may then go into a file or a pipe.' },
    'detach-key': {
      type: 'string',
      valueHint: 'KEY',
      description: `Key that leaves the terminal, such as ctrl-a or ^q. Default: ${DEFAULT_DETACH_KEY}.`,
    },
    shell: {
      type: 'string',
      valueHint: 'PROGRAM',
      description: 'Program of a new terminal. Default: what the server prefers.',
    },
    workdir: {
      type: 'string',
      valueHint: 'PATH',
      description: 'Where a new terminal begins. Default: the current folder; on another machine, that of its server.',
    },
    url,
    'data-dir': dataDir,
  },
  examples: [
    'attach',
    'attach build',
    'attach build --command "make watch"',
    'attach build --readonly',
    'attach build --readonly | tee build.log',
    'attach --detach-key ctrl-q',
  ],
  run({ args }) {
    const key = parseDetachKey(args['detach-key'] ?? DEFAULT_DETACH_KEY);
    if (!key.ok) return refuseUsage(key.failure.message, 'attach');
    const readonly = args.readonly === true;
    if (args.name === '') return refuseUsage('NAME is empty', 'attach');
    if (readonly && args.command !== undefined) return refuseUsage('--command cannot go with --readonly', 'attach');
    if (!readonly && !(process.stdin.isTTY && process.stdout.isTTY)) {
      complain(
        'attach needs a terminal, and this is none: --readonly only looks; for programs there are agent-server run and POST /terminals/{id}/execute',
      );
      return 1;
    }
    return withClient(args, async (client) => {
      const request = newTerminal(client, args);
      const found = await findOrMake(client, { name: args.name, readonly, request });
      if (typeof found === 'number') return found;
      if (!found.made && args.command !== undefined)
        note(`agent-server: ${label(found)} is there already, --command is not typed`);
      const command = found.made ? args.command : undefined;
      return sitAt(client, found, { key: key.value, readonly, command }, request);
    });
  },
});

/** A new terminal is as large as this one, and begins where we are. */
function newTerminal(
  client: Client,
  { shell, workdir }: { readonly shell?: string | undefined; readonly workdir?: string | undefined },
): TerminalRequest {
  const { columns, rows } = process.stdout;
  const folder = workdir ?? (isLocal(client.url) ? process.cwd() : undefined);
  return {
    ...(shell !== undefined && { shell }),
    ...(folder !== undefined && { workdir: folder }),
    ...(process.stdout.isTTY && columns > 0 && { cols: columns, rows }),
  };
}

const label = ({ terminal }: Found): string => `terminal ${escapeControls(labelOf(terminal))}`;

/** Resolves to the exit code. */
async function sitAt(client: Client, found: Found, options: SessionOptions, request: TerminalRequest): Promise<number> {
  const { terminal, made } = found;
  const { key, readonly } = options;
  const name = labelOf(terminal);
  const ended = terminal.status === 'exited';
  if (readonly && process.stdout.isTTY)
    note(`agent-server: looking at ${label(found)} (${terminal.cols}×${terminal.rows}); ${key.name} or Ctrl-C leaves`);
  else if (!readonly && !ended)
    note(`agent-server: ${made ? 'new ' : ''}${label(found)}; ${key.name} leaves it, and it goes on`);
  const end = await lookAt(client, terminal, options);
  switch (end.how) {
    case 'left':
      if (!readonly) note(`agent-server: left ${label(found)}; back to it with: agent-server attach ${quoted(name)}`);
      return 0;
    case 'refused':
      complain(`${label(found)} is gone: ${end.message}`);
      return 1;
    case 'signal':
      return end.exitCode;
    case 'ended': {
      note(`agent-server: ${label(found)} ${ended ? 'had ended before,' : 'has ended'} with exit code ${end.exitCode}`);
      if (ended && !readonly && (await wantsNew())) {
        await client.terminals.delete(terminal.id);
        const again = await client.terminals.open({ ...request, ...(terminal.name !== null && { name }) });
        return sitAt(client, { terminal: again, made: true }, options, request);
      }
      // POSIX keeps eight bits of an exit code: 256 from a Windows server must not become success.
      return !isWindows && (end.exitCode > 255 || end.exitCode < 0) ? 1 : end.exitCode;
    }
  }
}

/** One who comes back to a terminal that is over has seen its last words now, and mostly wants a shell. */
async function wantsNew(): Promise<boolean> {
  note('Enter begins a new one in its place, any other key leaves.');
  const { stdin } = process;
  const key = Promise.withResolvers<string>();
  const onData = (bytes: Uint8Array) => key.resolve(new TextDecoder().decode(bytes));
  using _raw = enterRawMode();
  stdin.once('data', onData);
  stdin.resume();
  try {
    return /^[\r\n]/.test(await key.promise);
  } finally {
    stdin.off('data', onData);
    stdin.pause();
  }
}

const quoted = (name: string): string => (/^[\w.:/-]+$/.test(name) ? name : JSON.stringify(name));
