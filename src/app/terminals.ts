/** Builds the room of terminals. */
import { join } from 'node:path';
import { counter, gauge } from '../core/metric.ts';
import { terminalControlRoutes } from '../http/terminals/control-routes.ts';
import { terminalOutputRoutes } from '../http/terminals/output-routes.ts';
import { terminalProgramRoutes } from '../http/terminals/program-routes.ts';
import { terminalRoutes } from '../http/terminals/routes.ts';
import { terminalSocketRoutes } from '../http/terminals/socket-routes.ts';
import { terminalSockets } from '../http/terminals/socket/kind.ts';
import { Terminals } from '../terminals/registry.ts';
import type { Base, Feature } from './feature.ts';

export async function openTerminals(base: Base, scope: AsyncDisposableStack): Promise<Feature> {
  const { config, commandEnv, clock, log, processes, graceMs } = base;
  const { settings, dataPath, cwd } = config;
  const terminals = scope.use(
    await Terminals.open({
      dataPath,
      processes,
      baseEnv: commandEnv,
      cwd,
      shell: settings['terminal-shell'],
      ptyEngine: settings['pty-engine'],
      limits: { kept: settings['max-terminals'], socket: settings['max-terminal-sessions'] },
      keepMs: settings['terminal-keep'] * 1000,
      graceMs,
      clock,
      log,
    }),
  );
  const ephemeralLimits = {
    idleMs: settings['terminal-idle-timeout'] * 1000,
    lifetimeMs: settings['terminal-lifetime'] * 1000,
  };
  return {
    folders: [join(dataPath, 'terminals')],
    trees: {
      active: () => terminals.list().map(({ id }) => id),
      ownerOf: (treeId) => (terminals.list().some(({ id }) => id === treeId) ? { terminalId: treeId } : undefined),
    },
    routes: [
      terminalRoutes(terminals),
      terminalControlRoutes(terminals),
      terminalOutputRoutes(terminals),
      terminalProgramRoutes(terminals),
      terminalSocketRoutes,
    ],
    sockets: [terminalSockets({ terminals, ephemeralLimits, clock, log })],
    health: () => ({ terminal_supported: terminals.supported, terminal_sessions: terminals.count }),
    metrics: () => [
      gauge('agent_server_terminals', 'Terminals whose program runs.', terminals.count),
      counter(
        'agent_server_terminal_output_bytes_total',
        'Bytes that programs in terminals have printed.',
        terminals.outputBytes,
      ),
    ],
    activity: () => [{ kind: 'terminals', ending: terminals.count, surviving: 0 }],
    drain: () => terminals.drain(),
    resume: () => terminals.resume(),
  };
}
