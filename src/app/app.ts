/**
 * The composition root: builds every room from the configuration, introduces them to each other, and
 * owns the order of start and stop. Stopping is construction in reverse. listen.ts puts it on its ports.
 */
import { mkdirSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import type { Elysia } from 'elysia';
import type { Config, Environment } from '../settings/config.ts';
import { systemClock } from '../core/clock.ts';
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { Scope } from '../core/scope.ts';
import { Guard } from '../http/guard.ts';
import { createHttpApp } from '../http/server.ts';
import { TerminalSockets } from '../http/sockets/terminal-sockets.ts';
import { Tickets } from '../http/tickets.ts';
import { JobFeeds } from '../jobs/feed.ts';
import { JobManager } from '../jobs/manager.ts';
import { createShellRunner } from '../modes/shell/runner.ts';
import { lockDataFolder, type DataLock, type LockHolder } from '../platform/files/data-lock.ts';
import { resolveApiKey, withoutKey, type ApiKey } from '../platform/files/key-file.ts';
import { createLauncher, createProcesses } from '../platform/process/index.ts';
import { DISK_FULL, diskReport, healthReport } from './health.ts';
import { createPersistentShellRunner } from '../modes/persistent-shell/runner.ts';
import { ShellFactory } from '../shells/factory.ts';
import { findShells } from '../shells/find.ts';
import { ShellPool } from '../shells/pool.ts';
import { Terminals } from '../terminals/registry.ts';

export type StartFailure =
  | { readonly reason: 'data-unusable'; readonly path: string; readonly detail: string }
  | { readonly reason: 'data-in-use'; readonly path: string; readonly holder: LockHolder | undefined }
  | { readonly reason: 'key-unusable'; readonly detail: string };

/** Everything but a socket: what tests call in process and what `listen` puts on a port. */
export interface App extends AsyncDisposable {
  readonly http: Elysia;
  readonly jobs: JobManager;
  readonly sockets: TerminalSockets;
  readonly key: ApiKey;
  readonly lock: DataLock;
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
  let terminals: Terminals;
  try {
    const factory = scope.use(
      await ShellFactory.open({ dataPath, launcher, baseEnv, spares: settings['spare-shells'] === 'on', graceMs }),
    );
    shells = scope.use(
      new ShellPool({
        kinds: findShells(launcher, baseEnv),
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
    terminals = scope.use(
      await Terminals.open({
        dataPath,
        processes,
        baseEnv,
        cwd: config.cwd,
        shell: settings['terminal-shell'],
        limits: { kept: settings['max-terminals'], socket: settings['max-terminal-sessions'] },
        keepMs: settings['terminal-keep'] * 1000,
        graceMs,
        clock: systemClock,
      }),
    );
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

  const feeds = new JobFeeds();
  const health = healthReport({ jobs, shells, terminals, disk, cwd: config.cwd });
  const guard = new Guard({ key: key.value, hosts: [...config.allowedHosts, ...ownNames(settings.host)] });
  const tickets = new Tickets(systemClock);
  const ownLimits = {
    idleMs: settings['terminal-idle-timeout'] * 1000,
    lifetimeMs: settings['terminal-lifetime'] * 1000,
  };
  const sockets = scope.use(new TerminalSockets({ guard, tickets, terminals, ownLimits, clock: systemClock, log }));
  const http = createHttpApp({ guard, jobs, feeds, shells, terminals, tickets, health, log });
  return ok({ http, jobs, sockets, key, lock: lock.value, [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose]() });
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
export function urlHost(host: string): string {
  if (WILDCARDS.has(host)) return '127.0.0.1';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
