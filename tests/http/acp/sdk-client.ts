/**
 * What a program that uses the SDK's own clients does at a door: it asks for a session, prompts, allows what it is asked for, and
 * tells what it has seen. For Bun and, as a process of its own, for Node.
 */
import * as acp from '@agentclientprotocol/sdk';
import { createHttpStream } from '@agentclientprotocol/sdk/experimental/http-client';
import { createWebSocketStream, type WebSocketStreamOptions } from '@agentclientprotocol/sdk/experimental/ws-client';

type SocketConstructor = NonNullable<WebSocketStreamOptions['WebSocket']>;

/** A stand-in for sockets whose constructor takes one object, as those of Bun and Node do: the SDK gives headers as a third argument. */
// oxlint-disable-next-line typescript/no-extraneous-class -- a constructor is what the SDK asks for
class SocketWithHeaders {
  constructor(url: string, protocols?: string | string[], options?: { headers?: Record<string, string> }) {
    const given = { ...(protocols !== undefined && { protocols }), headers: options?.headers ?? {} };
    return new (WebSocket as unknown as new (url: string, options: object) => SocketWithHeaders)(url, given);
  }
}

export interface Seen {
  readonly loadSession: boolean;
  readonly sessionId: string;
  readonly updates: readonly string[];
  readonly asked: number;
  readonly stopReasons: readonly string[];
  /** The error of a method that nobody knows. */
  readonly unknown: { readonly code: number };
}

export interface Use {
  /** Default: the root. */
  readonly cwd?: string;
  /** Default: a plain one, one that asks, and a plain one again. */
  readonly prompts?: readonly string[];
}

export async function useDoor(
  transport: 'http' | 'socket',
  url: string,
  headers: Record<string, string>,
  { cwd = '/', prompts = ['one', 'ask', 'two'] }: Use = {},
): Promise<Seen> {
  const stream =
    transport === 'http'
      ? createHttpStream(url, { headers })
      : createWebSocketStream(url, { headers, WebSocket: SocketWithHeaders as unknown as SocketConstructor });
  const updates: string[] = [];
  let asked = 0;
  const app = acp
    .client()
    .onNotification('session/update', ({ params: { update } }) => {
      if (update.sessionUpdate === 'agent_message_chunk' && update.content.type === 'text')
        updates.push(update.content.text);
    })
    .onRequest('session/request_permission', ({ params }) => {
      asked += 1;
      return { outcome: { outcome: 'selected', optionId: params.options[0]?.optionId ?? '' } };
    });
  return app.connectWith(stream, async (agent) => {
    const initialized = await agent.request('initialize', { protocolVersion: 1, clientCapabilities: {} });
    const { sessionId } = await agent.request('session/new', { cwd, mcpServers: [] });
    const prompt = (text: string) => agent.request('session/prompt', { sessionId, prompt: [{ type: 'text', text }] });
    const stopReasons: string[] = [];
    for (const text of prompts) stopReasons.push((await prompt(text)).stopReason);
    const unknown = await agent
      .request('_own/nothing', {})
      .catch((error: unknown) => ({ code: (error as { code: number }).code }));
    return {
      loadSession: initialized.agentCapabilities?.loadSession ?? false,
      sessionId,
      updates,
      asked,
      stopReasons,
      unknown: unknown as { code: number },
    };
  });
}
