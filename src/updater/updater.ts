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
import type { Log } from '../core/log.ts';
import { check, type Expected } from './check.ts';
import { discard, download } from './download.ts';
import { explainUpdate, type UpdateFailure } from './failures.ts';
import type { Installation } from './installation.ts';
import type { Offer } from './manifest.ts';
import { readRecord, type BadVersion, type Trial } from './record.ts';
import { swap } from './swap.ts';
import type { TransferOptions } from './transfer.ts';
import type { SelftestFailure } from './try-out.ts';

/** How often it is looked whether something is still active. */
const LOOK_EVERY_MS = 500;

type Phase = 'scheduled' | 'checking' | 'downloading' | 'trying' | 'swapping';

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

/** The server that is to be updated. */
export interface UpdatedServer {
  /** What is active, in words; empty when nothing is. */
  busy(): string;
  /** Takes no more work from now on. */
  drain(): void;
  /** Takes work again. */
  resume(): void;
  /** Goes down, so that the new version can start. */
  stop(): void;
}

export interface UpdaterOptions {
  readonly expected: Expected;
  /** Where releases are. */
  readonly base: string;
  readonly installation: Installation;
  readonly dataPath: string;
  readonly server: UpdatedServer;
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch: TransferOptions['fetch'];
  readonly tryOut: (
    path: string,
    version: string,
    signal: AbortSignal,
  ) => Promise<Result<void, SelftestFailure | { readonly reason: 'cancelled' }>>;
  /** Undefined while another server has it. Throws where the folder cannot be written. */
  readonly lock: () => Disposable | undefined;
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
      waitingFor: state.at === 'scheduled' ? this.#options.server.busy() : undefined,
      lastCheckedAt: this.#lastCheckedAt,
      upToDate: this.#upToDate,
      lastError: this.#lastError,
      bad: this.#record().bad,
      trial,
    };
  }

  /** Begins an update; it goes on by itself. `idle`: as soon as nothing is active, and not before. */
  start(when: 'now' | 'idle'): Result<void, InProgress> {
    this.#refreshTrial();
    if (when === 'idle' && this.#state.at === 'scheduled') return ok(undefined);
    return this.#begin(when === 'idle' ? 'scheduled' : 'checking', (work) => this.#update(work, when));
  }

  /** Only looks whether there is a newer version. Resolves when that is known. */
  async check(): Promise<Result<void, InProgress>> {
    this.#refreshTrial();
    const begun = this.#begin('checking', async (work) => void (await this.#check(work)));
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
    // At a swap it is this work that has the server stopped.
    if (state.at !== 'swapping') await state.work.done;
  }

  #begin(phase: Phase, run: (work: Work) => Promise<UpdateFailure | void>): Result<void, InProgress> {
    if (this.#state.at !== 'idle') return fail({ reason: 'update-in-progress', state: this.#state.at });
    const { promise, resolve } = Promise.withResolvers<void>();
    const work = { abort: new AbortController(), done: promise };
    this.#lastError = undefined;
    this.#state = { at: phase, work };
    void run(work)
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

  async #update(work: Work, when: 'now' | 'idle'): Promise<UpdateFailure | void> {
    if (when === 'idle') await this.#whenIdle(work);
    if (work.abort.signal.aborted) return;
    const offer = await this.#check(work);
    if (offer === undefined) return;
    const { installation, lock } = this.#options;
    let held: Disposable | undefined;
    try {
      held = lock();
    } catch (error) {
      return { reason: 'folder-unwritable', folder: installation.place.folder, detail: messageOf(error) };
    }
    if (held === undefined) return { reason: 'locked' };
    // Until the process ends, once the executable is replaced: nobody else is to begin before the trial is noted.
    const failure = await this.#install(work, offer);
    if (this.#state.at !== 'swapping') held[Symbol.dispose]();
    return failure;
  }

  /** Undefined where there is nothing to install; `lastError` says why. */
  async #check(work: Work): Promise<Offer | undefined> {
    const { base, expected, clock } = this.#options;
    this.#enter('checking', work);
    const checked = await check(base, expected, this.#record(), this.#transfer(work));
    if (work.abort.signal.aborted) return undefined;
    this.#lastCheckedAt = clock.now();
    this.#available = checked.ok ? checked.value : undefined;
    this.#upToDate = !checked.ok && checked.failure.reason === 'not-newer';
    if (!checked.ok) this.#tell(checked.failure, work);
    return this.#available;
  }

  async #install(work: Work, offer: Offer): Promise<UpdateFailure | void> {
    const { base, installation, log, tryOut } = this.#options;
    const { signal } = work.abort;
    const { version } = offer;
    this.#enter('downloading', work);
    log.info('downloading a new version', { version, bytes: offer.artifact.size });
    const fetched = await download(base, offer, installation, this.#transfer(work), (received) => {
      this.#state = { at: 'downloading', work, received };
    });
    if (!fetched.ok) return fetched.failure;
    this.#enter('trying', work);
    const tried = await tryOut(fetched.value, version, signal);
    if (!tried.ok) {
      discard(installation.files, fetched.value);
      return tried.failure;
    }
    if (!(await this.#closeGate(work))) return discard(installation.files, fetched.value);
    return await this.#swap(work, offer, fetched.value);
  }

  async #swap(work: Work, { version, seq, issued }: Offer, fresh: string): Promise<UpdateFailure | void> {
    const { installation, expected, dataPath, clock, log, server } = this.#options;
    const swapped = await swap(installation, {
      version,
      seq,
      issued: Date.parse(issued),
      previous: expected.version,
      dataPath,
      now: clock.now(),
    });
    if (!swapped.ok) {
      discard(installation.files, fresh);
      this.#giveUpSwap();
      return swapped.failure;
    }
    log.info('the new version is in place; this server goes down for it', { version });
    server.stop();
  }

  #giveUpSwap(): void {
    this.#options.server.resume();
    this.#state = { at: 'idle' };
  }

  /** Nothing is active, and nothing more is taken: from here on the server goes down. False when it was called off. */
  async #closeGate(work: Work): Promise<boolean> {
    const { server } = this.#options;
    do await this.#whenIdle(work);
    while (!work.abort.signal.aborted && server.busy() !== '');
    if (work.abort.signal.aborted) return false;
    // No await since it was last looked at: what was active would be seen, what comes now is refused.
    server.drain();
    this.#enter('swapping', work);
    return true;
  }

  /** Resolves in the turn in which nothing is active, or when it was called off. */
  async #whenIdle(work: Work): Promise<void> {
    const { server, clock } = this.#options;
    const { signal } = work.abort;
    while (!signal.aborted && server.busy() !== '') {
      this.#enter('scheduled', work);
      const { promise, resolve } = Promise.withResolvers<void>();
      using _timer = clock.after(LOOK_EVERY_MS, resolve);
      const wake = () => resolve();
      signal.addEventListener('abort', wake, { once: true });
      await promise;
      signal.removeEventListener('abort', wake);
    }
  }

  #transfer(work: Work): TransferOptions {
    const { clock, fetch } = this.#options;
    return { clock, fetch, signal: work.abort.signal };
  }

  #enter(phase: Phase, work: Work): void {
    this.#state = { at: phase, work };
  }

  #tell(failure: UpdateFailure, work: Work): void {
    if (failure.reason === 'cancelled' || work.abort.signal.aborted) return;
    this.#lastError = explainUpdate(failure);
    const level = failure.reason === 'not-newer' ? 'info' : 'warn';
    this.#options.log[level]('there is no update', { why: this.#lastError });
  }

  #record() {
    const { files, place } = this.#options.installation;
    return readRecord(files, place);
  }

  /** Of this very server. */
  #ownTrial(): Trial | undefined {
    const { expected, dataPath } = this.#options;
    const { trial } = this.#record();
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
