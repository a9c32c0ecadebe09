/**
 * The ways into the server, behind one interface, so that one suite serves them all:
 *
 * - in process: the app itself, no socket;
 * - live server: the program from source in a process of its own;
 * - executable: what `npm run build` made, named by AGENT_SERVER_TEST_EXE.
 *
 * A further door (the Windows executable in Wine) only has to be another `Door`.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openApp } from '../../src/app/app.ts';
import { loadConfig } from '../../src/settings/config.ts';
import { silentLog } from '../../src/core/log.ts';
import type { ShellName } from '../../src/shells/shell-process.ts';
import type { Commands } from '../contract/commands.ts';
import { FROM_SOURCE } from './bundled-program.ts';
import { scriptedAgentLine } from './agents/scripted.ts';
import { waitFor } from './wait.ts';

/** Where a server of this test lives: a temporary folder of its own. */
export interface Place {
  readonly home: string;
  readonly data: string;
  /** Working directory of the server. */
  readonly cwd: string;
  /** The server's environment, complete. */
  readonly env: Readonly<Record<string, string>>;
  /** Flags without the dashes, such as `{ 'max-jobs': '1' }`; the data folder is not among them. */
  readonly flags: Readonly<Record<string, string>>;
}

export interface OpenDoor extends AsyncDisposable {
  /** `http://localhost` where there is no socket. */
  readonly url: string;
  readonly keyFile: string;
  /** `ws://…` of the terminal port; undefined where there is none. */
  readonly terminalUrl?: string | undefined;
  fetch(request: Request): Promise<Response>;
  /** Absent where the server lives in the test's own process. */
  readonly process?: ServerProcess;
}

export interface ServerProcess {
  readonly pid: number;
  /** All it has written to stdout and stderr so far. */
  said(): string;
  /** Ends it as a crash would. */
  kill9(): Promise<void>;
  /** Asks it to stop; resolves to its exit code. */
  terminate(): Promise<number>;
}

export interface Door {
  readonly name: string;
  readonly platform: 'posix' | 'windows';
  /** Whether the server can be killed and started again. */
  readonly mortal: boolean;
  /** The persistent shell of its stories, where that is not the one that every machine of its kind has. */
  readonly sessionShell?: { readonly name: ShellName; readonly commands: Commands };
  /** A path of this machine as the server's own system spells it. */
  nativePath(path: string): string;
  /** The command line of the scripted agent (tests/fixtures/scripted-agent.ts) with these flags. */
  agent(...flags: readonly string[]): string;
  /** The environment of a server that finds programs in this folder of this machine, before any others. */
  programsIn(folder: string): Readonly<Record<string, string>>;
  open(place: Place): Promise<OpenDoor>;
}

/** What all doors of this machine's own system have in common. */
const POSIX = {
  platform: 'posix',
  nativePath: (path) => path,
  agent: scriptedAgentLine,
  programsIn: (folder) => ({ PATH: `${folder}:${process.env['PATH'] ?? ''}` }),
} satisfies Partial<Door>;

export const inProcess: Door = {
  ...POSIX,
  name: 'in process',
  mortal: false,
  async open({ data, cwd, env, flags }) {
    const config = loadConfig({ ...flags, 'data-dir': data }, env, cwd);
    if (!config.ok) throw new Error(config.failure.message);
    const app = await openApp(config.value, env, silentLog);
    if (!app.ok) throw new Error(JSON.stringify(app.failure));
    return {
      url: 'http://localhost',
      keyFile: app.value.key.path,
      async fetch(request) {
        // A socket would bring one; the guard refuses what has none.
        if (!request.headers.has('host')) request.headers.set('host', 'localhost');
        const answer = await app.value.gateway.fetch(request);
        if (answer === undefined) throw new Error('there are no sockets in process');
        return answer;
      },
      [Symbol.asyncDispose]: () => app.value[Symbol.asyncDispose](),
    };
  },
};

const root = resolve(import.meta.dir, '../..');

export const liveServer: Door = {
  ...POSIX,
  name: 'live server',
  mortal: true,
  open: (place) => openProcess(FROM_SOURCE, place),
};

export const executable = (path: string): Door => ({
  ...POSIX,
  name: 'executable',
  mortal: true,
  open: (place) => openProcess([resolve(root, path)], place),
});

/** What `serve --json` prints. */
interface Hello {
  readonly url: string;
  readonly terminalUrl: string | null;
  readonly keyFile: string;
}

/** How the system of a server's process spells what this machine calls otherwise. */
interface Spelling {
  readonly toNative: (path: string) => string;
  readonly fromNative: (path: string) => string;
}

const OWN: Spelling = { toNative: (path) => path, fromNative: (path) => path };

export async function openProcess(
  command: readonly string[],
  { data, cwd, env, flags }: Place,
  { toNative, fromNative }: Spelling = OWN,
): Promise<OpenDoor> {
  const outPath = join(data, '..', `said-${crypto.randomUUID()}`);
  const settings = { port: '0', ...flags, 'data-dir': toNative(data) };
  const child = Bun.spawn({
    cmd: [...command, 'serve', ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]), '--json'],
    cwd,
    env: { ...env },
    stdin: 'ignore',
    stdout: Bun.file(`${outPath}.out`),
    stderr: Bun.file(`${outPath}.err`),
  });
  const said = () => `${read(`${outPath}.out`)}${read(`${outPath}.err`)}`;
  const hello = await waitFor('the server to say where it listens', () => {
    const line = read(`${outPath}.out`);
    if (line.endsWith('\n')) return JSON.parse(line) as Hello;
    if (child.exitCode !== null) throw new Error(`the server did not start: ${said()}`);
    return undefined;
  });
  const end = async (signal: NodeJS.Signals): Promise<number> => {
    child.kill(signal);
    return child.exited;
  };
  return {
    url: hello.url,
    terminalUrl: hello.terminalUrl ?? undefined,
    keyFile: fromNative(hello.keyFile),
    fetch: (request) => fetch(request),
    process: {
      pid: child.pid,
      said,
      kill9: async () => void (await end('SIGKILL')),
      terminate: () => end('SIGTERM'),
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) await end('SIGKILL');
    },
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
