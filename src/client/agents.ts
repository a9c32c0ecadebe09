/** Calls about agents and their sessions. */
import type {
  AgentCancelAnswer,
  AgentEvent,
  AgentPrompt,
  AgentRawAnswer,
  AgentRawRequest,
  AgentResource,
  AgentSessionEnded,
  AgentSessionRequest,
  AgentSessionResource,
  AgentTurn,
  AgentTurnAccepted,
} from '../protocol/agents.ts';
import type { AgentPermission, AgentPermissionAnswered, AgentPermissionReply } from '../protocol/agent-permissions.ts';
import { followNumbered, type FollowOptions } from './numbered-events.ts';
import type { Transport } from './transport.ts';

/** An event as it comes over the stream, which does not say when it came. */
export type FollowedAgentEvent = Omit<AgentEvent, 'at'>;

export interface PromptOptions {
  /** Seconds to wait for the end of the turn before answering, 0 to 300. Default 0: not at all. */
  readonly waitSeconds?: number;
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

export interface LogOptions {
  /** Only events after the one of this id, 0 or more. Default 0: from the first. */
  readonly since?: number;
  /** At most so many, 1 to 5,000. Default 500. */
  readonly limit?: number;
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

/** Agents and their sessions. Where there is no session of that id, a call rejects with status 404. */
export class AgentCalls {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Agents that can be started by their ids, and whether they are installed. */
  known(signal?: AbortSignal): Promise<AgentResource[]> {
    return this.#transport.json({ path: '/agents', repeatable: true, signal });
  }

  /** Sessions, open ones and records of others, newest first. */
  list(signal?: AbortSignal): Promise<AgentSessionResource[]> {
    return this.#transport.json({ path: '/agents/sessions', repeatable: true, signal });
  }

  /** One session. */
  get(id: string, signal?: AbortSignal): Promise<AgentSessionResource> {
    return this.#transport.json({ path: pathOf(id), repeatable: true, signal });
  }

  /**
   * Opens one, or opens one again (`resume`); the agent may still be starting then. Not repeated: the answer that was lost
   * may have opened it. Rejects with status 400 for a request that is wrong, 404 when there is no such agent, or no session
   * to resume, 409 when that one is open, or too many are, 507 when the disk is full.
   */
  open(request: AgentSessionRequest): Promise<AgentSessionResource> {
    return this.#transport.json({ path: '/agents/sessions', method: 'POST', body: request });
  }

  /** Closes an open session with all its agent started; removes the record of one that is not open. Not repeated. */
  close(id: string): Promise<AgentSessionEnded> {
    return this.#transport.json({ path: pathOf(id), method: 'DELETE' });
  }

  /**
   * A prompt, which waits for its turn behind those that came before. The answer is the turn, ended (`stopReason`) where
   * the wait was long enough, else its number alone. Not repeated. Rejects with status 409 when the session is not open, or
   * 100 prompts wait already, 413 above 16 MiB.
   */
  prompt(
    id: string,
    prompt: AgentPrompt,
    { waitSeconds = 0, signal }: PromptOptions = {},
  ): Promise<AgentTurn | AgentTurnAccepted> {
    return this.#transport.json({
      path: `${pathOf(id)}/prompt?wait=${waitSeconds}`,
      method: 'POST',
      body: prompt,
      waitMs: waitSeconds * 1000,
      signal,
    });
  }

  /** Cancels the turn that runs, and the prompts that wait. Not repeated. */
  cancel(id: string): Promise<AgentCancelAnswer> {
    return this.#transport.json({ path: `${pathOf(id)}/cancel`, method: 'POST', body: {} });
  }

  /** Changes the mode. Rejects with status 409 when the session is not open, 502 when the agent refuses it. */
  setMode(id: string, modeId: string): Promise<AgentSessionResource> {
    return this.#transport.json({ path: `${pathOf(id)}/mode`, method: 'POST', body: { modeId } });
  }

  /** Changes the model. Rejects as `setMode` does. */
  setModel(id: string, modelId: string): Promise<AgentSessionResource> {
    return this.#transport.json({ path: `${pathOf(id)}/model`, method: 'POST', body: { modelId } });
  }

  /** Changes an option of the agent's own. Rejects as `setMode` does. */
  setConfig(id: string, configId: string, value: string | boolean): Promise<AgentSessionResource> {
    return this.#transport.json({ path: `${pathOf(id)}/config`, method: 'POST', body: { configId, value } });
  }

  /** What the agent asks for, and nobody has answered yet. */
  permissions(id: string, signal?: AbortSignal): Promise<AgentPermission[]> {
    return this.#transport.json({ path: `${pathOf(id)}/permissions`, repeatable: true, signal });
  }

  /** Answers a permission request. Rejects with status 404 when there is none, 409 when it is answered already. */
  answer(id: string, permissionId: string, reply: AgentPermissionReply): Promise<AgentPermissionAnswered> {
    const path = `${pathOf(id)}/permissions/${encodeURIComponent(permissionId)}`;
    return this.#transport.json({ path, method: 'POST', body: reply });
  }

  /** A request of the protocol for the agent itself. Not repeated. Rejects with status 502 when the agent refuses it. */
  raw(id: string, request: AgentRawRequest): Promise<AgentRawAnswer> {
    return this.#transport.json({ path: `${pathOf(id)}/raw`, method: 'POST', body: request });
  }

  /** A piece of the log; ask again with `since` = the last id to go on. */
  log(id: string, { since = 0, limit = 500, signal }: LogOptions = {}): Promise<AgentEvent[]> {
    return this.#transport.json({
      path: `${pathOf(id)}/events?format=json&since=${since}&limit=${limit}`,
      repeatable: true,
      signal,
    });
  }

  /**
   * The events as they come. Ends when the session is closed and all of it was read. A connection that breaks is made again
   * after the last event that came. Leaving the loop hangs up.
   */
  async *follow(id: string, options: FollowOptions = {}): AsyncGenerator<FollowedAgentEvent> {
    const events = followNumbered(this.#transport, `${pathOf(id)}/events`, options);
    for await (const { id: number, event = '', data } of events) yield { id: number, event, data: JSON.parse(data) };
  }
}

const pathOf = (id: string): string => `/agents/sessions/${encodeURIComponent(id)}`;
