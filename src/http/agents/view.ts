/** Agents and their sessions as the wire shows them. */
import type { AgentListing } from '../../agents/registry/agent-registry.ts';
import type { SessionEntry } from '../../agents/session/entry.ts';
import type { PendingPermission } from '../../agents/session/permissions.ts';
import type { SessionRecord } from '../../agents/stored.ts';
import { toSeconds } from '../../core/clock.ts';
import type { Numbered } from '../../events/log.ts';
import type { AttachedClient } from '../../agents/session-use.ts';
import type { AgentClient, AgentEvent, AgentResource, AgentSessionResource } from '../../protocol/agents.ts';
import type { AgentPermission } from '../../protocol/agent-permissions.ts';

export function agentView({ id, name, command, installed, version, homepage }: AgentListing): AgentResource {
  return {
    id,
    name,
    command: command.join(' '),
    installed,
    ...(version !== undefined && { version }),
    ...(homepage !== undefined && { homepage }),
  };
}

export function sessionView({ attached, ...record }: SessionRecord): AgentSessionResource {
  return {
    ...record,
    createdAt: toSeconds(record.createdAt),
    lastEventAt: toSeconds(record.lastEventAt),
    ...(attached !== undefined && { attached: attached.map(clientView) }),
  };
}

const clientView = ({ since, ...client }: AttachedClient): AgentClient => ({ ...client, since: toSeconds(since) });

export const permissionView = ({ requestedAt, options, ...permission }: PendingPermission): AgentPermission => ({
  ...permission,
  options: [...options],
  requestedAt: toSeconds(requestedAt),
});

export const eventView = ({ id, entry: { at, event, data } }: Numbered<SessionEntry>): AgentEvent => ({
  id,
  event,
  at: toSeconds(at),
  data,
});
