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
import { counted } from '../core/counted.ts';
import { messageOf } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { BackOff, FIRST_MS } from './back-off.ts';
import type { Installation } from './installation.ts';
import type { Trial } from './record.ts';
import { TrialNotes } from './trial-notes.ts';

/** Exit code of a server that has put a new version in place. Inherited: callers know the number. */
export const UPDATE_EXIT = 42;
const REFUSED_EXIT = 1;

const PROBE_EVERY_MS = 250;
/** A version on trial that does not answer for so long is rolled back, also before the trial is over. */
const SILENCE_MS = 30_000;
/** How long a version that is rolled back may take to stop. */
const STOP_MS = 5000;
/** How long an earlier server may take to let go of the data folder; one that still answers is hardly going. */
const HAND_OVER_MS = { answers: 3000, silent: 15_000 } as const;
/** How soon the end of a trial is noted again, where that has failed. */
const NOTE_AGAIN_MS = 10_000;

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
  /** What holds the data folder: what another server is on trial with is not ours to judge. Never rejects. */
  readonly holder: () => Promise<'none' | 'answers' | 'silent'>;
  /** Milliseconds that a server may take to stop when it was asked to. */
  readonly stopMs: number;
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
  readonly #notes: TrialNotes;
  readonly #stop = Promise.withResolvers<void>();
  #stopping = false;
  #child: Child | undefined;
  #deadline: Disposable | undefined;
  /** Whether any server of this supervisor has ever answered. */
  #hasAnswered = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#backOff = new BackOff(options.clock);
    this.#notes = new TrialNotes(options);
  }

  /** Passes a signal on: the supervisor ends with the server, which is killed when it does not end, or at a second SIGTERM. */
  signal(name: string): void {
    const again = this.#stopping;
    this.#stopping = true;
    this.#stop.resolve();
    const child = this.#child;
    if (again && name === 'SIGTERM') return child?.kill();
    child?.signal(name);
    if (!again) this.#deadline = this.#options.clock.after(this.#options.stopMs, () => this.#child?.kill());
  }

  /** Resolves to the exit code of the whole. */
  async run(): Promise<number> {
    using _backOff = this.#backOff;
    try {
      return await this.#supervise();
    } finally {
      this.#deadline?.[Symbol.dispose]();
    }
  }

  async #supervise(): Promise<number> {
    if (!(await this.#comesFree())) return this.#startOnce();
    let trial = await this.#notes.recover();
    // Its successor counts for itself.
    if (trial !== undefined && !this.#options.leaves) trial = await this.#notes.countStart(trial);
    for (; ; trial = await this.#notes.recover()) {
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
    if (this.#stopping) {
      this.#notes.takeBackStart();
      return code === UPDATE_EXIT ? 0 : code;
    }
    if (code === 0) return code;
    if (code === REFUSED_EXIT && !this.#hasAnswered) return code;
    const updated = code === UPDATE_EXIT;
    // After an update at once, unless that is all it ever does.
    const waitMs = this.#backOff.ended() - (updated ? FIRST_MS : 0);
    if (!updated) log.warn('the server has ended and is started again', { exitCode: code, waitSeconds: waitMs / 1000 });
    if (waitMs > 0) await this.#wait(waitMs);
    return this.#stopping ? 0 : undefined;
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

  /** Waits for an earlier server to go; false when it stays. */
  async #comesFree(): Promise<boolean> {
    for (let waited = 0; ; waited += PROBE_EVERY_MS) {
      const holder = await this.#options.holder();
      if (holder === 'none') return true;
      if (this.#stopping || waited >= HAND_OVER_MS[holder]) return false;
      await this.#wait(PROBE_EVERY_MS);
    }
  }

  /** A server that will be refused its start, and says why. */
  async #startOnce(): Promise<number> {
    if (this.#stopping) return 0;
    this.#child = this.#start();
    return this.#child.exited;
  }

  async #watch(child: Child): Promise<Outcome> {
    while (!this.#hasAnswered || this.#notes.hasSuspect || this.#options.leaves) {
      const code = await this.#exitWithin(child, PROBE_EVERY_MS);
      if (code !== undefined) {
        this.#notes.acquit();
        return { kind: 'exited', code };
      }
      if ((await child.version()) === undefined) continue;
      this.#hasAnswered = true;
      this.#notes.convict();
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
    let end = clock.after(trialMs, () => void (over = true));
    try {
      for (;;) {
        const code = await this.#exitWithin(child, PROBE_EVERY_MS);
        if (this.#stopping) return { kind: 'exited', code: await child.exited };
        if (code === 0 && answered) return { kind: 'exited', code };
        // Refused, as when its port was taken meanwhile: the one before shows whose fault that is.
        const fault = code === REFUSED_EXIT && !answered ? 'machine' : 'version';
        if (code !== undefined) return await this.#rollBack(child, trial, `it ended with exit code ${code}`, fault);
        const version = await child.version();
        if (version === undefined) {
          if (silent)
            return await this.#rollBack(child, trial, `it did not answer for ${counted(silenceMs / 1000, 'seconds')}`);
          continue;
        }
        if (version !== trial.version) return await this.#rollBack(child, trial, `it answers as version ${version}`);
        answered = true;
        this.#hasAnswered = true;
        silence[Symbol.dispose]();
        silence = listen();
        silent = false;
        if (!over) continue;
        if (this.#notes.commit(trial)) return leaves ? { kind: 'left' } : await this.#watch(child);
        over = false;
        end = clock.after(NOTE_AGAIN_MS, () => void (over = true));
      }
    } finally {
      end[Symbol.dispose]();
      silence[Symbol.dispose]();
    }
  }

  async #rollBack(child: Child, trial: Trial, why: string, fault: 'version' | 'machine' = 'version'): Promise<Outcome> {
    this.#options.log.warn('the new version has failed its trial', { version: trial.version, why });
    child.signal('SIGTERM');
    if ((await this.#exitWithin(child, STOP_MS)) === undefined) child.kill();
    await child.exited;
    if (!(await this.#notes.rollBack(trial, why, fault))) await this.#wait(this.#backOff.ended());
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
