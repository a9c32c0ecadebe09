/**
 * A turn that the caller waits for: what the agent says goes to our stdout, what it does is told on stderr. It is cancelled
 * when the user interrupts us, or when our output cannot be written any more.
 */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import { messageOf } from '../../core/failure.ts';
import type { AgentSessionResource } from '../../protocol/agents.ts';
import { PROGRAM } from '../command/program.ts';
import { complain, note, OutputFailed, printJson } from '../output.ts';
import type { Answerer } from './answerer.ts';
import { Conversation } from './conversation.ts';
import { fieldsOf } from './fields.ts';
import { Questions } from './questions.ts';
import { Refuser } from './refuser.ts';
import type { Screen } from './screen.ts';
import { Transcript } from './transcript.ts';
import { exitOfTurn } from './turn-exit.ts';
import { TypedLines } from './typed-lines.ts';

export interface TurnOptions {
  readonly client: Client;
  readonly session: AgentSessionResource;
  readonly screen: Screen;
  readonly json: boolean;
  readonly verbose: boolean;
  /** Whether there is a user who can answer permission requests. */
  readonly asks: boolean;
}

export class ForegroundTurn {
  readonly #options: TurnOptions;
  readonly #stack = new DisposableStack();
  readonly #failed = Promise.withResolvers<never>();
  readonly #conversation: Conversation;
  /** Set once we have cancelled the turn ourselves. */
  #exitCode: number | undefined;

  constructor(options: TurnOptions) {
    this.#options = options;
    this.#failed.promise.catch(() => undefined);
    const { client, session, screen, verbose, json } = options;
    const transcript = json ? undefined : new Transcript(screen, { verbose, showsPrompt: () => false });
    this.#conversation = new Conversation(client, session.id, transcript, this.#answerer());
  }

  /** Resolves to the exit code when the turn has ended. */
  async run(text: string): Promise<number> {
    const { client, session } = this.#options;
    using _stack = this.#stack;
    try {
      const { turn } = await client.agents.prompt(session.id, { text });
      // Interrupted before there was a turn to cancel.
      if (this.#exitCode !== undefined) await client.agents.cancel(session.id);
      return await Promise.race([this.#follow(turn), this.#failed.promise]);
    } catch (error) {
      // A program in a local pipe ends as well when its output cannot be written.
      if (error instanceof OutputFailed) await client.agents.cancel(session.id);
      else if (error instanceof ClientError && error.transient)
        complain(`lost the connection to the server; see how it continues with: ${PROGRAM} agent attach ${session.id}`);
      else if (error instanceof ClientError && error.status === 409) return await this.#over(error.message);
      throw error;
    }
  }

  /** By a signal: `exitCode` is that of the signal. */
  async cancel(exitCode: number): Promise<void> {
    const { client, session, screen } = this.#options;
    this.#exitCode ??= exitCode;
    screen.endLine();
    note('agent-server: cancelling the turn; press Ctrl-C again to exit without waiting for it to end');
    await client.agents
      .cancel(session.id)
      .catch((error: unknown) => complain(`the turn could not be cancelled: ${messageOf(error)}`));
  }

  async #follow(turn: number): Promise<number> {
    const { client, session, json } = this.#options;
    let ours = false;
    for await (const event of client.agents.follow(session.id, { since: session.lastEventId })) {
      const data = fieldsOf(event.data);
      const isOurs = data['turn'] === turn;
      if (event.event === 'prompt' && isOurs) ours = true;
      const ends = event.event === 'turn_end' && isOurs;
      if (json) await printJson(event);
      // Another turn may run before ours; what is wrong with the session concerns ours too.
      if (ours || ends || ALWAYS.has(event.event)) await this.#conversation.take(event);
      if (!ends) continue;
      this.#stack.dispose();
      return this.#exitCode ?? exitOfTurn(String(data['stopReason']));
    }
    return this.#over('it was removed');
  }

  /** The session has ended before the turn. */
  async #over(otherwise: string): Promise<number> {
    const { client, session } = this.#options;
    const { state, error = otherwise } = await client.agents.get(session.id);
    // An agent that is not installed, mostly the one of who names none.
    const next = error.includes('was not found') ? `; install it, or choose with --agent from: ${PROGRAM} agents` : '';
    complain(`the session is ${state}: ${error}${next}`);
    return this.#exitCode ?? 1;
  }

  #answerer(): Answerer {
    const { client, session, screen, asks } = this.#options;
    const failed = (error: unknown) => this.#failed.reject(error);
    if (!asks) return this.#stack.use(new Refuser(client, session.id, screen, failed));
    const lines = this.#stack.use(new TypedLines());
    const done = () => this.#conversation.release();
    const questions = new Questions({ client, sessionId: session.id, screen, lines, done, failed });
    void lines.ended.then(() => questions.refuse());
    return this.#stack.use(questions);
  }
}

const ALWAYS: ReadonlySet<string> = new Set(['warning', 'stderr']);
