/** `agent-server cp SRC… DST`: copies files and folders between this machine and servers. */
import { ClientError } from '../../client/failure.ts';
import { codeOf, messageOf } from '../../core/failure.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { explainClientError } from '../connection/client-failure.ts';
import { CONNECT_ARGS } from '../connection/connect.ts';
import { Interrupts } from '../interrupts.ts';
import { complain, note, printJson } from '../output.ts';
import { foreignLine } from '../foreign-line.ts';
import { copyOne, type Copied, type End } from './copy-one.ts';
import { readOperand } from '../files/operand.ts';
import { Progress } from './progress.ts';
import { Refusal } from './refusal.ts';
import { withServers, type Servers } from './servers.ts';
import { shown, thingAt, type Side } from './side.ts';
import { namesFolder } from './target-path.ts';
import type { Transfer } from './transfer.ts';

export const cp = defineVerb({
  name: 'cp',
  description: 'Copy files and folders to a server, from a server, or between servers.',
  args: {
    path: {
      type: 'positional',
      repeats: true,
      // Both are missed at once.
      required: false,
      description:
        'SRC… DST. NAME:PATH is a path on the server of that profile (`login NAME URL`), :PATH one on the server that other verbs use; absolute paths there. Anything else is a path on this machine: a name with a colon is written ./a:b, and C:\\x is the drive C on Windows. Into a folder that is there a copy goes under its own name, or with SRC/. what is in SRC. A link that is named is followed, links in folders stay links.',
    },
    recursive: { type: 'boolean', alias: 'r', description: 'Copy folders with what is in them.' },
    clobber: {
      type: 'boolean',
      default: true,
      description:
        'Replace files that are there, the default. --no-clobber replaces none: what would be replaced is refused, and a folder then as a whole.',
    },
    exclude: {
      type: 'string',
      valueHint: 'GLOB',
      description: 'Leave this out of folders, as in .gitignore: *.log, node_modules/. May be repeated.',
    },
    resume: {
      type: 'boolean',
      default: true,
      description:
        'Go on where the same command was when it was ended, the default: with a large file at the byte, with a folder without what is there already, which is each file of the same size, time and mode (copies keep these). --no-resume copies all of it anew.',
    },
    ...CONNECT_ARGS,
  },
  examples: [
    'cp notes.txt box:/srv/notes.txt',
    'cp -r box:/var/log/app ./logs',
    'cp -r . :/srv/app --exclude node_modules/ --exclude .git/',
    'cp box:/srv/a.iso other:/srv/',
  ],
  exitCodes: [
    ['0', 'All is copied.'],
    ['1', 'Something is not copied; stderr says what, and what to do.'],
    ['2', 'The command line is wrong.'],
    ['130', 'Ended by Ctrl-C (129 by SIGHUP, 131 by SIGQUIT, 143 by SIGTERM); the same command goes on.'],
  ],
  completes: { path: 'path-or-here' },
  run({ args, all }) {
    const operands = args._.map((word) => ({ word, operand: readOperand(word) }));
    const last = operands.pop();
    if (last === undefined || operands.length === 0) return refuseUsage('give SRC and DST', 'cp');
    const named = [...operands, last].find(({ operand }) => operand.path === '');
    if (named !== undefined) return refuseUsage(`${JSON.stringify(named.word)} has no path`, 'cp');
    const profiles = [...operands, last].flatMap(({ operand }) => (operand.at === 'server' ? [operand.profile] : []));
    if (profiles.length === 0)
      return refuseUsage('no path is on a server: write it as NAME:PATH, or :PATH for the server in use', 'cp');
    if (last.operand.at === 'here' && operands.some(({ operand }) => operand.at === 'here'))
      return refuseUsage('SRC and DST are both on this machine', 'cp');
    const { recursive = false, clobber, resume, json = false } = args;
    return withServers(profiles, args, async (servers) => {
      using interrupts = new Interrupts();
      using progress = new Progress(!json);
      const ended = new AbortController();
      const interrupted = interrupts.first.then((code) => {
        ended.abort();
        return code;
      });
      const transfer: Transfer = {
        signal: ended.signal,
        meter: progress,
        noClobber: !clobber,
        resume,
        exclude: all('exclude'),
        tell(line) {
          progress.clear();
          note(`agent-server: ${foreignLine(line)}`);
        },
        complain(line) {
          progress.clear();
          complain(line);
        },
      };
      const endOf = ({ operand }: (typeof operands)[number]): End => ({
        side: sideOf(operand, servers),
        path: operand.path,
      });
      const sources = operands.map((one) => ({ ...endOf(one), word: one.word }));
      const result = await copyAll(sources, endOf(last), recursive, transfer);
      progress.end();
      if (ended.signal.aborted) return await interrupted;
      if (json) await printJson(result);
      return result.failed.length === 0 ? 0 : 1;
    });
  },
});

function sideOf(operand: ReturnType<typeof readOperand>, servers: Servers): Side {
  if (operand.at === 'here') return { at: 'here' };
  const client = servers.get(operand.profile);
  if (client === undefined) throw new Error('there is a client for each server that is named');
  return { at: 'server', client, prefix: `${operand.profile ?? ''}:` };
}

interface Result {
  readonly copied: Copied[];
  readonly failed: { readonly from: string; readonly error: string }[];
}

async function copyAll(
  sources: readonly (End & { readonly word: string })[],
  target: End,
  recursive: boolean,
  transfer: Transfer,
): Promise<Result> {
  const result: Result = { copied: [], failed: [] };
  const fails = (from: string, error: string) => {
    transfer.complain(error);
    result.failed.push({ from, error });
  };
  for (const source of sources) {
    try {
      // Anew each time: the one before may have made it.
      const there = await thingAt(target.side, target.path, transfer.signal);
      if (sources.length > 1 && there?.type !== 'folder')
        throw new Refusal(`${shown(target.side, target.path)} is no folder that could hold several copies`);
      if (there !== undefined && there.type !== 'folder' && namesFolder(target.side, target.path))
        throw new Refusal(`${shown(target.side, target.path)} is no folder`);
      const copied = await copyOne(source, { ...target, there }, recursive, transfer);
      result.copied.push(copied);
      for (const line of copied.unreadable ?? []) fails(copied.from, `${copied.from}: not copied: ${line}`);
    } catch (error) {
      if (transfer.signal.aborted) return result;
      const sentence = sentenceOf(error);
      if (sentence === undefined) throw error;
      fails(source.word, error instanceof Refusal ? sentence : `${source.word}: ${sentence}`);
    }
  }
  return result;
}

/** Undefined for what the other sources would meet, too, and for bugs. */
function sentenceOf(error: unknown): string | undefined {
  if (error instanceof Refusal) return error.message;
  if (error instanceof ClientError) return error.reason === 'refused' ? explainClientError(error) : undefined;
  return codeOf(error) === undefined ? undefined : messageOf(error);
}
