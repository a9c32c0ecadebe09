/** Builds the room of agents. */
import { join, resolve } from 'node:path';
import { Broker } from '../agents/clients/broker.ts';
import { ClientSessions } from '../agents/clients/client-sessions.ts';
import { openAgentLauncher } from '../agents/connection/launched-agent.ts';
import { ownProcesses } from '../agents/host/own-processes.ts';
import { hostServices } from '../agents/host/services.ts';
import { AgentRegistry } from '../agents/registry/agent-registry.ts';
import { SessionFactory } from '../agents/session-factory.ts';
import { AgentSessions } from '../agents/sessions.ts';
import { gauge } from '../core/metric.ts';
import { acpRoutes } from '../http/acp/routes.ts';
import { acpSocketKinds } from '../http/acp/socket-kinds.ts';
import { agentEventRoutes } from '../http/agents/event-routes.ts';
import { agentOptionRoutes } from '../http/agents/option-routes.ts';
import { agentPermissionRoutes } from '../http/agents/permission-routes.ts';
import { agentPromptRoutes } from '../http/agents/prompt-routes.ts';
import { agentRoutes } from '../http/agents/routes.ts';
import { isDirectory } from '../platform/files/directory.ts';
import { parseAcpRequest } from '../modes/acp/request.ts';
import { createAcpRunner } from '../modes/acp/runner.ts';
import { sharedShells } from '../modes/acp/shared-shell.ts';
import type { ShellPool } from '../shells/pool.ts';
import { VERSION } from '../version.ts';
import type { Base, Feature } from './feature.ts';

/** `shells`: where the commands of an agent run whose job names a persistent shell. */
export async function openAgents(base: Base, scope: AsyncDisposableStack, shells: ShellPool): Promise<Feature> {
  const { config, commandEnv, clock, log, launcher } = base;
  const { settings, dataPath, cwd, agents: configured } = config;
  const root = join(dataPath, 'agents');
  const graceMs = settings['agent-grace'] * 1000;
  const policy = settings['acp-policy'];
  const registry = scope.use(new AgentRegistry({ launcher, env: commandEnv, cwd, configured, clock }));
  // Agents of clients that have no session yet end with it.
  const start = scope.use(await openAgentLauncher({ root: join(root, 'run'), launcher, graceMs }));
  const factory = new SessionFactory({
    start,
    host: (request) =>
      hostServices(request, ({ env }) => ownProcesses({ launcher, env, root: join(root, 'run'), graceMs })),
    clock,
    graceMs,
    permissionTimeoutMs: settings['permission-timeout'] * 1000,
    version: VERSION,
  });
  const sessions = scope.use(
    await AgentSessions.open({
      root: join(root, 'sessions'),
      factory,
      registry,
      baseEnv: commandEnv,
      cwd,
      policy,
      maxOpen: settings['max-agent-sessions'],
      keep: { sessions: settings['keep-jobs'], bytes: settings['keep-bytes'] },
      clock,
      log,
    }),
  );
  const idle = settings['agent-session-idle'];
  const workIn = resolve(cwd, settings['acp-cwd'] ?? '');
  const clients = scope.use(
    new Broker({
      registry,
      start,
      baseEnv: commandEnv,
      cwd: workIn,
      defaultAgent: settings['acp-agent'],
      graceMs,
      clock,
      sessions: new ClientSessions({
        sessions,
        cwd: workIn,
        isFolder: isDirectory,
        // A client asks its user; a server that allows less allows clients no more.
        policy: policy === 'read-only' || policy === 'deny-all' ? policy : 'ask',
        idleMs: idle === 0 ? undefined : idle * 1000,
      }),
    }),
  );
  const doors = { clients, live: base.live, clock };
  const runner = createAcpRunner({
    registry,
    factory,
    sessions,
    shells: sharedShells(shells),
    baseEnv: commandEnv,
    cwd,
    policy,
    clock,
  });
  return {
    folders: [join(root, 'run'), join(root, 'sessions')],
    routes: [
      agentRoutes(registry, sessions),
      agentPromptRoutes(sessions),
      agentOptionRoutes(sessions),
      agentPermissionRoutes(sessions),
      agentEventRoutes(sessions),
      acpRoutes(doors),
    ],
    sockets: acpSocketKinds(doors),
    modes: [{ name: 'acp', scope: 'agents', where: 'with agents', parse: parseAcpRequest, runner }],
    health: () => ({
      acp_supported: true,
      agent_sessions: sessions.count,
      agent_max_sessions: sessions.limit,
      agent_pending_permissions: sessions.pendingPermissions,
    }),
    metrics: () => [
      gauge('agent_server_agent_sessions', 'Sessions with agents that are open.', sessions.count),
      gauge('agent_server_agent_clients', 'Clients elsewhere that use agents of this machine.', clients.count),
      gauge('agent_server_agent_turns', 'Turns of agents that are running.', sessions.busy),
      gauge(
        'agent_server_agent_pending_permissions',
        'Permission requests of agents that wait for an answer.',
        sessions.pendingPermissions,
      ),
    ],
    activity: () => [{ kind: 'agent turns', ending: sessions.busy, surviving: 0 }],
    drain() {
      clients.drain();
      sessions.drain();
    },
    resume() {
      clients.resume();
      sessions.resume();
    },
  };
}
