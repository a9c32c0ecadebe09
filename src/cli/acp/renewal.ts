/**
 * A conversation that goes on with a server that knows nothing of it, because it was restarted or forgot us: initialize, the
 * login, and each session loaded again. Of the replays the editor gets what it does not have yet.
 *
 *   nothing known ──initialize──▶ greeted ──authenticate──▶ known ──session/load of each──▶ as before
 */
import type { Conversation } from './conversation.ts';
import { errorOf, type Message } from './json-rpc.ts';
import { Replay } from './told.ts';

export interface RenewalHost {
  /** Asks the server. `answered` runs before anything that follows the answer. */
  readonly ask: (method: string, params: Message, answered: (answer: Message) => void) => void;
  /** A session could not be opened again; the agent says why when it is used. For people. */
  readonly note: (sentence: string) => void;
  readonly done: (failure?: string) => void;
}

export class Renewal {
  /** Sessions that are being replayed. */
  readonly #replays = new Map<string, Replay>();
  /** Answers to what opened a session again. */
  readonly #answers = new Map<string, Message>();
  readonly #conversation: Conversation;
  readonly #host: RenewalHost;

  constructor(conversation: Conversation, host: RenewalHost) {
    this.#conversation = conversation;
    this.#host = host;
    const { initialize, authenticate } = conversation;
    host.ask('initialize', initialize ?? {}, (answer) => {
      const error = errorOf(answer);
      if (error !== undefined) return host.done(error);
      if (authenticate === undefined) this.#openSessions();
      else host.ask('authenticate', authenticate, () => this.#openSessions());
    });
  }

  /** What of an update the editor does not have. */
  rest(sessionId: string, update: Message): Message | undefined {
    const replay = this.#replays.get(sessionId);
    return replay === undefined ? update : replay.rest(update);
  }

  /** What the server said when the session was opened again. */
  answerOf(sessionId: unknown): Message | undefined {
    return this.#answers.get(String(sessionId));
  }

  #openSessions(): void {
    const { sessions } = this.#conversation;
    let left = sessions.size;
    if (left === 0) return this.#host.done();
    for (const [sessionId, { method, params }] of sessions) {
      this.#replays.set(sessionId, new Replay(this.#conversation.told(sessionId)));
      this.#host.ask(method, params, (answer) => {
        this.#replays.delete(sessionId);
        this.#answers.set(sessionId, answer);
        const error = errorOf(answer);
        if (error !== undefined) this.#host.note(`the session ${sessionId} could not be opened again: ${error}`);
        left -= 1;
        if (left === 0) this.#host.done();
      });
    }
  }
}
