/**
 * One client's view of one session: a cursor on its log, which turns entries into messages as they are read.
 *
 * An answer of the session has its place in the log, too, so none overtakes the updates before it. So have the questions
 * of the agent: each client that is attached is asked, and told when somebody else has answered.
 */
import type { Numbered, ReadLimits } from '../../events/log.ts';
import type { Result } from '../../core/failure.ts';
import { Notifier } from '../../core/notifier.ts';
import { AgentError } from '../connection/connection.ts';
import { fieldsOf, textOf, type Fields, type SessionEntry } from '../session/entry.ts';
import type { Turn } from '../session/turn.ts';
import type { PromptFailure } from '../session/use-failure.ts';
import type { OpenSession } from '../stored.ts';
import { messagesOf } from './entry-messages.ts';
import { errorText, notificationText, requestText, resultText, type RequestId } from './json-rpc.ts';
import type { Source } from './sources.ts';
import type { Sendable } from './tail.ts';

export interface AttachmentPorts {
  readonly open: OpenSession;
  /** The agent's id of the session. */
  readonly sessionId: string;
  /** Entries up to this number are not for this client, as it knows them; all later ones are. */
  readonly after: number;
  /** A request to the client: returns its id. `answered` is called once, with a result or an error. */
  readonly ask: (answered: (answer: Fields) => void) => number;
  /** Nobody wants the answer any more. */
  readonly forget: (requestId: number) => void;
}

/** At a place of the log: a message, or what is to be done when everything before it has been read. */
interface Inserted {
  /** Undefined: at the end. */
  readonly place: number | undefined;
  readonly act: () => readonly string[];
}

const READ_AT_ONCE = { entries: 64, bytes: 256 * 1024 } as const;

export class Attachment implements Source, Disposable {
  readonly open: OpenSession;
  readonly #ports: AttachmentPorts;
  readonly #changed = new Notifier();
  readonly #inserted: Inserted[] = [];
  #entries: Numbered<SessionEntry>[] = [];
  /** Messages of the entry that was read last. */
  #messages: Sendable[] = [];
  #cursor: number;
  /** Everything up to here is what was: it is told, not asked. */
  #history: number;
  /** Prompts of this client whose answers are to come. */
  readonly #turns = new Map<
    number,
    { readonly requestId: RequestId; readonly turn: Turn; readonly done: () => void }
  >();
  /** Requests to the client that wait, by the permission they ask for. */
  readonly #asked = new Map<string, number>();
  #isDisposed = false;
  #isPrompting = false;

  constructor(ports: AttachmentPorts) {
    this.open = ports.open;
    this.#ports = ports;
    this.#cursor = ports.after;
    this.#history = ports.open.log.last;
  }

  /** Asks for what waits for an answer already; after all that was inserted before. */
  begin(): void {
    this.insert(() =>
      this.#isDisposed ? [] : this.open.session.permissions.pending.flatMap(({ id }) => this.#askFor(id)),
    );
  }

