/** Builds the room of ports. */
import { gauge } from '../core/metric.ts';
import { LeavingClients } from '../http/leaving-clients.ts';
import { PortHosts } from '../http/ports/origin/port-host.ts';
import { PortOrigins } from '../http/ports/origin/port-origins.ts';
import { PortSessions } from '../http/ports/origin/sessions.ts';
import { proxySockets } from '../http/ports/proxy-sockets.ts';
import { proxyRoutes } from '../http/ports/proxy-routes.ts';
import { portRoutes } from '../http/ports/routes.ts';
import { tcpSockets } from '../http/ports/tcp-sockets.ts';
import { createListeningSockets } from '../platform/ports/index.ts';
import { AllowedPorts, isWithin } from '../ports/allowed.ts';
import { PortHttp } from '../ports/http/client.ts';
import { PortList } from '../ports/listing.ts';
import { PortSlots } from '../ports/slots.ts';
import { PortWatch } from '../ports/watch.ts';
import type { Base, Feature, PortsOfProcesses } from './feature.ts';

/** Seconds that a target has for the headers of its answer. */
const ANSWER_SECONDS = 60;

/** `working`: the rooms whose processes may listen. */
export function openPorts(
  { config, clock, log, live, tickets }: Base,
  scope: AsyncDisposableStack,
  working: readonly Feature[],
): Feature & { readonly processes: PortsOfProcesses } {
  const trees = working.flatMap(({ trees: own }) => (own === undefined ? [] : [own]));
  const list = new PortList({ sockets: createListeningSockets(), trees, clock });
  const watch = scope.use(new PortWatch({ list, clock, log }));
  const allowed = new AllowedPorts();
  const keepHost = config.settings['ports-keep-host'];
  const slots = new PortSlots();
  // Apart, because sockets last: they must not take what requests need.
  const socketSlots = new PortSlots();
  const http = scope.use(new PortHttp({ answerSeconds: ANSWER_SECONDS, clock }));
  const passing = { http, slots, live, leaving: new LeavingClients(clock) };
  const passingSockets = { slots: socketSlots, answerSeconds: ANSWER_SECONDS };
  const hosts = new PortHosts(config.settings['ports-host']);
  const sessions = new PortSessions({ clock, live });
  return {
    processes: {
      listening: async () => {
        const found = (await list.look()).flatMap(({ pid, port }) => (pid === null ? [] : [{ pid, port }]));
        const byPid = Map.groupBy(found, ({ pid }) => pid);
        return new Map([...byPid].map(([pid, all]) => [pid, [...new Set(all.map(({ port }) => port))]]));
      },
      mayKnow: isWithin,
    },
    routes: [portRoutes(list, watch, allowed), proxyRoutes({ allowed, keepHost, ...passing })],
    // The first has its own paths below those of the second.
    sockets: [tcpSockets(allowed), proxySockets({ allowed, keepHost, ...passingSockets })],
    origins: new PortOrigins({ hosts, sessions, tickets, allowed, passing, passingSockets, keepHost }),
    listening: ({ port, terminalPort }) =>
      allowed.ownPorts([port, ...(terminalPort === undefined ? [] : [terminalPort])]),
    metrics: () => [
      gauge('agent_server_port_requests', 'Requests being passed on to ports.', slots.taken),
      gauge('agent_server_port_sessions', 'Browsers that may see a port on an origin of its own.', sessions.count),
      gauge('agent_server_port_sockets', 'WebSockets being passed on to ports.', socketSlots.taken),
    ],
  };
}
