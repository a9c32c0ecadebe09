/**
 * Requests of the server that wait for the editor. A connection that is not the first one may use the ids of earlier ones,
 * to which the editor may still answer: it knows those of each later connection by names of our own.
 */
import { keyOf, type Message } from './json-rpc.ts';

export class ServerRequests {
  #connections = 0;
  /** By the key of the id that the editor knows. */
  readonly #waiting = new Map<string, { readonly id: unknown; readonly shown: unknown }>();

  /** A connection that is new; what takes back the requests of the one before. */
  connected(): readonly Message[] {
    this.#connections += 1;
    const left = [...this.#waiting.values()];
    this.#waiting.clear();
    return left.map(({ shown }) => ({ jsonrpc: '2.0', method: '$/cancel_request', params: { requestId: shown } }));
  }

  /** The id of a request on this connection as the editor knows it. */
  shownId(id: unknown): unknown {
    return this.#connections <= 1 ? id : `agent-server:${this.#connections}:${keyOf(id)}`;
  }

  /** Returns the id for the editor. */
  asked(id: unknown): unknown {
    const shown = this.shownId(id);
    this.#waiting.set(keyOf(shown), { id, shown });
    return shown;
  }

  /** An answer of the editor with the id of the server; undefined for one that nobody waits for any more. */
  answered(answer: Message): Message | undefined {
    const key = keyOf(answer['id']);
    const asked = this.#waiting.get(key);
    if (asked === undefined) return undefined;
    this.#waiting.delete(key);
    return asked.id === asked.shown ? answer : { ...answer, id: asked.id };
  }
}
