/**
 * Self-update: this executable replaces itself by a newer one, and cannot lose itself.
 *
 * PARTIES. The publisher signs a manifest, which names each executable by size and hash, with a key that never leaves
 * the publisher (docs/releasing.md). The release server keeps files, and is not trusted: it can withhold, nothing more.
 * A caller with the API key asks for an update, and says neither where from nor to which version. The old executable
 * decides; the new one is believed only when it has run.
 *
 * KEYS. The public keys are part of the executable. Whoever can replace those can replace the executable.
 *
 * STATES, as `GET /update` shows them:
 *
 *   idle ─▶ scheduled ──nothing is active──▶ checking ─▶ downloading ─▶ trying ─▶ swapping ─▶ the server goes down
 *     ◀──────┴─────────────called off, or failed──┴───────────┴───────────┴──────────┘
 *   trial (this server is the new version) ──proven──▶ idle      unavailable: this executable cannot be updated
 *
 * STEPS. After a crash at any of them a start finds an executable that was verified, the old one or the new one:
 *
 *   1 download.ts  the new executable is written beside the old one
 *   2 download.ts  its size and hash are those of the signed manifest
 *   3 try-out.ts   it has started, done a job, and said its version
 *   4 swap.ts      the record says that a swap has begun
 *   5 swap.ts      the old executable has a name of its own
 *   6 swap.ts      the new one is in its place
 *   7              the server goes down: with exit code 42 for its supervisor, else it supervises its successor itself
 *   8 recover.ts   the trial begins
 *   9 rollback.ts  it is over: the new version is committed, or the old one put back and the new one noted as bad
 *
 * The gate between work and update is closed in one turn of the event loop: nothing is active, nothing more is taken,
 * and only then comes step 4.
 */
import type { Clock } from '../core/clock.ts';
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import { explainUpdate, type UpdateFailure } from './failures.ts';
import type { Offer } from './manifest.ts';
import { readRecord, type BadVersion, type Trial } from './record.ts';
import { UpdateRun, type Phase, type RunOptions } from './run.ts';

type State =
  | { readonly at: 'idle' }
  | { readonly at: 'trial' }
  | { readonly at: Phase; readonly work: Work; readonly received?: number };

/** One update, or one check, from its request to its end. */
interface Work {
  readonly abort: AbortController;
  /** Never rejects. */
  readonly done: Promise<void>;
}

export interface UpdateStatus {
  readonly state: State['at'];
  readonly available: Offer | undefined;
  /** Bytes that have come so far. */
  readonly received: number | undefined;
  readonly waitingFor: string | undefined;
  /** Unix milliseconds. */
  readonly lastCheckedAt: number | undefined;
  /** Whether the last check has found that nothing newer is released. */
  readonly upToDate: boolean;
  readonly lastError: string | undefined;
  readonly bad: readonly BadVersion[];
  readonly trial: Trial | undefined;
}

export interface UpdaterOptions extends RunOptions {
  readonly clock: Clock;
}

export interface InProgress {
  readonly reason: 'update-in-progress';
  readonly state: State['at'];
}

export class Updater implements AsyncDisposable {
  readonly #options: UpdaterOptions;
  #state: State;
  #available: Offer | undefined;
  #lastCheckedAt: number | undefined;
  #upToDate = false;
  /** As the record had it when it was last read. */
  #bad: readonly BadVersion[] = [];
  #lastError: string | undefined;

  constructor(options: UpdaterOptions) {
    this.#options = options;
    this.#state = this.#ownTrial() === undefined ? { at: 'idle' } : { at: 'trial' };
  }

