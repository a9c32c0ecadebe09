/** `agent-server attach [NAME]`: connects this terminal to one on the server. */
import type { Client } from '../../client/client.ts';
import { escapeControls } from '../../core/text.ts';
import { enterRawMode } from '../../platform/console/index.ts';
import type { TerminalRequest } from '../../protocol/terminal.ts';
import { DEFAULT_DETACH_KEY, parseDetachKey } from './detach-key.ts';
import { runAttached, type SessionOptions } from './session.ts';
import { findOrCreate, labelOf, type Target } from './target.ts';
import { CONNECT_ARGS, isLocal, withClient } from '../connection/connect.ts';
import { complain, note, printJson } from '../output.ts';
import { ownExitCode } from '../exit-code.ts';
import { PROGRAM } from '../command/program.ts';
import { OUTPUT_CLOSED } from '../command/exit-codes.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';

export const attach = defineVerb({
  name: 'attach',
  description: 'Attach to a terminal on the server. It keeps running when you detach, and ends with its shell.',
  args: {
    name: {
      type: 'positional',
      required: false,
      description:
        'Name or id of a terminal. A terminal is created if there is none with that name. Default: the only running terminal, or a new one named main.',
    },
    command: {
      type: 'string',
      valueHint: 'TEXT',
      description: 'Command line to type into a new terminal. It is not typed into one that already exists.',
    },
    readonly: {
      type: 'boolean',
      description: 'Show the output without sending any input. Standard output may then be a file or a pipe.',
    },
    'detach-key': {
      type: 'string',
      valueHint: 'KEY',
      default: DEFAULT_DETACH_KEY,
      description: 'Key that detaches from the terminal, such as ctrl-a or ^q.',
    },
    shell: {
      type: 'string',
      valueHint: 'PROGRAM',
      description: 'Program to run in a new terminal. Default: the shell that the server prefers.',
    },
    workdir: {
      type: 'string',
      valueHint: 'PATH',
      description:
        'Working directory of a new terminal. Default: the current one; if the server is on another machine, the server’s own.',
    },
    ...CONNECT_ARGS,
    json: {
      type: 'boolean',
      description:
        'Print the terminal as JSON instead of attaching to it. It is created if there is none with that name.',
    },
  },
  examples: [
    'attach',
    'attach build',
    'attach build --command "make watch"',
    'attach build --readonly',
    'attach build --readonly | tee build.log',
    'attach --detach-key ctrl-q',
    'attach build --json',
  ],
  exitCodes: [
    ['N', 'The exit code of the shell that ran in the terminal, if it has ended.'],
    ['0', 'Detached, or with --json.'],
    ['1', 'The server could not be reached, or the terminal is gone.'],
    ['2', 'The command line is wrong.'],
    ['129', 'Ended by SIGHUP (130 by SIGINT, 131 by SIGQUIT, 143 by SIGTERM); the terminal keeps running.'],
    OUTPUT_CLOSED,
  ],
  completes: { name: 'terminal' },
  run({ args }) {
    const key = parseDetachKey(args['detach-key']);
    if (!key.ok) return refuseUsage(key.failure.message, 'attach');
    const readonly = args.readonly === true;
    if (args.name === '') return refuseUsage('NAME is empty', 'attach');
    const json = args.json === true;
    if (args.command !== undefined && (readonly || json))
      return refuseUsage(`--command cannot be used with --${readonly ? 'readonly' : 'json'}`, 'attach');
    if (!json && !readonly && !(process.stdin.isTTY && process.stdout.isTTY)) {
      complain(
        `attach needs a terminal as standard input and output, except with --readonly; programs can use ${PROGRAM} run or POST /terminals/{id}/execute`,
      );
      return 1;
    }
    return withClient(args, async (client) => {
      const request = newTerminal(client, args);
      const target = await findOrCreate(client, { name: args.name, readonly, request });
      if (typeof target === 'number') return target;
      if (json) {
        await printJson({ ...target.terminal, created: target.created });
        return 0;
      }
      if (!target.created && args.command !== undefined)
        note(`agent-server: ${label(target)} already exists, --command is not typed`);
      const command = target.created ? args.command : undefined;
      return attachTo(client, target, { key: key.value, readonly, command }, request);
    });
  },
});

/** A new terminal has the size of this one, and starts in the current folder. */
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

const label = ({ terminal }: Target): string => `terminal ${escapeControls(labelOf(terminal))}`;

/** Resolves to the exit code. */
async function attachTo(
  client: Client,
  target: Target,
  options: SessionOptions,
  request: TerminalRequest,
): Promise<number> {
  const { terminal, created } = target;
  const { key, readonly } = options;
  const name = labelOf(terminal);
  const ended = terminal.status === 'exited';
  if (readonly && process.stdout.isTTY)
    note(
      `agent-server: watching ${label(target)} (${terminal.cols}×${terminal.rows}); press ${key.name} or Ctrl-C to detach`,
    );
  else if (!readonly && !ended)
    note(`agent-server: ${created ? 'new ' : ''}${label(target)}; press ${key.name} to detach and leave it running`);
  const end = await runAttached(client, terminal, options);
  switch (end.how) {
    case 'detached':
      if (!readonly)
        note(`agent-server: detached from ${label(target)}; attach again with: ${PROGRAM} attach ${quoted(name)}`);
      return 0;
    case 'refused':
      complain(`${label(target)} is gone: ${end.message}`);
      return 1;
    case 'signal':
      return end.exitCode;
    case 'ended': {
      note(`agent-server: ${label(target)} ${ended ? 'had already' : 'has'} ended with exit code ${end.exitCode}`);
      if (ended && !readonly && (await wantsNew())) {
        await client.terminals.delete(terminal.id);
        const again = await client.terminals.open({ ...request, ...(terminal.name !== null && { name }) });
        return attachTo(client, { terminal: again, created: true }, options, request);
      }
      return ownExitCode(end.exitCode) ?? 1;
    }
  }
}

/** A user who attaches to a terminal that has ended has now seen its output, and mostly wants a shell. */
async function wantsNew(): Promise<boolean> {
  note('Press Enter to start a new terminal in its place, any other key to exit.');
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
