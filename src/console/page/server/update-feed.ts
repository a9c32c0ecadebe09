/**
 * What self-update is doing, for as long as its view is open. The health requests of the page tell when something has
 * changed; only while an update is under way is it asked more often.
 */
import type { UpdateResource } from '../../../protocol/update.ts';
import { poll } from '../polling.ts';
import { Store } from '../store.ts';
import type { Context } from '../view.ts';

const LOOK_MS = 1000;

/** States that change within seconds. A scheduled update may wait for hours. */
const QUICK: readonly UpdateResource['state'][] = ['checking', 'downloading', 'trying', 'swapping'];

export interface UpdateFeed {
  readonly now: Store<UpdateResource | undefined>;
  /** Asks at once. */
  readonly refresh: () => void;
  /** Asks often for as long as the promise is pending. */
  readonly during: <T>(work: Promise<T>) => Promise<T>;
}

export function updateFeed({ client, connection, health }: Context, signal: AbortSignal): UpdateFeed {
  const now = new Store<UpdateResource | undefined>(undefined);
  let due = true;
  let pending = 0;
  const look = poll(connection, signal, LOOK_MS, async () => {
    const before = now.value;
    if (!due && pending === 0 && !(before !== undefined && QUICK.includes(before.state))) return;
    due = false;
    const found = await client.update.get(signal);
    if (JSON.stringify(found) !== JSON.stringify(before)) now.set(found);
    // The whole page is to know that a restart is near.
    if (before !== undefined && found.state !== before.state) connection.check();
  });
  const refresh = (): void => {
    due = true;
    look();
  };
  let told = '';
  health.watch(signal, (known) => {
    const telling = known === undefined ? '' : JSON.stringify([known.version, known.update]);
    if (telling === told) return;
    told = telling;
    refresh();
  });
  return {
    now,
    refresh,
    async during(work) {
      pending += 1;
      refresh();
      try {
        return await work;
      } finally {
        pending -= 1;
        refresh();
      }
    },
  };
}
