/** On which ports something listens, live for as long as the page is visible. */
import type { ListeningPort } from '../../../protocol/ports.ts';
import { nextFrame } from '../next-frame.ts';
import { Store } from '../store.ts';
import type { Context } from '../view.ts';
import { whileVisible } from '../while-visible.ts';

export interface ListedPort extends ListeningPort {
  readonly key: string;
}

/** Undefined before anything is known. */
export type PortFeed = Store<readonly ListedPort[] | undefined>;

export function followPorts(
  { client, connection }: Pick<Context, 'client' | 'connection'>,
  signal: AbortSignal,
): PortFeed {
  const feed: PortFeed = new Store<readonly ListedPort[] | undefined>(undefined);
  whileVisible(connection, signal, async (life) => {
    // Each connection begins with all that listen now; what was listed before is shown until then.
    const open = new Map<string, ListeningPort[]>();
    let due = false;
    // Many come at once, and are shown as one change.
    const showSoon = async (): Promise<void> => {
      if (due) return;
      due = true;
      await nextFrame(life);
      due = false;
      if (!life.aborted) feed.set(inOrder(open));
    };
    // Where nothing listens at all, no event says so.
    void client.ports.list({ signal: life }).then(
      (all) => all.length === 0 && void showSoon(),
      () => undefined,
    );
    for await (const { type, ...port } of client.ports.follow(life)) {
      const key = keyOf(port);
      // Several processes may share an address, each with a socket of its own.
      const shared = open.get(key) ?? [];
      if (type === 'open') open.set(key, [...shared, port]);
      else if (shared.length > 1) open.set(key, shared.slice(1));
      else open.delete(key);
      void showSoon();
    }
    return 'again';
  });
  return feed;
}

/** One that was closed and opened again is another one. */
const keyOf = ({ port, address, since }: ListeningPort): string => `${port} ${address} ${since}`;

const inOrder = (open: ReadonlyMap<string, readonly ListeningPort[]>): ListedPort[] =>
  [...open]
    .flatMap(([key, [port]]) => (port === undefined ? [] : [{ ...port, key }]))
    .toSorted((a, b) => a.port - b.port || (a.address < b.address ? -1 : 1));
