/** A request of a client for the agent itself, whatever it is. */
import { fail, ok, type Result } from '../../core/failure.ts';
import { AgentError, type AgentConnection } from '../connection/connection.ts';
import type { Fields } from './entry.ts';
import { NOT_OPEN, type UseFailure } from './use-failure.ts';

export interface RawRequest {
  readonly method: string;
  readonly params: Fields;
  /** The agent's id of the session, for requests about it that name none. */
  readonly sessionId: string | undefined;
}

export async function rawRequest(
  connection: AgentConnection,
  { method, params, sessionId }: RawRequest,
  signal?: AbortSignal,
): Promise<Result<unknown, UseFailure>> {
  const given = method.startsWith('session/') ? { sessionId, ...params } : params;
  // The protocol's only notification to agents: nothing answers it.
  if (method === 'session/cancel') {
    connection.notify(method, given);
    return ok(null);
  }
  try {
    return ok(await connection.request(method, given, signal));
  } catch (error) {
    if (!(error instanceof AgentError)) return NOT_OPEN;
    return fail({ reason: 'agent-refused', code: error.code, detail: error.message, data: error.data });
  }
}
