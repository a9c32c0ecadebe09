/** What `agent-server serve` does: it starts the server, says where it is, and stops it for whatever reason comes first. */
import type { StopReason } from '../../app/lifecycle.ts';
import { startServer, type Server } from '../../app/listen.ts';
import { messageOf } from '../../core/failure.ts';
import { createLog } from '../../core/log.ts';
import { systemClock } from '../../core/clock.ts';
import { STOP_SIGNALS } from '../../platform/console/index.ts';
import { reapOrphans } from '../../platform/process/index.ts';
import { loadConfig } from '../../settings/config.ts';
import { VERSION } from '../../version.ts';
import { stopMessage } from '../activity-text.ts';
import { PROGRAM } from '../command/program.ts';
import { complain, note, print } from '../output.ts';
import { showCode } from './code-box.ts';
import { keepWindowOpen } from './window.ts';
import { flagsOf } from './setting-arguments.ts';
import { explainStart } from './start-failure.ts';
import { supervise } from './supervision/supervise.ts';
import { followSupervisor, isSupervised } from './supervision/supervisor-link.ts';
import { failsToStayUp } from './supervision/unsupervised-trial.ts';

/** How long after the first Ctrl-C a second one ends the jobs too. */
const CONFIRM_MS = 3000;

/** Resolves to the exit code when everything is down and the process may end. */
export async function runServe(args: Readonly<Record<string, unknown>>): Promise<number> {
  using _reaping = reapOrphans(systemClock);
  const code = await serve(args);
  if (code !== 0) await keepWindowOpen();
  return code;
}

async function serve(args: Readonly<Record<string, unknown>>): Promise<number> {
  const config = loadConfig(flagsOf(args), process.env, process.cwd());
  if (!config.ok) return refuseStart(config.failure.message);
  const { settings, warnings } = config.value;
  const asJson = args['json'] === true;
  if (settings.wrapper) return supervise({ config: config.value, asJson, leaves: false });
  const log = createLog(settings['log-format'], note, Date.now);
  const supervised = isSupervised();
  if (!supervised && (await failsToStayUp(config.value, log)))
    return supervise({ config: config.value, asJson, leaves: false });
  for (const warning of warnings) log.warn(warning);
  const started = await startServer(config.value, process.env, log, showCode(settings['log-format'], log));
  if (!started.ok) return refuseStart(explainStart(started.failure));
  const server = started.value;
  // It serves also where nobody can read where.
  void print(announcement(server, config.value.dataPath, asJson)).catch((error: unknown) =>
    log.warn('where the server listens could not be printed', { reason: messageOf(error) }),
  );
  if (!LOOPBACK.has(settings.host)) {
    log.warn(
      'listening beyond loopback: whoever reaches this address and has the key can run commands on this machine, and the key travels unencrypted',
      { host: settings.host },
    );
  }
  if (supervised) void followSupervisor(Bun.stdin.stream()).then(() => server.app.lifecycle.stop('supervisor-lost'));
  const { port, terminalPort } = server;
  const { reason, exitCode } = await untilStopped(server);
  // Without a supervisor, this process is that of its successor until it has proven itself.
  if (reason === 'update' && !supervised)
    return supervise({ config: config.value, asJson, leaves: true, ports: { port, terminalPort } });
  return exitCode;
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1', '[::1]']);

function announcement(server: Server, dataPath: string, asJson: boolean): string {
  const { url, port, terminalUrl = null, terminalPort = null, app } = server;
  if (asJson) {
    const { pid } = process;
    const rest = { pid, version: VERSION, keyFile: app.key.path, dataDir: dataPath };
    return JSON.stringify({ url, port, terminalUrl, terminalPort, ...rest });
  }
  const lines = {
    console: `${url} (asks for the key)`,
    key: `${app.key.made ? 'made now' : 'configured'}, kept in ${app.key.path}`,
    sockets: `${url.replace('http', 'ws')}/terminal${terminalUrl === null ? '' : `, ${terminalUrl}`}`,
    data: dataPath,
    API: `${url}/openapi`,
    try: `${PROGRAM} run "echo hi"${port === 8585 ? '' : ` --url ${url}`}`,
  };
  return [
    `agent-server ${VERSION} listens on ${url}`,
    ...Object.entries(lines).map(([name, text]) => `  ${name.padEnd(8)} ${text}`),
  ].join('\n');
}

async function untilStopped(server: Server): Promise<{ readonly reason: StopReason; readonly exitCode: number }> {
  const { app } = server;
  const { lifecycle } = app;
  let interrupted = false;
  void nextSignal(STOP_SIGNALS).then((signal) => {
    interrupted = signal === 'SIGINT';
    lifecycle.stop('signal');
  });
  const reason = await lifecycle.draining;
  app.drain();
  // What goes on cannot be taken up where the folder is gone.
  const activity = app.activity().map((one) => (reason === 'lock-lost' ? { ...one, surviving: 0 } : one));
  const surviving = activity.reduce((sum, one) => sum + one.surviving, 0);
  const askAgain = interrupted && surviving > 0;
  note(
    `agent-server: ${stopMessage(WHY[reason], activity)}${askAgain ? '. Press Ctrl-C again within 3 seconds to end them too.' : ''}`,
  );
  if (askAgain) {
    const again = await Promise.race([nextSignal(['SIGINT']), Bun.sleep(CONFIRM_MS)]);
    if (again === 'SIGINT') {
      note('agent-server: ending the jobs');
      await app.endAll();
    }
  }
  await server[Symbol.asyncDispose]();
  return { reason, exitCode: lifecycle.stopped() };
}

const WHY: Readonly<Record<StopReason, string>> = {
  signal: 'stopping',
  request: 'stopping',
  update: 'stopping for an update',
  'supervisor-lost': 'stopping, because the supervisor is gone',
  'lock-lost': 'stopping, because the data folder was removed or replaced',
};

function nextSignal<S extends NodeJS.Signals>(signals: readonly S[]): Promise<S> {
  return new Promise((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve(signal));
  });
}

function refuseStart(message: string): number {
  complain(message);
  return 1;
}
