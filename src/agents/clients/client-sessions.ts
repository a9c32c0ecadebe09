/** Sessions for clients elsewhere: made, loaded, listed by the protocol's own words. */
import { isAbsolute } from 'node:path';
import { fail, ok, type Result } from '../../core/failure.ts';
import type { LinkAgent } from '../connection/agent-link.ts';
import { INTERNAL_ERROR, INVALID_PARAMS, RESOURCE_NOT_FOUND } from '../connection/connection.ts';
import type { HostServicesRequest } from '../host/services.ts';
import type { OpenFailure } from '../open-request.ts';
import type { PolicyName } from '../policy/policy-name.ts';
import { agentFailureText } from '../registry/agent-failure.ts';
import { fieldsOf, listOf, textOf, type Fields } from '../session/entry.ts';
import type { HostServices } from '../session/host-services.ts';
import type { AskedOpening } from '../session/opening.ts';
import type { AgentSessions } from '../sessions.ts';
import type { OpenSession, SessionRecord } from '../stored.ts';
import type { RpcError } from './json-rpc.ts';

export interface ClientSessionsOptions {
  readonly sessions: AgentSessions;
  /** Where clients are told to work. */
  readonly cwd: string;
  readonly isFolder: (path: string) => boolean;
  /** Of sessions that clients make; one that is loaded keeps its own. */
  readonly policy: PolicyName;
  /** Milliseconds without use after which a session is closed; undefined: never. */
  readonly idleMs: number | undefined;
}

/** Who wants a session, and with which agent. */
export interface Asker {
  readonly agent: string;
  readonly link: LinkAgent;
  /** In place of the files and terminals of this machine. */
  readonly host?: (request: HostServicesRequest) => HostServices;
}

/** A failure with the error that the client is answered with. */
export interface RpcFailure {
  readonly reason: 'rpc-error';
  readonly error: RpcError;
}

type Opened = Result<OpenSession, RpcFailure>;

const refused = (code: number, message: string, data?: unknown) =>
  fail({ reason: 'rpc-error', error: { code, message, data } } as const);

export class ClientSessions {
  readonly #options: ClientSessionsOptions;
  /** Those that are being loaded, by agent and id: two clients at once ask the agent once. */
  readonly #loading = new Map<string, Promise<Opened>>();

  constructor(options: ClientSessionsOptions) {
    this.#options = options;
  }

  /** By `session/new` or `session/fork`. */
  async create(asker: Asker, request: AskedOpening): Promise<Opened> {
    return this.#checkFolder(request.params) ?? this.#open(asker, request, undefined);
  }

  /** One that is open is found; another one is opened, by its record or by what the agent knows of it. */
  async load(asker: Asker, request: AskedOpening): Promise<Opened> {
    const wrong = this.#checkFolder(request.params);
    if (wrong !== undefined) return wrong;
    const sessionId = textOf(request.params['sessionId']) ?? '';
    const open = this.#usable(asker.agent, sessionId);
    if (open !== undefined) return ok(open);
    const key = JSON.stringify([asker.agent, sessionId]);
    const loading = this.#loading.get(key) ?? this.#load(asker, request, sessionId);
    this.#loading.set(key, loading);
    try {
      return await loading;
    } finally {
      this.#loading.delete(key);
    }
  }

  /** What of this agent is on record here, newest first. */
  list(agent: string, { cwd }: Fields): Fields[] {
    const { sessions } = this.#options;
    return sessions.list().flatMap((record) => {
      if (record.agent !== agent || record.acpSessionId === null) return [];
      if (typeof cwd === 'string' && record.cwd !== cwd) return [];
      const { acpSessionId: sessionId, title, lastEventAt } = record;
      const updatedAt = new Date(lastEventAt).toISOString();
      return [{ sessionId, cwd: record.cwd, ...(title !== null && { title }), updatedAt }];
    });
  }

  /** Ends it, where it is open, and removes its record; false where there is none. */
  async remove(agent: string, sessionId: string): Promise<boolean> {
    const { sessions } = this.#options;
    const record = this.#recordOf(agent, sessionId);
    if (record === undefined) return false;
    if ((await sessions.delete(record.id)) === 'closed') await sessions.delete(record.id);
    return true;
  }

