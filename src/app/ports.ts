/** Builds the room of ports. */
import { portRoutes } from '../http/ports/routes.ts';
import { createListeningSockets } from '../platform/ports/index.ts';
import { PortList } from '../ports/listing.ts';
import { PortWatch } from '../ports/watch.ts';
import type { Base, Feature } from './feature.ts';

/** `working`: the rooms whose processes may listen. */
export function openPorts({ clock, log }: Base, scope: AsyncDisposableStack, working: readonly Feature[]): Feature {
  const trees = working.flatMap(({ trees: own }) => (own === undefined ? [] : [own]));
  const list = new PortList({ sockets: createListeningSockets(), trees, clock });
  const watch = scope.use(new PortWatch({ list, clock, log }));
  return { routes: [portRoutes(list, watch)] };
}
