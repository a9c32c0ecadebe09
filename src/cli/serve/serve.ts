/** What `agent-server serve` does: it starts the server, says where it is, stops it when told to. */
import { startServer, type Server } from '../../app/listen.ts';
import { loadConfig, type Flags } from '../../settings/config.ts';
import { createLog } from '../../core/log.ts';
import { STOP_SIGNALS } from '../../platform/console/index.ts';
import { NOT_BUILT_YET, SETTINGS } from '../../settings/all.ts';
import { VERSION } from '../../version.ts';
import { complain, note, print } from '../output.ts';
import { explainStart } from './start-failure.ts';

/** How long after the first Ctrl-C a second one ends the jobs too. */
const CONFIRM_MS = 3000;

/** Resolves to the exit code when everything is down and the process may end. */
export async function runServe(args: Readonly<Record<string, unknown>>): Promise<number> {
  const config = loadConfig(flagsOf(args), process.env, process.cwd());
  if (!config.ok) return die(config.failure.message);
  const { settings } = config.value;
  const log = createLog(settings['log-format'], note, Date.now);
  for (const name of NOT_BUILT_YET) {
    if (settings[name] !== undefined && settings[name] !== false)
      log.warn(`--${name} is not available in this version and has no effect`);
  }
  const started = await startServer(config.value, process.env, log);
  if (!started.ok) return die(explainStart(started.failure));
  const server = started.value;
  announce(server, config.value.dataPath, args['json'] === true);
  if (!LOOPBACK.has(settings.host)) {
    log.warn(
      'listening beyond loopback: whoever reaches this address and has the key has this machine, and the key travels unencrypted',
      { host: settings.host },
    );
  }
  await untilToldToStop(server);
  return 0;
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1', '[::1]']);

function announce(server: Server, dataPath: string, asJson: boolean): void {
  const { url, port, terminalUrl = null, terminalPort = null, app } = server;
  if (asJson) {
    const { pid } = process;
    const rest = { pid, version: VERSION, keyFile: app.key.path, dataDir: dataPath };
    return print(JSON.stringify({ url, port, terminalUrl, terminalPort, ...rest }));
  }
  print(`agent-server ${VERSION} listens on ${url}`);
  print(`  term   ${url.replace('http', 'ws')}/terminal${terminalUrl === null ? '' : `, ${terminalUrl}`}`);
  print(`  key    configured, kept in ${app.key.path}`);
  print(`  data   ${dataPath}`);
  print(`  API    ${url}/openapi`);
  print(`  try    agent-server run "echo hi"${port === 8585 ? '' : ` --url ${url}`}`);
}

async function untilToldToStop(server: Server): Promise<void> {
  const first = await nextSignal(STOP_SIGNALS);
  const { active, surviving: left } = server.app.jobs;
  const ending = active - left;
  if (ending > 0) note(`agent-server: ending ${ending === 1 ? '1 job' : `${ending} jobs`} in persistent shells`);
  if (left === 0) note('agent-server: stopping');
  else if (first === 'SIGINT')
    note(`agent-server: stopping; ${jobsGoOn(left)}. Press Ctrl-C again within 3 seconds to end them too.`);
  else note(`agent-server: stopping; ${jobsGoOn(left)}`);
  if (left > 0 && first === 'SIGINT') {
    const again = await Promise.race([nextSignal(['SIGINT']), Bun.sleep(CONFIRM_MS)]);
    if (again === 'SIGINT') {
      note('agent-server: ending the jobs');
      await server.app.jobs.cancelAll();
    }
  }
  await server[Symbol.asyncDispose]();
}

const jobsGoOn = (count: number): string =>
  `${count === 1 ? '1 job goes' : `${count} jobs go`} on and will be taken up by the next start`;

function nextSignal<S extends NodeJS.Signals>(signals: readonly S[]): Promise<S> {
  return new Promise((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve(signal));
  });
}

function flagsOf(args: Readonly<Record<string, unknown>>): Flags {
  const given = Object.keys(SETTINGS).flatMap((name) => {
    const value = args[name];
    return typeof value === 'string' || typeof value === 'boolean' ? [[name, String(value)]] : [];
  });
  return Object.fromEntries(given) as Flags;
}

function die(message: string): number {
  complain(message);
  return 1;
}
