/**
 * The audit log: entries wait in a queue and are written behind the back of the requests that they tell of.
 *
 *   idle ──record──▶ writing ──queue empty──▶ idle
 *                       └──the disk refuses──▶ failing ──5 s──▶ writing
 *
 * The queue is bounded: what finds it full gets no entry, and the next entry says how many got none.
 */
import { toSeconds, type Clock } from '../core/clock.ts';
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { Notifier } from '../core/notifier.ts';
import type { AuditedRequest, AuditEntry } from './entry.ts';
import { AuditFiles, entryText, type AuditFilesOptions } from './files.ts';
import { RefusalBudget } from './refusal-budget.ts';

/** Entries that wait to be written: some megabytes. */
const MAX_WAITING = 10_000;
const RETRY_MS = 5000;
/** While entries keep coming they are gathered for so long: each append opens a file, which would cost a busy server a fifth of its time. */
const GATHER_MS = 20;

type State =
  | { readonly at: 'idle' }
  | { readonly at: 'writing'; readonly done: Promise<void> }
  | { readonly at: 'failing'; readonly detail: string; readonly retry: Disposable };

export interface AuditLogOptions extends AuditFilesOptions {
  readonly clock: Clock;
  readonly log: Log;
}

export interface ReadFailure {
  readonly reason: 'log-unreadable';
  readonly detail: string;
}

export class AuditLog implements AsyncDisposable {
  readonly #options: AuditLogOptions;
  readonly #budget: RefusalBudget;
  /** As text, made one by one: hundreds at once would hold up the requests that come meanwhile. */
  readonly #waiting: string[] = [];
  readonly #written = new Notifier();
  /** Opened when it is first wanted: a start does not wait for it. */
  #opening: Promise<AuditFiles> | undefined;
  #state: State = { at: 'idle' };
  /** Requests since the last entry that got none. */
  #skipped = 0;
  #skippedEver = 0;
  #recordedEver = 0;
  #writtenEver = 0;
  #appended = Promise.withResolvers<void>();
  /** Ends the gathering that goes on, for whoever waits. */
  #hurry = () => {};
  /** The log has been told of this failure. */
  #complained = false;
  #closed = false;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#budget = new RefusalBudget(options.clock);
  }

  /** Why entries cannot be written, when they cannot. */
  get writeError(): string | undefined {
    return this.#state.at === 'failing' ? this.#state.detail : undefined;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Entries since the start, and requests that got none. */
  get counts(): { readonly recorded: number; readonly skipped: number } {
    return { recorded: this.#recordedEver, skipped: this.#skippedEver };
  }

  /** Never waits and never throws. `request` is called only where there is an entry: most of a flood has none. */
  record(key: string | null, request: () => Omit<AuditedRequest, 'key'>): void {
    if (this.#closed) return;
    if (this.#waiting.length >= MAX_WAITING || (key === null && !this.#budget.take())) {
      this.#skipped += 1;
      this.#skippedEver += 1;
      return;
    }
    const time = toSeconds(this.#options.clock.now());
    const { peer, method, route, what, status } = request();
    const entry = { time, key, peer, method, route, what, status };
    this.#waiting.push(entryText(this.#skipped > 0 ? { ...entry, skipped: this.#skipped } : entry));
    this.#skipped = 0;
    this.#recordedEver += 1;
    if (this.#state.at === 'idle') this.#write();
  }

  /**
   * At most `limit` entries between `after` and `before`, oldest first: the first ones where `after` is given, else the last
   * ones.
   */
  async page(
    limit: number,
    { after, before = Infinity }: { readonly after?: number; readonly before?: number },
  ): Promise<Result<AuditEntry[], ReadFailure>> {
    await this.settled();
    try {
      const files = await this.#open();
      if (after === undefined) return ok(await files.before(before, limit));
      return ok((await files.after(after, limit)).filter(({ seq }) => seq < before));
    } catch (error) {
      return fail({ reason: 'log-unreadable', detail: messageOf(error) });
    }
  }

  /** Resolves when there is an entry after `seq`, when `ms` are over, when the signal is aborted, or when nothing can be read. */
  async beyond(seq: number, ms: number, signal: AbortSignal): Promise<void> {
    await this.settled();
    const files = await this.#open().catch(() => undefined);
    if (files !== undefined && files.last <= seq) await this.#written.wait(signal, ms);
  }

  /** Resolves when all that was recorded before is written, or cannot be written now. */
  async settled(): Promise<void> {
    const wanted = this.#recordedEver;
    // What comes meanwhile is not waited for: on a busy server that would have no end.
    while (this.#state.at === 'writing' && this.#writtenEver < wanted) {
      this.#hurry();
      await Promise.race([this.#appended.promise, this.#state.done]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.settled();
    if (this.#state.at !== 'failing') return;
    this.#state.retry[Symbol.dispose]();
    this.#write();
    await this.settled();
    if (this.#state.at === 'failing') this.#state.retry[Symbol.dispose]();
  }

  #write(): void {
    const done = this.#writeAll().then(
      () => this.#rest(),
      (error: unknown) => this.#fail(messageOf(error)),
    );
    this.#state = { at: 'writing', done };
  }

  async #writeAll(): Promise<void> {
    const files = await this.#open();
    while (this.#waiting.length > 0) {
      const count = await files.append(this.#waiting);
      this.#waiting.splice(0, count);
      this.#writtenEver += count;
      this.#appended.resolve();
      this.#appended = Promise.withResolvers();
      this.#written.notifyAll();
      if (this.#waiting.length > 0) await this.#gather();
    }
  }

  async #gather(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    using _over = this.#options.clock.after(GATHER_MS, resolve);
    this.#hurry = resolve;
    await promise;
  }

  #rest(): void {
    this.#state = { at: 'idle' };
    this.#complained = false;
    // Recorded between the last look at the queue and now.
    if (this.#waiting.length > 0) this.#write();
  }

  #fail(detail: string): void {
    if (!this.#complained) this.#options.log.warn('the audit log cannot be written; trying again', { detail });
    this.#complained = true;
    this.#state = { at: 'failing', detail, retry: this.#options.clock.after(RETRY_MS, () => this.#write()) };
  }

  async #open(): Promise<AuditFiles> {
    try {
      return await (this.#opening ??= AuditFiles.open(this.#options));
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }
}
