/**
 * Keeps a server running, and watches over the trial of a new version.
 *
 *   starting ──▶ running ──exit 0, or a signal was passed on──▶ ended
 *      ▲            ├──exit 42: a new version is in place──▶ starting, on trial
 *      │            └──any other exit──▶ waiting ──back-off──▶ starting
 *      │
 *      └── on trial: it answers with the key to the end of the trial ──▶ running, for good
 *                    it ends, or does not answer ──the old version is put back──▶ starting
 *
 * Exit 1 before the first answer of all passes through: the start was refused, and the next one would be too.
 */
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { BackOff, FIRST_MS } from './back-off.ts';
import type { Installation } from './installation.ts';
import { recover } from './recover.ts';
import type { Trial } from './record.ts';
import { commit, rollBack } from './rollback.ts';

/** Exit code of a server that has put a new version in place. Inherited: callers know the number. */
export const UPDATE_EXIT = 42;
const REFUSED_EXIT = 1;

const PROBE_EVERY_MS = 250;
/** A version on trial that does not answer for so long is rolled back, also before the trial is over. */
const SILENCE_MS = 30_000;
/** How long a version that is rolled back may take to stop. */
const STOP_MS = 5000;

export interface Child {
  /** The exit code; 128+N for signal N. Never rejects. */
  readonly exited: Promise<number>;
  /** The version it answers with, asked with the key; undefined while it does not. Never rejects. */
  version(): Promise<string | undefined>;
  /** Asks it to stop, as this signal would. */
  signal(name: string): void;
  kill(): void;
}

export interface SupervisorOptions {
  /** Absent for a program that is run from source: then nothing is updated. */
  readonly installation: Installation | undefined;
  readonly dataPath: string;
  readonly trialMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Throws when the program cannot be started. */
  readonly start: () => Child;
  /** Whether to end when the trial is over, and to leave the server to itself. */
  readonly leaves: boolean;
  /** Version of the supervisor itself. */
  readonly version: string;
}

/** Stands for a program that the system could not start, such as half a file. */
const NEVER_STARTED: Child = {
  exited: Promise.resolve(REFUSED_EXIT),
  version: async () => undefined,
  signal() {},
  kill() {},
};