  async #load(asker: Asker, request: AskedOpening, sessionId: string): Promise<Opened> {
    const there = this.#options.sessions.findOf(asker.agent, sessionId);
    // Somebody else opens it right now, or it is being closed, and its agent still holds it.
    if (there?.session.state === 'starting') await there.session.opened;
    if (there !== undefined && isUsable(there)) return ok(there);
    await there?.session.close();
    return this.#open(asker, request, this.#recordOf(asker.agent, sessionId), sessionId);
  }

  async #open(
    { agent, link, host }: Asker,
    request: AskedOpening,
    before: SessionRecord | undefined,
    resume?: string,
  ): Promise<Opened> {
    const { sessions, policy, idleMs } = this.#options;
    const { params } = request;
    const opened = await sessions.open(
      {
        agent,
        cwd: textOf(params['cwd']) ?? '',
        mcpServers: listOf(params['mcpServers']),
        ...(before === undefined && { policy }),
        ...(resume !== undefined && { resume }),
      },
      { request, before, idleMs, ports: { link, ...(host !== undefined && { host }) } },
    );
    if (!opened.ok) return refused(INTERNAL_ERROR, sentenceOf(opened.failure));
    const { id } = opened.value;
    const open = sessions.find(id);
    await open?.session.opened;
    if (open !== undefined && isUsable(open)) return ok(open);
    const { error, refusal } = open?.session ?? {};
    // Nothing came of it: whoever asks again and again leaves no row of records.
    if (before === undefined) await this.#forget(id);
    return fail({
      reason: 'rpc-error',
      error: refusal?.error ?? { code: INTERNAL_ERROR, message: error ?? 'the session was closed' },
    });
  }

  async #forget(id: string): Promise<void> {
    const { sessions } = this.#options;
    if ((await sessions.delete(id)) === 'closed') await sessions.delete(id);
  }

  #usable(agent: string, sessionId: string): OpenSession | undefined {
    const open = this.#options.sessions.findOf(agent, sessionId);
    return open !== undefined && isUsable(open) ? open : undefined;
  }

  #recordOf(agent: string, sessionId: string): SessionRecord | undefined {
    return this.#options.sessions.list().find((record) => record.agent === agent && record.acpSessionId === sessionId);
  }

  /** The usual mistake is a folder of the client's own machine. */
  #checkFolder({ cwd }: Fields) {
    const { cwd: remoteCwd, isFolder } = this.#options;
    if (typeof cwd === 'string' && isAbsolute(cwd) && isFolder(cwd)) return undefined;
    const shown = typeof cwd === 'string' ? cwd : 'none';
    return refused(
      INVALID_PARAMS,
      `cwd must be the absolute path of a folder on the agent's machine, and this is none: ${shown}`,
      { cwd: cwd ?? null, remoteCwd },
    );
  }
}

const isUsable = ({ session }: OpenSession): boolean => !['failed', 'closed', 'starting'].includes(session.state);

export const notFound = (sessionId: string): RpcError => ({
  code: RESOURCE_NOT_FOUND,
  message: `there is no session ${sessionId} on this connection: load it first`,
});

/** The answer to a load of one that was open already, by what is known of it now. */
export function answerOf({ session }: OpenSession): Fields {
  const { modes, models, configOptions } = session.profile;
  const { sessionId: _known, ...answer } = session.openingAnswer;
  const now = Object.entries({ modes, models, configOptions }).filter(([, value]) => value !== null);
  return { ...answer, ...Object.fromEntries(now) };
}

function sentenceOf(failure: OpenFailure): string {
  switch (failure.reason) {
    case 'too-many-sessions':
      return `${failure.limit} agent sessions are open, which is the limit (--max-agent-sessions)`;
    case 'cwd-missing':
      return `there is no folder ${failure.cwd}`;
    case 'session-is-open':
      return 'the session is open already, or is being opened';
    case 'session-not-resumable':
      return `the session cannot be loaded: ${failure.detail}`;
    case 'session-not-stored':
      return `the session could not be stored: ${failure.detail}`;
    case 'shutting-down':
      return 'the server is going down';
    case 'agent-unknown':
    case 'agent-command-invalid':
      return agentFailureText(failure);
  }
}

/** The agent's own list with what only this server knows of. */
export function mergedList(agents: unknown, ours: readonly Fields[], { cursor }: Fields): Fields {
  const answer = fieldsOf(agents);
  const listed = listOf(answer['sessions']).map(fieldsOf);
  const known = new Set(listed.map(({ sessionId }) => sessionId));
  // Ours are on the first page, whatever further ones the agent has.
  const more = (cursor ?? null) === null ? ours.filter(({ sessionId }) => !known.has(sessionId)) : [];
  return { ...answer, sessions: [...more, ...listed] };
}
