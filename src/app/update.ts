/** Builds the room of self-update. */
import { countedEach } from '../core/counted.ts';
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import { BUILD, type BuildInfo } from '../build-info.ts';
import { updateRoutes } from '../http/update/routes.ts';
import { updateHealth, type UpdateView } from '../http/update/view.ts';
import { realPath } from '../platform/files/real-path.ts';
import { lockFile } from '../platform/files/file-lock.ts';
import { argumentsOf } from '../settings/command-line.ts';
import { updateEvery } from '../updater/automatic.ts';
import type { Installation } from '../updater/installation.ts';
import { ownInstallation } from '../updater/own-installation.ts';
import { removeLeftovers } from '../updater/leftovers.ts';
import { isNewer } from '../updater/semver.ts';
import { commit } from '../updater/rollback.ts';
import { takeBackStart } from '../updater/start-count.ts';
import { supervisorOf } from '../updater/supervision.ts';
import { tryOut } from '../updater/try-out.ts';
import { Updater, type UpdaterOptions } from '../updater/updater.ts';
import { activityOf } from './activity.ts';
import type { Base, Feature } from './feature.ts';

/** `others`: the features whose work an update waits for, and which take no more once it begins. */
export function openUpdate(base: Base, scope: AsyncDisposableStack, others: readonly Feature[]): Feature {
  const source = sourceOf(base, BUILD);
  const activity = () => activityOf(others);
  const about = { version: BUILD.version, channel: BUILD.channel };
  if (!source.ok) {
    const view: UpdateView = { ...about, status: () => ({ unavailable: source.failure.why }) };
    return {
      routes: [updateRoutes({ ...view, updater: undefined, activity })],
      health: () => ({ update: updateHealth(view) }),
    };
  }
  const { installation } = source.value;
  const lock = () => lockFile(installation.place.lock);
  const updater = scope.use(new Updater({ ...source.value, ...around(base, others), lock }));
  scope.use(removeLeftovers(installation, lock, base.clock));
  if (supervisorOf(base.env) === undefined) {
    scope.defer(() => endInOrder(installation, realPath(base.config.dataPath)));
    scope.use(commitLater(base, installation, updater));
  }
  const everyMs = base.config.settings['auto-update'] * 1000;
  if (everyMs > 0) scope.use(updateEvery(everyMs, updater, base.clock));
  const view: UpdateView = { ...about, status: () => updater.status() };
  return {
    routes: [updateRoutes({ ...view, updater, activity })],
    health: () => ({ update: updateHealth(view) }),
    problems: () =>
      updater
        .status()
        .bad.filter(({ version }) => isNewer(version, BUILD.version))
        .map(({ version, why }) => `the update to version ${version} was rolled back: ${why}`),
  };
}

const NOTE_AGAIN_MS = 10_000;
/** How long after its trial the old version, which supervises it, may take to end it. */
const SUPERVISED_MS = 60_000;

type Source = Pick<UpdaterOptions, 'expected' | 'base' | 'installation'>;

/** Why this executable cannot be updated, in one sentence, where that is so. */
function sourceOf(
  { config, log }: Base,
  { version, target, channel, updateUrl, publicKeys }: BuildInfo,
): Result<Source, { readonly reason: 'unavailable'; readonly why: string }> {
  const unavailable = (why: string) => fail({ reason: 'unavailable', why } as const);
  if (config.isSelftest) return unavailable('the server of a self-test is not updated');
  const installation = ownInstallation(log);
  if (installation === undefined || target === null)
    return unavailable('a server that runs from source is not updated');
  if (publicKeys.length === 0) return unavailable('this executable was built without a public key for updates');
  const base = config.settings['update-url'] ?? updateUrl;
  if (base === null)
    return unavailable('this executable was built without an address for updates; give it one with --update-url');
  return ok({ expected: { version, target, channel, publicKeys }, base, installation });
}

function around(
  { config, env, commandEnv, clock, log, launcher, lifecycle }: Base,
  others: readonly Feature[],
): Omit<UpdaterOptions, keyof Source | 'lock'> {
  const supervisor = supervisorOf(env);
  const hasTerminals = others.some(({ health }) => health?.().terminal_supported === true);
  const args = [
    ...(supervisor === undefined ? [] : [`--supervisor=${supervisor}`]),
    ...(hasTerminals ? ['--terminals'] : []),
    ...argumentsOf(config.flags),
  ];
  return {
    dataPath: realPath(config.dataPath),
    server: {
      busy: () => countedEach(activityOf(others).map((one) => ({ ...one, count: one.ending + one.surviving }))),
      drain: () => {
        for (const { drain } of others) drain?.();
      },
      resume: () => {
        // A server that goes down for another reason does not take work again.
        if (lifecycle.at === 'running') for (const { resume } of others) resume?.();
      },
      stop: () => void lifecycle.stop('update'),
    },
    clock,
    log,
    fetch: (url, init) => fetch(url, init),
    tryOut: (path, version, signal) =>
      tryOut(path, version, config.cwd, { launcher, clock, env: commandEnv, args, signal }),
  };
}

/** Without a supervisor a new version that has stayed up well beyond its trial has proven itself. */
function commitLater({ config, clock }: Base, installation: Installation, updater: Updater): Disposable {
  let timer: Disposable;
  const wait = (ms: number) => {
    timer = clock.after(ms, () => {
      try {
        const { trial } = updater.status();
        if (trial !== undefined) commit(installation, trial);
      } catch (error) {
        installation.log.error('the end of the trial cannot be noted', { detail: messageOf(error) });
        wait(NOTE_AGAIN_MS);
      }
    });
  };
  wait(config.settings.trial * 1000 + SUPERVISED_MS);
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}

/** This start of a version on trial has ended in good order. */
function endInOrder(installation: Installation, dataPath: string): void {
  try {
    takeBackStart(installation, dataPath);
  } catch (error) {
    installation.log.error('the end of a start cannot be noted', { detail: messageOf(error) });
  }
}
