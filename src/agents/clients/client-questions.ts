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

export class ClientQuestions {
  readonly #options: ClientQuestionsOptions;
  readonly #waiting = new Map<number, (answer: Fields) => void>();
  #asked = 0;

  constructor(options: ClientQuestionsOptions) {
    this.#options = options;
  }

  /** Returns the id of the request; `answered` is called once at most. */
  add(answered: (answer: Fields) => void): number {
    this.#asked += 1;
    this.#waiting.set(this.#asked, answered);
    return this.#asked;
  }

  forget(id: number): void {
    this.#waiting.delete(id);
  }

  /** The client is gone for good. */
  end(): void {
    const error = { code: INTERNAL_ERROR, message: 'the client has left' };
    for (const [id, waiting] of this.#waiting) {
      this.#waiting.delete(id);
      waiting({ error });
    }
  }

  /** An answer to nothing that waits is passed over: somebody else was faster. */
  answered(id: unknown, answer: Fields): void {
    if (typeof id !== 'number') return;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.(answer);
  }

  /** A request of the agent that its client answers. `send` puts a message where it belongs. Rejects with a HostRefusal. */
  async ask(method: string, params: unknown, signal: AbortSignal, send: (text: string) => void): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = this.add((answer) => {
      if ('result' in answer) return resolve(answer['result']);
      const { code, message, data } = fieldsOf(answer['error']);
      const number = typeof code === 'number' ? code : INTERNAL_ERROR;
      reject(new HostRefusal(number, textOf(message) ?? 'the client has refused it', data));
    });
    const takeBack = () => {
      send(notificationText('$/cancel_request', { requestId: id }));
      reject(new HostRefusal(REQUEST_CANCELLED, 'the agent has taken its request back'));
    };
    signal.addEventListener('abort', takeBack, { once: true });
    send(requestText(id, method, params));
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
