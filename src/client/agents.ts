/** Calls about agents and their sessions. */
import type {
  AgentCancelAnswer,
  AgentEvent,
  AgentPermission,
  AgentPermissionAnswered,
  AgentPermissionReply,
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
import { followNumbered, type FollowOptions } from './numbered-events.ts';
import type { Transport } from './transport.ts';

/** An event as it comes over the stream, which does not say when it came. */
export type FollowedAgentEvent = Omit<AgentEvent, 'at'>;

export interface PromptOptions {
  /** Seconds to wait for the end of the turn before answering, at most 300. Default 0: not at all. */
  readonly waitSeconds?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface LogOptions {
  /** Only events after this one. Default 0. */
  readonly since?: number;
  /** At most so many. Default 500. */
  readonly limit?: number;
  readonly signal?: AbortSignal | undefined;
}

export class AgentCalls {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Agents that can be started by their ids. */
  known(signal?: AbortSignal): Promise<AgentResource[]> {
    return this.#transport.json({ path: '/agents', repeatable: true, signal });
  }

  /** Newest first. */
  list(signal?: AbortSignal): Promise<AgentSessionResource[]> {
    return this.#transport.json({ path: '/agents/sessions', repeatable: true, signal });
  }

  /** Rejects with status 404 when there is no such session. */
  get(id: string, signal?: AbortSignal): Promise<AgentSessionResource> {
    return this.#transport.json({ path: pathOf(id), repeatable: true, signal });
  }

  /** Opens one, or opens one again (`resume`). Not repeated: the answer that was lost may have opened it. */
  open(request: AgentSessionRequest): Promise<AgentSessionResource> {
    return this.#transport.json({ path: '/agents/sessions', method: 'POST', body: request });
  }

  /** Closes an open session; removes the record of one that is not open. */
  close(id: string): Promise<AgentSessionEnded> {
    return this.#transport.json({ path: pathOf(id), method: 'DELETE' });
  }

  /** The turn, ended where the wait was long enough. */
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

  /** Cancels the turn that runs, and the prompts that wait. */
  cancel(id: string): Promise<AgentCancelAnswer> {
    return this.#transport.json({ path: `${pathOf(id)}/cancel`, method: 'POST', body: {} });
  }

  setMode(id: string, modeId: string): Promise<AgentSessionResource> {
    return this.#transport.json({ path: `${pathOf(id)}/mode`, method: 'POST', body: { modeId } });
  }

  setModel(id: string, modelId: string): Promise<AgentSessionResource> {
    return this.#transport.json({ path: `${pathOf(id)}/model`, method: 'POST', body: { modelId } });
  }

  setConfig(id: string, configId: string, value: string | boolean): Promise<AgentSessionResource> {
    return this.#transport.json({ path: `${pathOf(id)}/config`, method: 'POST', body: { configId, value } });
  }

  permissions(id: string, signal?: AbortSignal): Promise<AgentPermission[]> {
    return this.#transport.json({ path: `${pathOf(id)}/permissions`, repeatable: true, signal });
  }

  /** Rejects with status 409 when it is answered already. */
  answer(id: string, permissionId: string, reply: AgentPermissionReply): Promise<AgentPermissionAnswered> {
    const path = `${pathOf(id)}/permissions/${encodeURIComponent(permissionId)}`;
    return this.#transport.json({ path, method: 'POST', body: reply });
  }

  /** A request for the agent itself. */
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

  /** The events as they come. Ends when the session is closed and all of it was read. */
  async *follow(id: string, options: FollowOptions = {}): AsyncGenerator<FollowedAgentEvent> {
    const events = followNumbered(this.#transport, `${pathOf(id)}/events`, options);
    for await (const { id: number, event = '', data } of events) yield { id: number, event, data: JSON.parse(data) };
  }
}

const pathOf = (id: string): string => `/agents/sessions/${encodeURIComponent(id)}`;
