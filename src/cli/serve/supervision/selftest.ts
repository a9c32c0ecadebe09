/**
 * `agent-server selftest`: whether this executable works on this machine. A server asks its newer version before it
 * replaces itself, with its own arguments. Nothing of the machine's server is touched: port, key and data are its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../../app/listen.ts';
import type { Client } from '../../../client/client.ts';
import type { Environment } from '../../../core/environment.ts';
import { messageOf } from '../../../core/failure.ts';
import { newSecret } from '../../../core/id.ts';
import { silentLog } from '../../../core/log.ts';
import { KEY_VARIABLES } from '../../../platform/files/key-file.ts';
import { loadConfig, type Config } from '../../../settings/config.ts';
import { SUPERVISOR_PROTOCOL } from '../../../updater/supervision.ts';
import { VERSION } from '../../../version.ts';
import { newClient } from '../../connection/connect.ts';
import { printAnswer } from '../../output.ts';
import { explainStart } from '../start-failure.ts';
import { flagsOf } from '../setting-arguments.ts';

/** Less than whoever asks waits for. */
const TIMEOUT_MS = 25_000;
const WORD = 'selftest-says-hello';

export interface SelftestArguments {
  readonly json?: boolean | undefined;
  readonly supervisor?: string | undefined;
  readonly terminals?: boolean | undefined;
}

/** Resolves to the exit code. */
export async function runSelftest(args: SelftestArguments & Readonly<Record<string, unknown>>): Promise<number> {
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(() => late.resolve(`it did not finish within ${TIMEOUT_MS / 1000} seconds`), TIMEOUT_MS);
  const problem = await Promise.race([examine(args), late.promise]);
  clearTimeout(timer);
  const text = problem === undefined ? `agent-server ${VERSION} works here` : `agent-server ${VERSION}: ${problem}`;
  await printAnswer(args.json, { version: VERSION, ...(problem !== undefined && { problem }) }, text);
  return problem === undefined ? 0 : 1;
}

/** What is wrong, in one sentence; undefined when nothing is. */
async function examine(args: SelftestArguments & Readonly<Record<string, unknown>>): Promise<string | undefined> {
  const { supervisor } = args;
  if (supervisor !== undefined && supervisor !== SUPERVISOR_PROTOCOL)
    return `it is not compatible with the running supervisor (protocol ${supervisor} instead of ${SUPERVISOR_PROTOCOL}): stop that, install this version by hand, and start it again`;
  const config = loadConfig(flagsOf(args), process.env, process.cwd());
  if (!config.ok) return config.failure.message;
  const folder = mkdtempSync(join(tmpdir(), 'agent-server-selftest-'));
  try {
    return await tryServer(config.value, folder, args.terminals === true);
  } catch (error) {
    return messageOf(error);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function tryServer(config: Config, folder: string, terminals: boolean): Promise<string | undefined> {
  const key = newSecret();
  const started = await startServer(ownSettings(config, folder), ownEnvironment(folder, key), silentLog);
  if (!started.ok) return explainStart(started.failure);
  await using server = started.value;
  const client = newClient({ url: server.url, key });
  return (await answers(client)) ?? (await runsJobs(client)) ?? (terminals ? await opensTerminals(client) : undefined);
}

const ownSettings = (config: Config, folder: string): Config => ({
  ...config,
  settings: { ...config.settings, host: '127.0.0.1', port: 0, 'terminal-port': 0 },
  dataPath: join(folder, 'data'),
  cwd: folder,
  isSelftest: true,
});

/** The key file lies in the home folder, and a start writes it. */
const ownEnvironment = (folder: string, key: string): Environment => ({
  ...process.env,
  HOME: folder,
  LOCALAPPDATA: folder,
  [KEY_VARIABLES[0]]: key,
});

async function answers(client: Client): Promise<string | undefined> {
  const health = await client.health();
  if (!health.authenticated) return 'its server does not accept its own key';
  return health.version === VERSION ? undefined : `its server says that it is version ${health.version}`;
}

async function runsJobs(client: Client): Promise<string | undefined> {
  const { jobId } = await client.exec({ command: `echo ${WORD}`, timeout: 20 });
  const { status, exitCode, stdout = '', stderr = '' } = await client.wait(jobId);
  if (exitCode === 0 && stdout.trim() === WORD) return undefined;
  return `a job that echoes a word ends as ${status} with exit code ${exitCode}: ${stderr.trim() || stdout.trim()}`;
}

/** A terminal shows what is typed into it. With the plainest shell there is: how long another takes says nothing of us. */
async function opensTerminals(client: Client): Promise<string | undefined> {
  const terminal = await client.terminals.open({ shell: process.env['ComSpec'] ?? 'sh' });
  await client.terminals.input(terminal.id, `echo ${WORD}\r`);
  let seen = '';
  for (let since = 0; !seen.includes(WORD);) {
    const { data, next } = await client.terminals.output(terminal.id, { since, waitSeconds: 20 });
    if (next === since) return 'a terminal does not show what is typed into it';
    seen += data;
    since = next;
  }
  await client.terminals.delete(terminal.id);
  return undefined;
}
