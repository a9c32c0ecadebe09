/**
 * One update, from the question for a newer version to the new executable in its place; the steps are those that
 * updater.ts lists.
 */
import type { Clock } from '../core/clock.ts';
import { messageOf, type Result } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { check, type CheckFailure, type Expected } from './check.ts';
import { discard, download } from './download.ts';
import type { UpdateFailure } from './failures.ts';
import type { Installation } from './installation.ts';
import type { Offer } from './manifest.ts';
import { readRecord } from './record.ts';
import { obstacleTo, swap } from './swap.ts';
import type { TransferOptions } from './transfer.ts';
import type { SelftestFailure } from './try-out.ts';

/** How often it is looked whether something is still active: often, so that a busy server's short rests are found. */
const LOOK_EVERY_MS = 100;

export type Phase = 'scheduled' | 'checking' | 'downloading' | 'trying' | 'swapping';

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

export interface RunOptions {
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

/** Who follows how it goes. */
export interface RunObserver {
  enter(phase: Phase): void;
  /** Bytes of the new executable so far. */
  received(bytes: number): void;
  checked(found: Result<Offer, CheckFailure>): void;
  /** The server has work again. */
  swapFailed(): void;
}

/**
 * Once the executable is replaced, until the process ends: nobody else is to begin before the trial is over. A lock that
 * nobody refers to would be collected, and free.
 */
const locksOfThisProcess: Disposable[] = [];

export class UpdateRun {
  readonly #options: RunOptions;
  readonly #signal: AbortSignal;
  readonly #observer: RunObserver;

  constructor(options: RunOptions, signal: AbortSignal, observer: RunObserver) {
    this.#options = options;
    this.#signal = signal;
    this.#observer = observer;
  }

  /** Undefined where there is nothing to install; the observer knows why. */
  async check(): Promise<Offer | undefined> {
    const { base, expected, installation } = this.#options;
    this.#observer.enter('checking');
    // Read now: another server of this executable may have changed it since.
    const record = readRecord(installation.files, installation.place);
    const found = await check(base, expected, record, this.#transfer());
    if (this.#signal.aborted) return undefined;
    this.#observer.checked(found);
    return found.ok ? found.value : undefined;
  }

  async update(when: 'now' | 'idle'): Promise<UpdateFailure | void> {
    if (when === 'idle') await this.#whenIdle();
    if (this.#signal.aborted) return;
    const { installation, lock } = this.#options;
    let held: Disposable | undefined;
    try {
      held = lock();
    } catch (error) {
      return { reason: 'folder-unwritable', folder: installation.place.folder, detail: messageOf(error) };
    }
    if (held === undefined) return { reason: 'locked' };
    let end: UpdateFailure | 'in-place' | undefined;
    try {
      const offer = obstacleTo(installation) ?? (await this.check());
      end = offer === undefined || 'reason' in offer ? offer : await this.#install(offer);
    } finally {
      if (end === 'in-place') locksOfThisProcess.push(held);
      else held[Symbol.dispose]();
    }
    return end === 'in-place' ? undefined : end;
  }

  async #install(offer: Offer): Promise<UpdateFailure | 'in-place' | undefined> {
    const { base, installation, log, tryOut } = this.#options;
    const { version, artifact } = offer;
    this.#observer.enter('downloading');
    log.info('downloading a new version', { version, bytes: artifact.size });
    const fetched = await download(base, offer, installation, this.#transfer(), (bytes) =>
      this.#observer.received(bytes),
    );
    if (!fetched.ok) return fetched.failure;
    const fresh = fetched.value;
    this.#observer.enter('trying');
    const tried = await tryOut(fresh, version, this.#signal);
    if (!tried.ok || !(await this.#closeGate())) {
      discard(installation.files, fresh);
      return tried.ok ? undefined : tried.failure;
    }
    return this.#swap(offer, fresh);
  }

  async #swap({ version, seq, issued }: Offer, fresh: string): Promise<UpdateFailure | 'in-place'> {
    const { installation, expected, dataPath, clock, log, server } = this.#options;
    const previous = expected.version;
    const facts = { version, seq, issued: Date.parse(issued), previous, dataPath, now: clock.now() };
    const swapped = await swap(installation, facts);
    if (!swapped.ok) {
      discard(installation.files, fresh);
      this.#observer.swapFailed();
      return swapped.failure;
    }
    log.info('the new version is in place; this server stops for it', { version });
    server.stop();
    return 'in-place';
  }

  /** Nothing is active, and nothing more is taken: from here on the server goes down. False when it was called off. */
  async #closeGate(): Promise<boolean> {
    const { server } = this.#options;
    do await this.#whenIdle();
    while (!this.#signal.aborted && server.busy() !== '');
    if (this.#signal.aborted) return false;
    // No await since it was last looked at: what was active would be seen, what comes now is refused.
    server.drain();
    this.#observer.enter('swapping');
    return true;
  }

  /** Resolves when nothing is active, or when it was called off. */
  async #whenIdle(): Promise<void> {
    const { server, clock } = this.#options;
    while (!this.#signal.aborted && server.busy() !== '') {
      this.#observer.enter('scheduled');
      const { promise, resolve } = Promise.withResolvers<void>();
      using _timer = clock.after(LOOK_EVERY_MS, resolve);
      const wake = () => resolve();
      this.#signal.addEventListener('abort', wake, { once: true });
      await promise;
      this.#signal.removeEventListener('abort', wake);
    }
  }

  #transfer(): TransferOptions {
    const { clock, fetch } = this.#options;
    return { clock, fetch, signal: this.#signal };
  }
}
