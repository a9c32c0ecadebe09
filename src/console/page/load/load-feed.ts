/** How busy the machine is, followed as long as the page is visible. What was seen before a change of views is kept. */
import type { Client } from '../../../client/client.ts';
import { ClientError } from '../../../client/failure.ts';
import type { SystemEvent } from '../../../protocol/system.ts';
import { Store } from '../store.ts';
import type { Context } from '../view.ts';
import { whileVisible } from '../while-visible.ts';
import { withPoint, type LoadPoint } from './load-history.ts';

export interface MachineLoad {
  readonly now: SystemEvent;
  readonly points: readonly LoadPoint[];
}

/** Undefined before anything is known, and for a key that may not know. */
export type LoadFeed = Pick<Store<MachineLoad | undefined>, 'value' | 'watch'>;

const seen = new WeakMap<Client, readonly LoadPoint[]>();

export function followLoad(
  { client, connection }: Pick<Context, 'client' | 'connection'>,
  signal: AbortSignal,
): LoadFeed {
  const load = new Store<MachineLoad | undefined>(undefined);
  whileVisible(connection, signal, async (life) => {
    try {
      for await (const now of client.system.follow({ signal: life })) {
        const { cpu, memory } = now;
        const percent = memory.total > 0 ? (100 * memory.used) / memory.total : 0;
        const points = withPoint(seen.get(client) ?? [], { at: Date.now(), cpu: cpu.usage, memory: percent });
        seen.set(client, points);
        load.set({ now, points });
      }
    } catch (error) {
      // It is not for this key: nothing is shown, and nothing needs to be said.
      if (error instanceof ClientError && error.status === 403) return 'enough';
      throw error;
    }
    return 'again';
  });
  return load;
}
