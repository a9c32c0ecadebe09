/**
 * The Agent Client Protocol with one agent, on the SDK's connection: we ask, the agent asks, and it notifies.
 * https://agentclientprotocol.com
 *
 * The SDK is loaded with the first agent: its schemas take longer to load than the whole server to start.
 */
import type { AgentProcess } from './agent-process.ts';
import { MessageStream, type MessageReader } from './message-stream.ts';

/** The agent has answered with an error. */
export class AgentError extends Error {
  readonly code: number;
  readonly data: unknown;
  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** The agent is gone: nothing that is asked of it will be answered. */
export class AgentGone extends Error {
  constructor() {
    super('the agent has ended');
  }
}

/** What the agent asks is refused: the code of JSON-RPC and a sentence. */
export class HostRefusal extends Error {
  readonly code: number;
  readonly data: unknown;
  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export const INVALID_PARAMS = -32_602;
export const METHOD_NOT_FOUND = -32_601;
export const INTERNAL_ERROR = -32_603;
export const AUTH_REQUIRED = -32_000;
export const RESOURCE_NOT_FOUND = -32_002;
export const REQUEST_CANCELLED = -32_800;

export interface AgentReader extends MessageReader {
  /** Rejects with a HostRefusal where the answer is no. `signal` is aborted when the agent does not want it any more. */
  readonly request: (method: string, params: unknown, signal: AbortSignal) => Promise<unknown>;
}

export interface AgentConnection {
  /**
   * Rejects with AgentError or AgentGone. The answer is as the agent sent it: nothing of it was checked. When `signal` is
   * aborted the agent is told that nobody wants the answer; it comes all the same.
   */
  request(method: string, params: object, signal?: AbortSignal): Promise<unknown>;
  notify(method: string, params: object): void;
  /** Notifications that the agent has not read yet. */
  readonly waiting: number;
  /** Settles when the agent has closed its output or the connection was closed. Never rejects. */
  readonly closed: Promise<void>;
  close(): void;
}

export async function connectAgent(process: AgentProcess, reader: AgentReader): Promise<AgentConnection> {
  const { client, RequestError } = await import('@agentclientprotocol/sdk');
  const messages = new MessageStream(process, reader);
  const connection = client({ name: 'agent-server' })
    .onRequest('*', async ({ method, params, signal: unwanted }) => {
      try {
        return await reader.request(method, params, unwanted);
      } catch (error) {
        throw error instanceof HostRefusal ? new RequestError(error.code, error.message, error.data) : error;
      }
    })
    .connect(messages.stream);
  let waiting = 0;
  return {
    async request(method, params, signal) {
      try {
        return await connection.agent.request(method, params, signal && { cancellationSignal: signal });
      } catch (error) {
        if (error instanceof RequestError) throw new AgentError(error.code, error.message, error.data);
        throw new AgentGone();
      }
    },
    notify(method, params) {
      waiting += 1;
      void connection.agent
        .notify(method, params)
        .catch(() => {})
        .finally(() => (waiting -= 1));
    },
    get waiting() {
      return waiting;
    },
    closed: connection.closed,
    close: () => connection.close(),
  };
}
