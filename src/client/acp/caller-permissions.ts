/** Lets the caller's function decide what the agent asks for: its permission requests, and what it wants of this machine. */
import { HostRefusal, INTERNAL_ERROR } from '../../agents/connection/connection.ts';
import type { AgentSession } from '../../agents/session/agent-session.ts';
import { fieldsOf, textOf, type Fields } from '../../agents/session/entry.ts';
import type { HostServices } from '../../agents/session/host-services.ts';
import type { AskPermission, PermissionReply, PermissionRequest } from './acp-client.d.mts';

type Record = (event: string, data: unknown) => void;

/** What an agent asks of its host before it is done, as the calls of the protocol that they are. */
const KINDS: Readonly<{ [method: string]: string | undefined }> = {
  'fs/read_text_file': 'read',
  'fs/write_text_file': 'edit',
  'terminal/create': 'execute',
};

const OPTIONS = [
  { optionId: 'allow', name: 'Allow', kind: 'allow_once' },
  { optionId: 'reject', name: 'Reject', kind: 'reject_once' },
] as const;

export class CallerPermissions {
  readonly #ask: AskPermission;
  readonly #broken: (error: unknown) => void;
  readonly #asked = new Set<string>();
  #hostRequests = 0;

  /** `broken` is told what the function has thrown; what it was asked is rejected then. */
  constructor(ask: AskPermission, broken: (error: unknown) => void) {
    this.#ask = ask;
    this.#broken = broken;
  }

  /** Asks for what waits and was not asked yet. */
  look(session: AgentSession): void {
    for (const { id, toolCall, options } of session.permissions.pending) {
      if (this.#asked.has(id)) continue;
      this.#asked.add(id);
      void this.#answer(session, id, { method: 'session/request_permission', toolCall, options });
    }
  }

  /** The same services, each file and each command after the caller was asked. */
  guard(services: HostServices, record: Record): HostServices {
    let open = true;
    return {
      request: async (method, params, signal) => {
        const kind = KINDS[method];
        if (kind !== undefined) {
          const allowed = await this.#allows(method as PermissionRequest['method'], kind, fieldsOf(params), record);
          if (!allowed || !open) throw new HostRefusal(INTERNAL_ERROR, 'this is not allowed');
        }
        return services.request(method, params, signal);
      },
      [Symbol.asyncDispose]: () => {
        open = false;
        return services[Symbol.asyncDispose]();
      },
    };
  }

  async #answer(session: AgentSession, id: string, request: PermissionRequest): Promise<void> {
    const reply = await this.#reply(request);
    const answered = session.permissions.answer(id, typeof reply === 'string' ? { reply } : reply);
    // Refused where the agent offers nothing of that kind. What was cancelled meanwhile is answered already.
    if (!answered.ok && answered.failure.reason === 'option-missing')
      session.permissions.answer(id, { reply: 'reject' });
  }

  async #allows(method: PermissionRequest['method'], kind: string, params: Fields, record: Record): Promise<boolean> {
    const { sessionId: _id, ...rawInput } = params;
    const path = textOf(params['path']);
    const toolCall = { kind, title: method, rawInput, ...(path !== undefined && { locations: [{ path }] }) };
    const id = `h${(this.#hostRequests += 1)}`;
    record('permission', { id, toolCall, options: OPTIONS });
    const reply = await this.#reply({ method, toolCall, options: OPTIONS });
    const allowed = typeof reply === 'string' ? reply !== 'reject' : reply.optionId === 'allow';
    const optionId = allowed ? 'allow' : 'reject';
    record('permission_answer', { id, optionId, by: 'person', reason: `answered with ${optionId}` });
    return allowed;
  }

  async #reply(request: PermissionRequest): Promise<PermissionReply> {
    try {
      const reply: unknown = await this.#ask(request);
      if (reply === 'once' || reply === 'always' || reply === 'reject') return reply;
      const optionId = textOf(fieldsOf(reply)['optionId']);
      if (optionId !== undefined) return { optionId };
      throw new TypeError('permission must answer once, always, reject or an object with the optionId');
    } catch (error) {
      this.#broken(error);
      return 'reject';
    }
  }
}
