/** Builds the room of persistent shells. */
import { join } from 'node:path';
import { gauge } from '../core/metric.ts';
import { sessionRoutes } from '../http/sessions/routes.ts';
import { parsePersistentShellRequest } from '../modes/persistent-shell/request.ts';
import { createPersistentShellRunner } from '../modes/persistent-shell/runner.ts';
import { ShellFactory } from '../shells/factory.ts';
import { findShells } from '../shells/find.ts';
import { ShellPool } from '../shells/pool.ts';
import { SHELL_NAMES } from '../shells/shell-process.ts';
import type { Base, Feature } from './feature.ts';

/** `pool`: for a room whose commands run in shells that are kept. */
export async function openSessions(
  base: Base,
  scope: AsyncDisposableStack,
): Promise<Feature & { readonly pool: ShellPool }> {
  const { config, commandEnv, clock, log, launcher, graceMs } = base;
  const { settings, dataPath, cwd } = config;
  const spares = settings['spare-shells'] === 'on';
  const factory = scope.use(await ShellFactory.open({ dataPath, launcher, baseEnv: commandEnv, spares, graceMs }));
  const kinds = findShells(launcher, commandEnv);
  const names = new Set(kinds.keys());
  const pool = scope.use(
    new ShellPool({
      kinds,
      factory,
      maxSessions: settings['max-sessions'],
      idleTimeoutMs: settings['session-idle-timeout'] * 1000,
      serverCwd: cwd,
      clock,
      log,
      graceMs,
    }),
  );
  const runner = createPersistentShellRunner(pool, cwd);
  const powershells = { pwsh: names.has('pwsh'), powershell: names.has('powershell') };
  return {
    pool,
    folders: [join(dataPath, 'shells')],
    routes: [sessionRoutes(pool)],
    modes: [
      {
        name: 'persistent_shell',
        available: names.size > 0,
        where: 'in persistent shells',
        parse: (body) => parsePersistentShellRequest(body, names),
        runner,
      },
    ],
    health: () => ({
      // Inherited callers know PowerShell alone.
      persistent_shell_supported: powershells.pwsh || powershells.powershell,
      persistent_shell_shells: powershells,
      persistent_shell_default_shell: powershells.pwsh ? 'pwsh' : powershells.powershell ? 'powershell' : null,
      persistent_shell_sessions: pool.count,
      persistent_shell_max_sessions: pool.maxSessions,
      persistent_shell_idle_timeout_seconds: pool.idleTimeoutMs / 1000,
      shells: Object.fromEntries(SHELL_NAMES.map((name) => [name, names.has(name)])),
    }),
    metrics: () => [gauge('agent_server_sessions', 'Persistent shells that are kept.', pool.count)],
    activity: () => [{ kind: 'persistent shells', ending: pool.count, surviving: 0 }],
  };
}
