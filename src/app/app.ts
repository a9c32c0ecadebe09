/**
 * The order of start and stop, and nothing else. Whatever throws or fails on the way up gives back what was taken, the
 * lock of the data folder last; stopping is construction in reverse. listen.ts puts the server on its ports.
 */
import { mkdirSync } from 'node:fs';
import type { AnyElysia } from 'elysia';
import { systemClock } from '../core/clock.ts';
import type { Environment } from '../core/environment.ts';
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { Gateway } from '../http/gateway.ts';
import { Guard } from '../http/guard.ts';
import { keyringOf } from '../http/keyring.ts';
import { LiveExchanges } from '../http/live-exchanges.ts';
import { healthRoutes } from '../http/server/health-routes.ts';
import { SocketHub } from '../http/sockets/hub.ts';
import { ticketRoutes } from '../http/tickets/routes.ts';
import { Tickets } from '../http/tickets/tickets.ts';
import { UnauthenticatedConnections } from '../http/unauthenticated-connections.ts';
import { descriptors } from '../platform/descriptors/index.ts';
import { lockDataFolder, type DataLock, type LockHolder } from '../platform/files/data-lock.ts';
import { resolveApiKey, withoutSecrets } from '../platform/files/key-file.ts';
import { createLauncher, createProcesses } from '../platform/process/index.ts';
import type { Config } from '../settings/config.ts';
import type { Activity } from '../protocol/health.ts';
import { ActiveKey } from './active-key.ts';
import { activityOf } from './activity.ts';
import type { Base, Feature, Listening, ShowCode } from './feature.ts';
import { openFeatures } from './features.ts';
import { healthReport } from './health.ts';
import { createHttpApp } from './http-app.ts';
import { Lifecycle } from './lifecycle.ts';
import { watchLock } from './lock-watch.ts';
import { ownAddresses, ownHosts } from './own-names.ts';

export type StartFailure =
  | { readonly reason: 'data-unusable'; readonly path: string; readonly detail: string }
  | { readonly reason: 'data-in-use'; readonly path: string; readonly holder: LockHolder | undefined }
  | { readonly reason: 'key-unusable'; readonly detail: string };

/** Everything but a port: what tests call in process and what `listen` puts on its ports. */
export interface App extends AsyncDisposable {
  readonly http: AnyElysia;
  readonly gateway: Gateway;
  readonly hub: SocketHub;
  readonly guard: Guard;
  readonly lifecycle: Lifecycle;
  readonly key: ActiveKey;
  readonly lock: DataLock;
  /** Tells the rooms where this server listens. */
  listening(ports: Omit<Listening, 'allow'>): void;
  /** What a stop would end, and what would survive it. */
  activity(): readonly Activity[];
  /** Refuses new work from now on. */
  drain(): void;
  /** Ends what would otherwise survive the server. */
  endAll(): Promise<void>;
}

/** `showCode`: default, nobody is shown one. */
export async function openApp(
  config: Config,
  env: Environment,
  log: Log,
  showCode: ShowCode = () => {},
): Promise<Result<App, StartFailure>> {
  // Disposed on every way out of here but the last, also when something throws.
  await using starting = new AsyncDisposableStack();
  const locked = takeLock(config.dataPath);
  if (!locked.ok) return locked;
  const lock = starting.use(locked.value);
  const key = takeKey(env);
  if (!key.ok) return key;
  const lifecycle = new Lifecycle();
  const commandEnv = withoutSecrets(env);
  const live = new LiveExchanges();
  const tickets = new Tickets(systemClock);
  const base: Base = {
    config,
    env,
    commandEnv,
    setCommandVariable: (name, value) => {
      if (value === undefined) delete commandEnv[name];
      else commandEnv[name] = value;
    },
    showCode,
    clock: systemClock,
    log,
    processes: starting.use(createProcesses()),
    launcher: createLauncher(),
    lifecycle,
    apiKey: key.value,
    live,
    tickets,
    endExchanges: (keyId, except) => {
      tickets.forget(keyId);
      live.end(keyId, except);
    },
    graceMs: config.settings['kill-grace'] * 1000,
  };
  const rooms = await startRooms(base, starting);
  if (!rooms.ok) return rooms;
  const features = rooms.value;

  const kinds = features.flatMap(({ sockets = [] }) => sockets);
  const hub = starting.use(new SocketHub({ kinds, clock: base.clock, log, live }));
  const guard = new Guard({
    keys: keyringOf([key.value, ...features.flatMap(({ keys = [] }) => keys)]),
    hosts: ownHosts(config, env),
    addresses: ownAddresses(config),
  });
  const [origins] = features.flatMap((feature) => feature.origins ?? []);
  const ownRoutes = [healthRoutes(healthReport(base, features)), ticketRoutes(tickets, origins)];
  const http = createHttpApp([...ownRoutes, ...features.flatMap(({ routes = [] }) => routes)], log);
  // Throws for a route that does not say who may use it.
  const observers = features.flatMap(({ observe = [] }) => observe);
  const connections = starting.use(new UnauthenticatedConnections({ descriptors, clock: base.clock, log }));
  const authenticated = (peer: Bun.SocketAddress) => connections.authenticated(peer);
  const gateway = new Gateway({ app: http, guard, hub, tickets, observers, origins, live, authenticated });
  starting.use(watchLock(lock, base.clock, () => lifecycle.stop('lock-lost')));
  const running = starting.move();
  return ok({
    http,
    gateway,
    hub,
    guard,
    lifecycle,
    key: key.value,
    lock,
    listening: (ports) => {
      connections.watch([ports.port, ...(ports.terminalPort === undefined ? [] : [ports.terminalPort])]);
      for (const { listening } of features) listening?.({ ...ports, allow: (host) => guard.allow(host) });
    },
    activity: () => activityOf(features),
    drain: () => {
      for (const { drain } of features) drain?.();
    },
    endAll: async () => {
      for (const { endAll } of features) await endAll?.();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  });
}

function takeLock(path: string): Result<DataLock, StartFailure> {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const lock = lockDataFolder(path);
    return lock.ok ? lock : fail({ ...lock.failure, path });
  } catch (error) {
    return fail({ reason: 'data-unusable', path, detail: messageOf(error) });
  }
}

function takeKey(env: Environment): Result<ActiveKey, StartFailure> {
  try {
    return ok(new ActiveKey(resolveApiKey(env), systemClock));
  } catch (error) {
    return fail({ reason: 'key-unusable', detail: messageOf(error) });
  }
}

async function startRooms(base: Base, scope: AsyncDisposableStack): Promise<Result<readonly Feature[], StartFailure>> {
  try {
    return ok(await openFeatures(base, scope));
  } catch (error) {
    return fail({ reason: 'data-unusable', path: base.config.dataPath, detail: messageOf(error) });
  }
}
