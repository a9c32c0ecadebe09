/**
 * What is kept of sessions on disk:
 *
 *     agents/sessions/<id>/session.json   what it is about and how it ended (0600)
 *                          events.jsonl   its events
 *
 * The environment of a session is not kept, nor are its MCP servers: they may hold secrets.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { EventLog } from '../events/log.ts';
import type { PolicyName } from './policy/policy-name.ts';
import type { AgentSession } from './session/agent-session.ts';
import type { SessionStateName } from './session/state.ts';
import { isObject } from './is-object.ts';
import type { AttachedClient, SessionUse } from './session-use.ts';
import type { SessionEntry } from './session/entry.ts';
import type { ProfileFields } from './session/profile.ts';

/** A build raises it when earlier ones would misread what it writes; they leave such a folder alone. */
const FORMAT = 1;

/** A session, open or not, as it is shown and kept. Times are Unix milliseconds. */
export interface SessionRecord extends ProfileFields {
  readonly id: string;
  /** As it was asked for. */
  readonly agent: string;
  readonly acpSessionId: string | null;
  readonly cwd: string;
  readonly policy: PolicyName;
  readonly state: SessionStateName;
  readonly error?: string;
  readonly turns: number;
  readonly queued: number;
  readonly pendingPermissions: number;
  readonly pid?: number;
  readonly createdAt: number;
  readonly lastEventAt: number;
  readonly lastEventId: number;
  /** Clients of the protocol that are attached; absent where none is. */
  readonly attached?: readonly AttachedClient[];
}

/** A session with what the server knows of it beside the agent. */
export interface OpenSession {
  readonly session: AgentSession;
  /** As it was asked for. */
  readonly agent: string;
  readonly createdAt: number;
  readonly log: EventLog<SessionEntry>;
  readonly use: SessionUse;
}

export function recordOf({ session, agent, createdAt, log, use }: OpenSession): SessionRecord {
  const { spec, state, error, pid, turns, permissions, profile, lastEventAt } = session;
  return {
    id: spec.id,
    agent,
    acpSessionId: session.acpSessionId ?? null,
    cwd: spec.cwd,
    policy: spec.policy,
    state,
    ...(error !== undefined && { error }),
    ...profile,
    turns: turns.count,
    queued: turns.waiting,
    pendingPermissions: permissions.waiting,
    ...(pid !== undefined && { pid }),
    createdAt,
    lastEventAt,
    lastEventId: log.last,
    ...(!session.over && use.attached.length > 0 && { attached: use.attached }),
  };
}

/** Whether it takes prompts; its agent may be still there when it does not. */
export const isOpen = ({ state }: SessionRecord): boolean => state !== 'closed' && state !== 'failed';

export class SessionFolder {
  readonly path: string;

  constructor(root: string, id: string) {
    this.path = join(root, id);
  }

  get events(): string {
    return join(this.path, 'events.jsonl');
  }

  create(): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
  }

  /** The old text or the new one, never half of one. */
  save(record: SessionRecord): void {
    const path = join(this.path, 'session.json');
    writeFileSync(`${path}.new`, JSON.stringify({ format: FORMAT, ...record }), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  /** Undefined for what is no session of this format. */
  read(): SessionRecord | undefined {
    try {
      const value: unknown = JSON.parse(readFileSync(join(this.path, 'session.json'), 'utf8'));
      if (!isRecord(value) || value.id !== basename(this.path)) return undefined;
      const { format: _known, ...record } = value;
      return record;
    } catch {
      return undefined;
    }
  }

  get bytes(): number {
    return statSync(this.events, { throwIfNoEntry: false })?.size ?? 0;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function isRecord(value: unknown): value is SessionRecord & { readonly format: typeof FORMAT } {
  if (!isObject(value) || value['format'] !== FORMAT) return false;
  const texts = ['id', 'agent', 'cwd', 'policy', 'state'].every((name) => typeof value[name] === 'string');
  return texts && ['turns', 'createdAt', 'lastEventAt'].every((name) => typeof value[name] === 'number');
}
