/**
 * The user's terminal while it is attached to a session: what has happened is shown, then what happens, and each line that is
 * typed is a prompt.
 *
 *   past ──all shown──▶ live ──end of input──▶ left   (the session stays)
 *                         ├──Ctrl-C: cancels the turn that runs; without one, or a second time──▶ left
 *                         └──the session ends──▶ ended
 */
import type { Client } from '../../client/client.ts';
import type { FollowedAgentEvent } from '../../client/agents.ts';
import { ClientError } from '../../client/failure.ts';
import type { AgentSessionResource } from '../../protocol/agents.ts';
import { explainClientError } from '../connection/client-failure.ts';
import { Interrupts } from '../interrupts.ts';
import { note } from '../output.ts';
import { Conversation } from './conversation.ts';
import { fieldsOf } from './fields.ts';
import { foreignLine } from '../foreign-line.ts';
import { Questions } from './questions.ts';
import { ownScreen } from './screen.ts';
import { exitOfSession } from './session-exit.ts';
import { Transcript } from './transcript.ts';
import { TypedLines } from './typed-lines.ts';

export class AttachedSession {
  readonly #client: Client;
  readonly #session: AgentSessionResource;
  readonly #screen = ownScreen();
  readonly #transcript: Transcript;
  readonly #failed = Promise.withResolvers<never>();
  /** Turns of prompts that were typed here, where they are on the terminal already. */
  readonly #own = new Set<number>();
  #sending: Promise<void> = Promise.resolve();
  #running: number | undefined;
  #cancelling: number | undefined;

  constructor(client: Client, session: AgentSessionResource, verbose: boolean) {
    this.#client = client;
    this.#session = session;
    this.#transcript = new Transcript(this.#screen, { verbose, showsPrompt: (turn) => !this.#own.has(turn) });
    this.#failed.promise.catch(() => undefined);
  }

  /** Resolves to the exit code. `types`: there is a user who types. */
  async run(types: boolean): Promise<number> {
    using stack = new DisposableStack();
    const left = new AbortController();
    stack.defer(() => left.abort());
    const lines = types ? stack.use(new TypedLines()) : undefined;
    const questions = lines === undefined ? undefined : stack.use(this.#questions(lines));
    const conversation = new Conversation(this.#client, this.#session.id, this.#transcript, questions);
    this.#release = () => conversation.release();
    const ended = this.#show(conversation, questions, left.signal).then(() =>
      exitOfSession(this.#client, this.#session.id),
    );
    // It is rejected when we leave.
    ended.catch(() => undefined);
    if (lines === undefined) return await Promise.race([ended, this.#interrupted(false)]);
    lines.taker = (line) => this.#typed(line);
    const inputOver = lines.ended.then(() => 0);
    return await Promise.race([ended, inputOver, this.#interrupted(true), this.#failed.promise]);
  }

  #release = (): void => {};

  #questions(lines: TypedLines): Questions {
    return new Questions({
      client: this.#client,
      sessionId: this.#session.id,
      screen: this.#screen,
      lines,
      done: () => this.#release(),
      failed: (error) => this.#failed.reject(error),
    });
  }

  async #show(conversation: Conversation, questions: Questions | undefined, signal: AbortSignal): Promise<void> {
    const { id, lastEventId } = this.#session;
    let live = lastEventId === 0;
    if (live) await this.#goLive(questions);
    for await (const event of this.#client.agents.follow(id, { signal })) {
      await this.#note(event);
      if (live) await conversation.take(event);
      else this.#transcript.show(event);
      if (!live && event.id >= lastEventId) {
        live = true;
        await this.#goLive(questions);
      } else if (live && event.event === 'turn_end') this.#invite(questions);
    }
    this.#screen.endLine();
    this.#screen.settle();
  }

  /** The past is shown. Requests in it that still wait are asked now. */
  async #goLive(questions: Questions | undefined): Promise<void> {
    if (questions === undefined) return;
    const { id, agent, state } = this.#session;
    if (state === 'closed' || state === 'failed') return;
    this.#screen.lines(
      `agent-server: attached to session ${id} with ${foreignLine(agent)}; each line is a prompt, Ctrl-C cancels the turn, Ctrl-D leaves`,
    );
    for (const waiting of await this.#client.agents.permissions(id)) questions.ask(waiting);
    this.#invite(questions);
  }

  #invite(questions: Questions | undefined): void {
    if (questions?.busy === false && this.#running === undefined) this.#screen.text('stderr', '> ');
  }

  async #note({ event, data }: FollowedAgentEvent): Promise<void> {
    const turn = Number(fieldsOf(data)['turn']);
    if (event === 'prompt') {
      // Whose prompt it is, the answer to ours tells.
      await this.#sending;
      this.#running = turn;
    } else if (event === 'turn_end' && turn === this.#running) this.#running = undefined;
  }

  #typed(line: string): void {
    this.#screen.entered();
    if (line.trim() === '') return this.#running === undefined ? this.#screen.text('stderr', '> ') : undefined;
    const { id } = this.#session;
    this.#sending = this.#sending
      .then(async () => void this.#own.add((await this.#client.agents.prompt(id, { text: line })).turn))
      .catch((error: unknown) => {
        if (!(error instanceof ClientError)) return this.#failed.reject(error);
        this.#screen.lines(`agent-server: the prompt was not accepted: ${foreignLine(explainClientError(error))}`);
      });
  }

  /** Resolves to the exit code of the signal with which the user leaves. */
  async #interrupted(cancels: boolean): Promise<number> {
    for (;;) {
      using interrupts = new Interrupts();
      const code = await interrupts.first;
      if (!cancels || this.#running === undefined || this.#running === this.#cancelling) return code;
      this.#cancelling = this.#running;
      this.#screen.endLine();
      note('agent-server: cancelling the turn; press Ctrl-C again to leave the session as it is');
      void this.#client.agents.cancel(this.#session.id).catch((error: unknown) => this.#failed.reject(error));
    }
  }
}
