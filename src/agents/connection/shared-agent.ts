/**
 * One agent process for several sessions: a login belongs to the process, so all sessions of a client share it. It lives
 * as long as somebody holds it, a client or a session.
 *
 * What the agent sends about a session goes to that session. Some agents speak of a session before they have answered the
 * request that makes it: that is kept until the answer says whose it is.
 */
import { fieldsOf, textOf, type Fields } from '../session/entry.ts';
import type { AgentLink } from './agent-link.ts';
import type { AgentProcess } from './agent-process.ts';
import { isObject } from '../is-object.ts';
import {
  AgentError,
  connectAgent,
  HostRefusal,
  INTERNAL_ERROR,
  METHOD_NOT_FOUND,
  type AgentConnection,
  type AgentReader,
} from './connection.ts';
import { StderrCopies } from './stderr-copies.ts';

/** Notifications kept for sessions that are being made. */
const MAX_EARLY = 1000;

interface Early {
  readonly sessionId: string;
  readonly method: string;
  readonly params: unknown;
}

export class SharedAgent {
  readonly #process: AgentProcess;
  readonly #connection: AgentConnection;
  readonly #stderr: StderrCopies;
  readonly #sessions: Sessions;
  #holders = 0;
  #initialized: Fields = {};
  #ending: Promise<void> | undefined;

  private constructor(process: AgentProcess, connection: AgentConnection, sessions: Sessions) {
    this.#process = process;
    this.#connection = connection;
    this.#sessions = sessions;
    this.#stderr = new StderrCopies(process.stderr);
  }

  static async connect(process: AgentProcess): Promise<SharedAgent> {
    const sessions = new Sessions();
    return new SharedAgent(process, await connectAgent(process, sessions.reader), sessions);
  }

  get pid(): number {
    return this.#process.pid;
  }
  /** Settles when nothing comes from the agent any more. Never rejects. */
  get closed(): Promise<void> {
    return this.#connection.closed;
  }
  /** The end of what it has said on stderr. */
  get stderr(): StderrCopies {
    return this.#stderr;
  }
  get exited(): AgentProcess['exited'] {
    return this.#process.exited;
  }
  /** Its answer to `initialize`. */
  get initialized(): Fields {
    return this.#initialized;
  }

  async initialize(params: Fields): Promise<Fields> {
    const answer = await this.#connection.request('initialize', params);
    if (!isObject(answer)) throw new AgentError(INTERNAL_ERROR, 'the agent has answered initialize with no object');
    return (this.#initialized = answer);
  }

  /** Notifications that it has not read yet. */
  get waiting(): number {
    return this.#connection.waiting;
  }

  /** Something that is of no session. */
  request(method: string, params: Fields, signal?: AbortSignal): Promise<unknown> {
    return this.#connection.request(method, params, signal);
  }

  notify(method: string, params: Fields): void {
    this.#connection.notify(method, params);
  }

  /** It ends when nobody holds it any more. */
  hold(): Disposable {
    this.#holders += 1;
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#holders -= 1;
        if (this.#holders === 0) void this.end();
      },
    };
  }