type Outcome =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'rolled-back' }
  | { readonly kind: 'left' };

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #backOff: BackOff;
  readonly #stop = Promise.withResolvers<void>();
  #stopping = false;
  #child: Child | undefined;
  /** Whether any server of this supervisor has ever answered. */
  #hasAnswered = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#backOff = new BackOff(options.clock);
  }

  /** Passes a signal on: whatever it makes the server do, the supervisor ends with it. */
  signal(name: string): void {
    this.#stopping = true;
    this.#stop.resolve();
    this.#child?.signal(name);
  }

  /** Resolves to the exit code of the whole. */
  async run(): Promise<number> {
    using _backOff = this.#backOff;
    for (;;) {
      const trial = await this.#recover();
      if (this.#stopping) return 0;
      this.#child = this.#start();
      const outcome = await (trial === undefined ? this.#watch(this.#child) : this.#watchTrial(this.#child, trial));
      this.#child = undefined;
      if (outcome.kind === 'left') return 0;
      if (outcome.kind === 'rolled-back') continue;
      const end = await this.#afterExit(outcome.code);
      if (end !== undefined) return end;
    }
  }

  /** The exit code of the whole; undefined when the server is to be started again. */
  async #afterExit(code: number): Promise<number | undefined> {
    const { log } = this.#options;
    if (this.#stopping || code === 0) return code;
    if (code === REFUSED_EXIT && !this.#hasAnswered) return code;
    const updated = code === UPDATE_EXIT;
    // After an update at once, unless that is all it ever does.
    const waitMs = this.#backOff.ended() - (updated ? FIRST_MS : 0);
    if (!updated) log.warn('the server has ended and is started again', { exitCode: code, waitSeconds: waitMs / 1000 });
    if (waitMs > 0) await this.#wait(waitMs);
    return this.#stopping ? code : undefined;
  }

  #start(): Child {
    this.#backOff.started();
    try {
      return this.#options.start();
    } catch (error) {
      this.#options.log.error('the server cannot be started', { detail: messageOf(error) });
      return NEVER_STARTED;
    }
  }

  async #recover(): Promise<Trial | undefined> {
    const { installation, dataPath, log } = this.#options;
    try {
      return installation && (await recover(installation, dataPath));
    } catch (error) {
      log.error('an update that was interrupted cannot be put right', { detail: messageOf(error) });
      return undefined;
    }
  }

  async #watch(child: Child): Promise<Outcome> {
    while (!this.#hasAnswered || this.#options.leaves) {
      const code = await this.#exitWithin(child, PROBE_EVERY_MS);
      if (code !== undefined) return { kind: 'exited', code };
      if ((await child.version()) === undefined) continue;
      this.#hasAnswered = true;
      if (this.#options.leaves) return { kind: 'left' };
    }
    return { kind: 'exited', code: await child.exited };
  }

  async #watchTrial(child: Child, trial: Trial): Promise<Outcome> {
    const { clock, trialMs, leaves } = this.#options;
    const silenceMs = Math.min(trialMs, SILENCE_MS);
    let over = false;
    let silent = false;
    let answered = false;
    const listen = () => clock.after(silenceMs, () => void (silent = true));
    let silence = listen();
    using _end = clock.after(trialMs, () => void (over = true));
    try {
      for (;;) {
        const code = await this.#exitWithin(child, PROBE_EVERY_MS);
        if (this.#stopping) return { kind: 'exited', code: await child.exited };
        if (code === 0 && answered) return { kind: 'exited', code };
        if (code !== undefined) return await this.#rollBack(child, trial, `it ended with exit code ${code}`);
        const version = await child.version();
        if (version === undefined) {
          if (silent) return await this.#rollBack(child, trial, `it did not answer for ${silenceMs / 1000} seconds`);
          continue;
        }
        if (version !== trial.version) return await this.#rollBack(child, trial, `it answers as version ${version}`);
        answered = true;
        this.#hasAnswered = true;
        silence[Symbol.dispose]();
        silence = listen();
        silent = false;
        if (!over) continue;
        this.#commit(trial);
        return leaves ? { kind: 'left' } : await this.#watch(child);
      }
    } finally {
      silence[Symbol.dispose]();
    }
  }

  #commit(trial: Trial): void {
    const { installation, log, leaves, version } = this.#options;
    if (installation === undefined) return;
    try {
      commit(installation, trial);
    } catch (error) {
      // The next start of this supervisor finds the trial as it was, and has it once more.
      log.error('the end of the trial cannot be noted', { detail: messageOf(error) });
    }
    if (!leaves)
      log.info('the supervisor itself stays the version it was started as, until it is started again', { version });
  }

  async #rollBack(child: Child, trial: Trial, why: string): Promise<Outcome> {
    const { installation, log } = this.#options;
    log.warn('the new version has failed its trial', { version: trial.version, why });
    child.signal('SIGTERM');
    if ((await this.#exitWithin(child, STOP_MS)) === undefined) child.kill();
    await child.exited;
    try {
      if (installation !== undefined) await rollBack(installation, trial, why);
    } catch (error) {
      log.error('the previous version cannot be put back', { detail: messageOf(error) });
      await this.#wait(this.#backOff.ended());
    }
    return { kind: 'rolled-back' };
  }

  /** Undefined when it still runs after that time. */
  async #exitWithin(child: Child, ms: number): Promise<number | undefined> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    using _timer = this.#options.clock.after(ms, () => resolve(undefined));
    return await Promise.race([child.exited, promise]);
  }

  async #wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    using _timer = this.#options.clock.after(ms, resolve);
    await Promise.race([promise, this.#stop.promise]);
  }
}
