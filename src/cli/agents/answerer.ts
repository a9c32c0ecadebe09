/** Who answers the permission requests of a session in place of a policy. */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import type { AgentPermission, AgentPermissionReply } from '../../protocol/agent-permissions.ts';

/** What of a request is shown and answered. */
export type Asked = Pick<AgentPermission, 'id' | 'toolCall' | 'options'>;

export interface Answerer extends Disposable {
  /** One that waits for an answer. */
  ask(permission: Asked): void;
  /** It has an answer, from whomever. */
  answered(id: string): void;
  /** The user has a question before them: nothing else is to be shown meanwhile. */
  readonly busy: boolean;
}

/** Where somebody else was faster, or the session is over, the answer is dropped: an event tells what has become of it. */
export async function answer(
  client: Client,
  sessionId: string,
  id: string,
  reply: AgentPermissionReply,
): Promise<void> {
  try {
    await client.agents.answer(sessionId, id, reply);
  } catch (error) {
    if (!(error instanceof ClientError && (error.status === 409 || error.status === 404))) throw error;
  }
}