  status(): UpdateStatus {
    const trial = this.#refreshTrial();
    const state = this.#state;
    return {
      state: state.at,
      available: this.#available,
      received: 'received' in state ? state.received : undefined,
      waitingFor: (state.at === 'scheduled' && this.#options.server.busy()) || undefined,
      lastCheckedAt: this.#lastCheckedAt,
      upToDate: this.#upToDate,
      lastError: this.#lastError,
      bad: this.#bad,
      trial,
    };
  }

  /** Begins an update; it goes on by itself. `idle`: as soon as nothing is active, and not before. */
  start(when: 'now' | 'idle'): Result<void, InProgress> {
    this.#refreshTrial();
    if (when === 'idle' && this.#state.at === 'scheduled') return ok(undefined);
    return this.#begin(when === 'idle' ? 'scheduled' : 'checking', (run) => run.update(when));
  }

  /** Only looks whether there is a newer version. Resolves when that is known. */
  async check(): Promise<Result<void, InProgress>> {
    this.#refreshTrial();
    const begun = this.#begin('checking', async (run) => void (await run.check()));
    if (!begun.ok) return begun;
    if ('work' in this.#state) await this.#state.work.done;
    return ok(undefined);
  }

  /** Calls an update off, and resolves when nothing is left of it. Refused once the executable is being replaced. */
  async cancel(): Promise<Result<void, InProgress>> {
    this.#refreshTrial();
    const state = this.#state;
    if (state.at === 'swapping' || state.at === 'trial') return fail({ reason: 'update-in-progress', state: state.at });
    if ('work' in state) {
      state.work.abort.abort();
      await state.work.done;
    }
    return ok(undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const state = this.#state;
    if (!('work' in state)) return;
    state.work.abort.abort();
    // Also a swap, which may have two names to change.
    await state.work.done;
  }

  #begin(phase: Phase, carryOut: (run: UpdateRun) => Promise<UpdateFailure | void>): Result<void, InProgress> {
    if (this.#state.at !== 'idle') return fail({ reason: 'update-in-progress', state: this.#state.at });
    const { promise, resolve } = Promise.withResolvers<void>();
    const work = { abort: new AbortController(), done: promise };
    this.#lastError = undefined;
    this.#state = { at: phase, work };
    void Promise.resolve()
      .then(() => carryOut(this.#run(work)))
      .catch((error: unknown) => {
        this.#options.log.error('an update has failed unexpectedly', { detail: messageOf(error) });
        this.#lastError = messageOf(error);
        if (this.#state.at === 'swapping') this.#giveUpSwap();
      })
      .then((failure) => {
        if (failure !== undefined) this.#tell(failure, work);
        if (this.#state.at !== 'swapping') this.#state = { at: 'idle' };
        resolve();
      });
    return ok(undefined);
  }

  #run(work: Work): UpdateRun {
    return new UpdateRun(this.#options, work.abort.signal, {
      enter: (phase) => void (this.#state = { at: phase, work }),
      received: (received) => void (this.#state = { at: 'downloading', work, received }),
      checked: (found) => {
        this.#lastCheckedAt = this.#options.clock.now();
        this.#available = found.ok ? found.value : undefined;
        this.#upToDate = !found.ok && found.failure.reason === 'not-newer';
        if (!found.ok) this.#tell(found.failure, work);
      },
      swapFailed: () => this.#giveUpSwap(),
    });
  }

  #giveUpSwap(): void {
    this.#options.server.resume();
    this.#state = { at: 'idle' };
  }

  #tell(failure: UpdateFailure, work: Work): void {
    if (failure.reason === 'cancelled' || work.abort.signal.aborted) return;
    this.#lastError = explainUpdate(failure);
    const level = failure.reason === 'not-newer' ? 'info' : 'warn';
    this.#options.log[level]('there is no update', { why: this.#lastError });
  }

  /** Of this very server. */
  #ownTrial(): Trial | undefined {
    const { expected, dataPath, installation } = this.#options;
    const { trial, bad } = readRecord(installation.files, installation.place);
    this.#bad = bad;
    return trial?.version === expected.version && trial.dataPath === dataPath ? trial : undefined;
  }

  /** The supervisor ends the trial, in the record. */
  #refreshTrial(): Trial | undefined {
    if (this.#state.at !== 'trial') return undefined;
    const trial = this.#ownTrial();
    if (trial === undefined) this.#state = { at: 'idle' };
    return trial;
  }
}
