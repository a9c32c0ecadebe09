/** Rejects every permission request, where nobody is there to answer. */
import type { Client } from '../../client/client.ts';
import type { Screen } from './screen.ts';
import { answer, type Answerer, type Asked } from './answerer.ts';

export class Refuser implements Answerer {
  readonly busy = false;
  readonly #client: Client;
  readonly #sessionId: string;
  readonly #screen: Screen;
  readonly #failed: (error: unknown) => void;
  #said = false;

  constructor(client: Client, sessionId: string, screen: Screen, failed: (error: unknown) => void) {
    this.#client = client;
    this.#sessionId = sessionId;
    this.#screen = screen;
    this.#failed = failed;
  }

  ask({ id }: Asked): void {
    if (!this.#said)
      this.#screen.lines(
        'agent-server: the agent asks for permission, but there is no terminal to answer at: rejected. Decide in advance with --policy workdir, read-only or allow-all',
      );
    this.#said = true;
    answer(this.#client, this.#sessionId, id, { reply: 'reject' }).catch(this.#failed);
  }

  answered(): void {}

  [Symbol.dispose](): void {}
}
