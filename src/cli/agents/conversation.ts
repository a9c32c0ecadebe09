/**
 * A session as the user at this terminal takes part in it: events are shown, and permission requests that wait are asked.
 * While a question stands on the terminal, what comes meanwhile is held back until it is answered.
 */
import type { Client } from '../../client/client.ts';
import type { FollowedAgentEvent } from '../../client/agents.ts';
import { fieldsOf } from './fields.ts';
import type { Answerer, Asked } from './answerer.ts';
import type { Transcript } from './transcript.ts';

/** Of an agent that goes on while it waits; more than that is shown at once, rather than kept. */
const MAX_HELD = 10_000;

export class Conversation {
  readonly #client: Client;
  readonly #sessionId: string;
  readonly #transcript: Transcript | undefined;
  readonly #answerer: Answerer | undefined;
  #held: FollowedAgentEvent[] = [];

  /** Without a transcript nothing is shown; without an answerer nobody is asked. */
  constructor(client: Client, sessionId: string, transcript: Transcript | undefined, answerer: Answerer | undefined) {
    this.#client = client;
    this.#sessionId = sessionId;
    this.#transcript = transcript;
    this.#answerer = answerer;
  }

  async take(event: FollowedAgentEvent): Promise<void> {
    if (event.event === 'permission_answer') this.#answerer?.answered(String(fieldsOf(event.data)['id']));
    if (this.#answerer?.busy === true && this.#held.length < MAX_HELD) this.#held.push(event);
    else {
      this.release();
      this.#transcript?.show(event);
    }
    if (event.event === 'permission' && this.#answerer !== undefined) await this.#ask(event, this.#answerer);
  }

  /** Shows what was held back. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const event of held) this.#transcript?.show(event);
  }

  /** A request that the policy has decided on, or somebody else has answered by now, does not wait any more. */
  async #ask({ data }: FollowedAgentEvent, answerer: Answerer): Promise<void> {
    const { id } = fieldsOf(data);
    const waiting: readonly Asked[] = await this.#client.agents.permissions(this.#sessionId);
    const asked = waiting.find((one) => one.id === id);
    if (asked !== undefined) answerer.ask(asked);
  }
}