  /** What a session has of it; the session is known when it has been made or loaded. */
  link(reader: AgentReader): AgentLink {
    const held = this.hold();
    const copy = this.#stderr.copy();
    const part = new SharedPart(this.#connection, this.#sessions, reader, this.#initialized);
    return {
      pid: this.pid,
      stderr: copy.stream,
      exited: this.exited,
      connection: part,
      end: async () => {
        await part.end();
        copy[Symbol.dispose]();
        held[Symbol.dispose]();
        // The last one waits for it.
        await this.#ending;
      },
    };
  }

  end(): Promise<void> {
    return (this.#ending ??= this.#process.end().finally(() => this.#connection.close()));
  }
}

/** Who hears what the agent says. */
class Sessions {
  readonly #readers = new Map<string, AgentReader>();
  /** Who was added last hears what is of nobody. */
  #newest: AgentReader | undefined;
  #making = 0;
  #early: Early[] = [];

  readonly reader: AgentReader = {
    notification: (method, params) => {
      const sessionId = textOf(fieldsOf(params)['sessionId']);
      const reader = this.#of(sessionId);
      if (reader !== undefined) reader.notification(method, params);
      else if (sessionId !== undefined && this.#making > 0 && this.#early.length < MAX_EARLY)
        this.#early.push({ sessionId, method, params });
      else this.#newest?.notification(method, params);
    },
    oddity: (sentence) => this.#newest?.oddity(sentence),
    request: async (method, params, signal) => {
      const sessionId = textOf(fieldsOf(params)['sessionId']);
      const reader = this.#of(sessionId) ?? (sessionId === undefined ? this.#newest : undefined);
      if (reader !== undefined) return reader.request(method, params, signal);
      throw new HostRefusal(METHOD_NOT_FOUND, `nobody here answers ${method} for the session ${sessionId ?? ''}`);
    },
  };

  add(sessionId: string, reader: AgentReader): void {
    this.#readers.set(sessionId, reader);
    this.#newest = reader;
    const early = this.#early.filter((one) => one.sessionId === sessionId);
    this.#early = this.#early.filter((one) => one.sessionId !== sessionId);
    for (const { method, params } of early) reader.notification(method, params);
  }

  remove(sessionId: string, reader: AgentReader): void {
    if (this.#readers.get(sessionId) === reader) this.#readers.delete(sessionId);
    if (this.#newest === reader) this.#newest = [...this.#readers.values()].at(-1);
  }

  /** While it is under way, sessions are kept for that have no reader. */
  async making<T>(request: () => Promise<T>): Promise<T> {
    this.#making += 1;
    try {
      return await request();
    } finally {
      this.#making -= 1;
      // In a later step: whoever has asked adds the session first.
      if (this.#making === 0) setTimeout(() => this.#giveUp(), 0);
    }
  }

  #giveUp(): void {
    if (this.#making > 0) return;
    for (const { method, params } of this.#early.splice(0)) this.#newest?.notification(method, params);
  }

  #of(sessionId: string | undefined): AgentReader | undefined {
    return sessionId === undefined ? undefined : this.#readers.get(sessionId);
  }
}

/** The connection as one session sees it. */
class SharedPart implements AgentConnection {
  readonly closed: Promise<void>;
  readonly #connection: AgentConnection;
  readonly #sessions: Sessions;
  readonly #reader: AgentReader;
  readonly #initialized: Fields;
  readonly #left = Promise.withResolvers<void>();
  #sessionId: string | undefined;

  constructor(connection: AgentConnection, sessions: Sessions, reader: AgentReader, initialized: Fields) {
    this.#connection = connection;
    this.#sessions = sessions;
    this.#reader = reader;
    this.#initialized = initialized;
    this.closed = Promise.race([connection.closed, this.#left.promise]);
  }

  async request(method: string, params: object, signal?: AbortSignal): Promise<unknown> {
    switch (method) {
      case 'initialize':
        return this.#initialized;
      case 'session/load':
      case 'session/resume':
        this.#is(textOf(fieldsOf(params)['sessionId']));
        return this.#connection.request(method, params, signal);
      case 'session/new':
      case 'session/fork':
        return this.#sessions.making(async () => {
          const answer = await this.#connection.request(method, params, signal);
          this.#is(textOf(fieldsOf(answer)['sessionId']));
          return answer;
        });
      default:
        return this.#connection.request(method, params, signal);
    }
  }

  get waiting(): number {
    return this.#connection.waiting;
  }

  notify(method: string, params: object): void {
    this.#connection.notify(method, params);
  }

  close(): void {
    this.#left.resolve();
    if (this.#sessionId !== undefined) this.#sessions.remove(this.#sessionId, this.#reader);
  }

  /** The agent forgets the session, where it can. */
  async end(): Promise<void> {
    const can = fieldsOf(fieldsOf(this.#initialized['agentCapabilities'])['sessionCapabilities'])['close'] ?? null;
    const sessionId = this.#sessionId;
    if (can !== null && sessionId !== undefined)
      await this.#connection.request('session/close', { sessionId }).catch(() => {});
    this.close();
  }

  #is(sessionId: string | undefined): void {
    if (sessionId === undefined) return;
    this.#sessionId = sessionId;
    this.#sessions.add(sessionId, this.#reader);
  }
}
