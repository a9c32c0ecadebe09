/** The sessions that one client is attached to, and where what is said of each goes: an outbox of its own, or that of all. */
import type { Clock } from '../../core/clock.ts';
import type { AttachedClient } from '../session-use.ts';
import type { OpenSession } from '../stored.ts';
import { Attachment } from './attachment.ts';
import type { ConnectRequest } from './client.ts';
import type { ClientQuestions } from './client-questions.ts';
import { MessageOutbox } from './message-outbox.ts';

/** Outboxes of sessions, and sessions, of one connection. */
export const MAX_SESSIONS = 64;

export interface ClientAttachmentsOptions {
  readonly clock: Clock;
  readonly request: ConnectRequest;
  readonly questions: ClientQuestions;
  /** How the record of a session names this client. */
  readonly told: () => Omit<AttachedClient, 'since'>;
  /** A session has ended. */
  readonly sessionEnded: () => void;
}

interface Attached {
  readonly attachment: Attachment;
  readonly onRecord: Disposable;
}

export class ClientAttachments {
  readonly outbox: MessageOutbox;
  readonly #options: ClientAttachmentsOptions;
  readonly #outboxes = new Map<string, MessageOutbox>();
  readonly #bySession = new Map<string, Attached>();
  #hasEnded = false;

  constructor(options: ClientAttachmentsOptions) {
    this.#options = options;
    this.outbox = new MessageOutbox(options.clock);
  }

  /** Whether every session has ended that this client is attached to. */
  get allOver(): boolean {
    return [...this.#bySession.values()].every(({ attachment }) => attachment.open.session.over);
  }
  /** Sessions that this client is attached to, and that have not ended. */
  get count(): number {
    this.#forgetOver();
    return this.#bySession.size;
  }

  /** Undefined for a session that this client has neither made nor loaded, or that has ended. */
  get(sessionId: string): Attachment | undefined {
    const attachment = this.#bySession.get(sessionId)?.attachment;
    return attachment?.open.session.over === true ? undefined : attachment;
  }

  /** Where what is said of a session goes; undefined where there are too many. */
  outboxOf(sessionId: string): MessageOutbox | undefined {
    if (!this.#options.request.outboxPerSession) return this.outbox;
    const known = this.#outboxes.get(sessionId);
    if (known !== undefined) return known;
    if (this.#outboxes.size >= MAX_SESSIONS) this.#forgetOver();
    if (this.#outboxes.size >= MAX_SESSIONS) return undefined;
    const outbox = new MessageOutbox(this.#options.clock);
    this.#outboxes.set(sessionId, outbox);
    return outbox;
  }

  /**
   * Attaches the client, anew if it was attached. `after`: entries of the log that it knows. `first` comes before what
   * the agent asks, after all that is in the log by now.
   */
  attach(open: OpenSession, sessionId: string, after: number, first: () => readonly string[] = () => []): void {
    // The client has gone while its session was made: that goes on by itself.
    if (this.#hasEnded) return;
    const { questions, clock, told, sessionEnded } = this.#options;
    const attachment = new Attachment({
      open,
      sessionId,
      after,
      ask: (answered) => questions.add(sessionId, answered),
      forget: (id) => questions.forget(id),
    });
    const before = this.#bySession.get(sessionId);
    before?.attachment.handOver(attachment);
    before?.onRecord[Symbol.dispose]();
    attachment.insert(first);
    attachment.begin();
    const onRecord = open.use.attach({ ...told(), since: clock.now() });
    this.#bySession.set(sessionId, { attachment, onRecord });
    open.session.whenEnded.once(sessionEnded);
    (this.outboxOf(sessionId) ?? this.outbox).add(attachment);
  }

  /** A message about a session, after all that it has said by now. */
  say(sessionId: string | undefined, text: string): void {
    const attachment = sessionId === undefined ? undefined : this.get(sessionId);
    if (attachment !== undefined) return attachment.insert(() => [text]);
    const outbox = sessionId === undefined ? undefined : this.outboxOf(sessionId);
    (outbox ?? this.outbox).direct.add(text);
  }

  /** Sessions that have ended, and of which all is said, make room for others; so do streams of none that nobody reads. */
  #forgetOver(): void {
    for (const [sessionId, { attachment, onRecord }] of this.#bySession) {
      if (!attachment.over) continue;
      this.#bySession.delete(sessionId);
      onRecord[Symbol.dispose]();
    }
    for (const [sessionId, outbox] of this.#outboxes)
      if (!this.#bySession.has(sessionId) && outbox.isIdle) this.#outboxes.delete(sessionId);
  }

  /** `keepsReading`: what was said is still to be read. */
  end(why: Parameters<MessageOutbox['end']>[0], keepsReading: boolean): void {
    this.#hasEnded = true;
    for (const { attachment, onRecord } of this.#bySession.values()) {
      if (!keepsReading) attachment[Symbol.dispose]();
      onRecord[Symbol.dispose]();
    }
    for (const outbox of [this.outbox, ...this.#outboxes.values()]) outbox.end(why);
  }
}
