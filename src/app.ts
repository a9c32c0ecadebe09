/**
 * The composition root: builds every room from the configuration, introduces them to each other, and
 * owns the order of start and stop. Stopping is construction in reverse.
 */
import { mkdirSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import type { Elysia } from 'elysia';
import type { Config, Environment } from './config.ts';
import { systemClock } from './core/clock.ts';
import { codeOf, fail, messageOf, ok, type Result } from './core/failure.ts';
import type { Log } from './core/log.ts';
import { Scope } from './core/scope.ts';
import { EventLog } from './events/log.ts';
import { Guard } from './http/guard.ts';
import { createHttpApp } from './http/server.ts';
import { JobFeeds, type FeedEntry } from './jobs/feed.ts';
import { JobManager } from './jobs/manager.ts';
import { createShellRunner } from './modes/shell.ts';
import { lockDataFolder, type DataLock, type LockHolder } from './platform/data-lock.ts';
import { resolveApiKey, withoutKey, type ApiKey } from './platform/key-file.ts';
import { createLauncher, createProcesses } from './platform/processes.ts';
import { DISK_FULL, diskReport, healthReport } from './health.ts';
import { createPersistentShellRunner } from './modes/persistent-shell.ts';
import { ShellFactory } from './shells/factory.ts';
import { findShells } from './shells/find.ts';
import { ShellPool } from './shells/pool.ts';

export type StartFailure =
  | { readonly reason: 'data-unusable'; readonly path: string; readonly detail: string }
  | { readonly reason: 'data-in-use'; readonly path: string; readonly holder: LockHolder | undefined }
  | { readonly reason: 'key-unusable'; readonly detail: string }
  | { readonly reason: 'port-in-use'; readonly host: string; readonly port: number }
  | { readonly reason: 'listen-failed'; readonly host: string; readonly port: number; readonly detail: string };

/** Everything but a socket: what tests call in process and what `listen` puts on a port. */
export interface App extends AsyncDisposable {
  readonly http: Elysia;
  readonly jobs: JobManager;
  readonly key: ApiKey;
  readonly lock: DataLock;
}

export interface Server extends AsyncDisposable {
  readonly app: App;
  readonly url: string;
  readonly port: number;
}

export async function openApp(config: Config, env: Environment, log: Log): Promise<Result<App, StartFailure>> {
  const { settings, dataPath } = config;
  const scope = new Scope();
  const give = async <F extends StartFailure>(failure: F) => {
    await scope[Symbol.asyncDispose]();
    return fail(failure);
  };
  let lock: ReturnType<typeof lockDataFolder>;
  try {
    mkdirSync(dataPath, { recursive: true, mode: 0o700 });
    lock = lockDataFolder(dataPath);
  } catch (error) {
    return give({ reason: 'data-unusable', path: dataPath, detail: messageOf(error) });
  }
  if (!lock.ok) return give({ ...lock.failure, path: dataPath });
  scope.use(lock.value);

  let key: ApiKey;
  try {
    key = resolveApiKey(env);
  } catch (error) {
    return give({ reason: 'key-unusable', detail: messageOf(error) });
  }

  const processes = scope.use(createProcesses());
  const launcher = createLauncher();
  const baseEnv = withoutKey(env);
  const graceMs = settings['kill-grace'] * 1000;
  const disk = () => diskReport(dataPath);
  let jobs: JobManager;
  let shells: ShellPool;
  try {
    const factory = scope.use(
      await ShellFactory.open({ dataPath, launcher, baseEnv, spares: settings['spare-shells'] === 'on', graceMs }),
    );
    shells = scope.use(
      new ShellPool({
        kinds: findShells(launcher, (program) => Bun.which(program, { PATH: env['PATH'] ?? '' }) ?? undefined),
        factory,
        maxSessions: settings['max-sessions'],
        idleTimeoutMs: settings['session-idle-timeout'] * 1000,
        serverCwd: config.cwd,
        clock: systemClock,
        graceMs,
      }),
    );
    const runners = {
      shell: createShellRunner({ processes, baseEnv, cwd: config.cwd, graceMs }),
      persistent_shell: createPersistentShellRunner(shells, config.cwd),
    };
    jobs = await JobManager.open({
      dataPath,
      maxRunning: settings['max-jobs'],
      keep: { jobs: settings['keep-jobs'], bytes: settings['keep-bytes'] },
      runners,
      clock: systemClock,
      log,
      warnings: () => (disk().full ? [DISK_FULL] : []),
    });
  } catch (error) {
    return give({ reason: 'data-unusable', path: dataPath, detail: messageOf(error) });
  }
  scope.use(jobs);

  const feeds = new JobFeeds((path) => new EventLog<FeedEntry>(path));
  const health = healthReport({ jobs, shells, disk, cwd: config.cwd });
  const guard = new Guard({ key: key.value, hosts: [...config.allowedHosts, ...ownNames(settings.host)] });
  const http = createHttpApp({ guard, jobs, feeds, shells, health, log });
  return ok({ http, jobs, key, lock: lock.value, [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose]() });
}

/** Seconds without a byte after which a connection is closed; longer than the longest long-poll and the heartbeat. */
const IDLE_SECONDS = 60;
/** Bodies are measured by our own reader, which answers in JSON; Bun's own refusal has no body at all. */
const NO_BODY_LIMIT = Number.MAX_SAFE_INTEGER;

export async function startServer(config: Config, env: Environment, log: Log): Promise<Result<Server, StartFailure>> {
  const opened = await openApp(config, env, log);
  if (!opened.ok) return opened;
  const app = opened.value;
  const { host, port } = config.settings;
  let listener: Bun.Server<undefined>;
  try {
    listener = Bun.serve({
      hostname: host,
      port,
      idleTimeout: IDLE_SECONDS,
      maxRequestBodySize: NO_BODY_LIMIT,
      development: false,
      // Otherwise Bun lets two servers share the port, and each gets half of the requests.
      reusePort: false,
      fetch: app.http.fetch,
    });
  } catch (error) {
    await app[Symbol.asyncDispose]();
    if (codeOf(error) === 'EADDRINUSE') return fail({ reason: 'port-in-use', host, port });
    return fail({ reason: 'listen-failed', host, port, detail: messageOf(error) });
  }
  const bound = listener.port ?? port;
  const url = `http://${urlHost(host)}:${bound}`;
  app.lock.describe({ pid: process.pid, url, startedAt: new Date().toISOString() });
  return ok({
    app,
    url,
    port: bound,
    async [Symbol.asyncDispose]() {
      await listener.stop(true);
      await app[Symbol.asyncDispose]();
    },
  });
}

const WILDCARDS = new Set(['0.0.0.0', '::', '[::]']);

/**
 * Names under which the bound address may be asked. A wildcard stands for every address of this
 * machine: an address cannot be rebound by a foreign name server, unlike a name.
 */
function ownNames(host: string): string[] {
  if (!WILDCARDS.has(host)) return [urlHost(host).toLowerCase()];
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return [hostname().toLowerCase(), ...addresses.map(({ address }) => urlHost(address).toLowerCase())];
}

/** An address as it stands in a URL; a wildcard is reached through loopback. */
function urlHost(host: string): string {
  if (WILDCARDS.has(host)) return '127.0.0.1';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
