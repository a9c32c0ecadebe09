/** What is asked of a client: permissions, and its files and terminals where the agent uses these. */
import type { Clock } from '../../core/clock.ts';
import { HostRefusal, INTERNAL_ERROR, REQUEST_CANCELLED } from '../connection/connection.ts';
import { fieldsOf, textOf, type Fields } from '../session/entry.ts';
import { notificationText, requestText } from './json-rpc.ts';

/** A client that is away has so long to come back before the agent is told that it is. */
const AWAY_MS = 30_000;

export interface ClientQuestionsOptions {
  readonly clock: Clock;
  /** Milliseconds since nothing connects the client; 0 while something does. */
  readonly awayMs: () => number;
}

interface Question {
  readonly sessionId: string | undefined;
  readonly answered: (answer: Fields) => void;
}

/** Puts a message where those of its session belong. */
type SendAbout = (sessionId: string | undefined, text: string) => void;

export class ClientQuestions {
  readonly #options: ClientQuestionsOptions;
  readonly #waiting = new Map<number, Question>();
  #asked = 0;

  constructor(options: ClientQuestionsOptions) {
    this.#options = options;
  }

  /** Returns the id of the request; `answered` is called once at most. */
  add(sessionId: string | undefined, answered: (answer: Fields) => void): number {
    this.#asked += 1;
    this.#waiting.set(this.#asked, { sessionId, answered });
    return this.#asked;
  }

  /** The session of a request that waits. */
  sessionOf(id: unknown): string | undefined {
    return typeof id === 'number' ? this.#waiting.get(id)?.sessionId : undefined;
  }

  forget(id: number): void {
    this.#waiting.delete(id);
  }

  /** The client is gone for good. */
  end(): void {
    const error = { code: INTERNAL_ERROR, message: 'the client has left' };
    for (const [id, { answered }] of this.#waiting) {
      this.#waiting.delete(id);
      answered({ error });
    }
  }

  /** An answer to nothing that waits is passed over: somebody else was faster. */
  answered(id: unknown, answer: Fields): void {
    if (typeof id !== 'number') return;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.answered(answer);
  }

  /** A request of the agent that its client answers. Rejects with a HostRefusal. */
  async ask(method: string, params: unknown, signal: AbortSignal, send: SendAbout): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const sessionId = textOf(fieldsOf(params)['sessionId']);
    const id = this.add(sessionId, (answer) => {
      if ('result' in answer) return resolve(answer['result']);
      const { code, message, data } = fieldsOf(answer['error']);
      const number = typeof code === 'number' ? code : INTERNAL_ERROR;
      reject(new HostRefusal(number, textOf(message) ?? 'the client has refused it', data));
    });
    const takeBack = () => {
      send(sessionId, notificationText('$/cancel_request', { requestId: id }));
      reject(new HostRefusal(REQUEST_CANCELLED, 'the agent has taken its request back'));
    };
    signal.addEventListener('abort', takeBack, { once: true });
    send(sessionId, requestText(id, method, params));
    const timer = this.#failWhenAway(reject);
    try {
      return await promise;
    } finally {
      timer[Symbol.dispose]();
      signal.removeEventListener('abort', takeBack);
      this.forget(id);
    }
  }

  #failWhenAway(reject: (error: HostRefusal) => void): Disposable {
    const { clock, awayMs } = this.#options;
    const look = () => {
      const left = AWAY_MS - awayMs();
      if (left > 0) timer = clock.after(left, look);
      else reject(new HostRefusal(INTERNAL_ERROR, `the client has been away for ${AWAY_MS / 1000} s`));
    };
    let timer = clock.after(AWAY_MS, look);
    return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
  }
}