  /** Nothing comes any more: the session has ended, or the client has left. */
  get over(): boolean {
    if (this.#isDisposed) return true;
    const { session, log } = this.open;
    return (
      session.over && this.#cursor >= log.last && this.#inserted.length + this.#messages.length + this.#turns.size === 0
    );
  }

  /** After all that is in the log by now. */
  insert(act: () => readonly string[]): void {
    this.#inserted.push({ place: this.open.log.last, act });
    this.#changed.notifyAll();
  }

  /** When the session has ended, after all that is in its log. */
  atEnd(act: () => readonly string[]): void {
    this.#inserted.push({ place: undefined, act });
  }

  /** A prompt of this client: its answer comes at the end of the turn. `done`: when that has been read. */
  prompt(requestId: RequestId, done: () => void, send: () => Result<Turn, PromptFailure>): PromptFailure | undefined {
    // Its turn may begin at once, and must not be taken for somebody else's.
    this.#isPrompting = true;
    const sent = send();
    this.#isPrompting = false;
    if (!sent.ok) return sent.failure;
    this.#turns.set(sent.value.number, { requestId, turn: sent.value, done });
    this.#changed.notifyAll();
    return undefined;
  }

  /** The client attaches anew: what it has prompted and asked is answered there. */
  handOver(to: Attachment): void {
    for (const [number, mine] of this.#turns) to.#turns.set(number, mine);
    this.#turns.clear();
    to.#inserted.push(...this.#inserted.splice(0));
    this[Symbol.dispose]();
  }

  next(): Sendable | undefined {
    while (!this.#isDisposed && !this.#isPrompting) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      const inserted = this.#nextInserted();
      if (inserted !== undefined) {
        this.#messages = inserted.act().map((text) => ({ text }));
        continue;
      }
      const entry = this.#nextEntry();
      if (entry === undefined) {
        const { session, log } = this.open;
        if (!session.over) return undefined;
        if (this.#cursor >= log.last) return this.#lost();
        // Its record was removed: what waits for a place in the log need not wait any more.
        this.#cursor = log.last;
        continue;
      }
      this.#cursor = entry.id;
      this.#messages = this.#read(entry);
    }
    return undefined;
  }

  once(wake: () => void): Disposable {
    const waits = [this.open.log.grown.once(wake), this.#changed.once(wake), this.open.session.whenEnded.once(wake)];
    return {
      [Symbol.dispose]() {
        for (const wait of waits) wait[Symbol.dispose]();
      },
    };
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const requestId of this.#asked.values()) this.#ports.forget(requestId);
    for (const { done } of this.#turns.values()) done();
    this.#changed.notifyAll();
  }

  #nextInserted(): Inserted | undefined {
    const { session, log } = this.open;
    const hasEnded = session.over && this.#cursor >= log.last;
    const index = this.#inserted.findIndex(({ place }) => (place === undefined ? hasEnded : place <= this.#cursor));
    return index === -1 ? undefined : this.#inserted.splice(index, 1)[0];
  }

  #nextEntry(): Numbered<SessionEntry> | undefined {
    if (this.#entries.length === 0) this.#entries = entriesAfter(this.open.log, this.#cursor, READ_AT_ONCE);
    return this.#entries.shift();
  }

  #read({ id, entry }: Numbered<SessionEntry>): Sendable[] {
    // A turn of this client may have ended before it attached anew.
    const concerns = id > this.#history || entry.event === 'turn_end';
    const live = concerns ? this.#concerns(entry.event, fieldsOf(entry.data)) : undefined;
    if (live !== undefined) return live.map((text) => ({ text }));
    const { log } = this.open;
    const { sessionId } = this.#ports;
    return messagesOf(sessionId, entry).map((text, index) => ({
      text,
      again: () => {
        const [again] = entriesAfter(log, id - 1, { entries: 1, bytes: 1 });
        return again === undefined ? undefined : messagesOf(sessionId, again.entry)[index];
      },
    }));
  }

  /** The session has ended, and its log does not say how a turn did: a full disk, a record that was removed. */
  #lost(): Sendable | undefined {
    const [first] = this.#turns.values();
    if (first === undefined) return undefined;
    const [text = ''] = this.#turnEnded({ turn: first.turn.number, error: 'the session has ended' });
    return { text };
  }

  /** What an entry means for this client and no other; undefined where that is nothing. */
  #concerns(event: string, data: Fields): readonly string[] | undefined {
    switch (event) {
      case 'prompt':
        return this.#turns.has(Number(data['turn'])) ? [] : undefined;
      case 'turn_end':
        return this.#turnEnded(data);
      case 'permission':
        return this.#askFor(textOf(data['id']) ?? '');
      case 'permission_answer':
        return this.#answered(textOf(data['id']) ?? '');
      default:
        return undefined;
    }
  }

  #turnEnded(data: Fields): readonly string[] {
    const mine = this.#turns.get(Number(data['turn']));
    if (mine === undefined) return [];
    this.#turns.delete(mine.turn.number);
    mine.done();
    return [answerOf(mine.requestId, mine.turn, data)];
  }

  /** What was answered in the meantime is not asked any more. */
  #askFor(permission: string): readonly string[] {
    const { open, ask, sessionId } = this.#ports;
    const params = open.session.permissions.paramsOf(permission);
    if (params === undefined || this.#asked.has(permission)) return [];
    const requestId = ask((answer) => {
      this.#asked.delete(permission);
      this.#reply(permission, answer);
    });
    this.#asked.set(permission, requestId);
    return [requestText(requestId, 'session/request_permission', { ...params, sessionId })];
  }

  #reply(permission: string, answer: Fields): void {
    const { session } = this.open;
    const { outcome, optionId } = fieldsOf(fieldsOf(answer['result'])['outcome']);
    const isOption = outcome === 'selected' && typeof optionId === 'string';
    if (isOption && session.permissions.answer(permission, { optionId }).ok) return;
    // Only who has prompted turns away from the turn; of anybody else it is no answer.
    if (this.#turns.has(session.turns.current?.number ?? 0))
      session.permissions.answer(permission, { cancelled: true });
  }

  /** By somebody else, or it is not wanted any more. */
  #answered(permission: string): readonly string[] {
    const requestId = this.#asked.get(permission);
    if (requestId === undefined) return [];
    this.#asked.delete(permission);
    this.#ports.forget(requestId);
    return [notificationText('$/cancel_request', { requestId })];
  }
}

/** None where the log is gone: the session was removed. */
function entriesAfter(log: OpenSession['log'], after: number, limits: ReadLimits): Numbered<SessionEntry>[] {
  try {
    return log.read(after, limits);
  } catch {
    return [];
  }
}

/** The answer to a prompt: as the agent gave it, save that a turn which was cancelled says so. */
function answerOf(requestId: RequestId, { answer, cancelled }: Turn, end: Fields): string {
  const { stopReason, error } = end;
  if (cancelled !== undefined || (error === undefined && !(answer instanceof AgentError)))
    return resultText(requestId, { ...(answer instanceof AgentError ? {} : answer), stopReason: wire(stopReason) });
  if (answer instanceof AgentError) return errorText(requestId, answer);
  return errorText(requestId, { code: -32_603, message: textOf(error) ?? 'the turn has failed' });
}

/** Words of ours are none of the protocol's. */
const wire = (stopReason: unknown): unknown => (stopReason === 'timeout' ? 'cancelled' : stopReason);
