/** The ports of this machine on which something listens, with whose they are and since when this server knows of them. */
import type { Clock } from '../core/clock.ts';
import type { ListeningSocket, ListeningSockets } from '../platform/ports/listening.ts';

/** A room's own processes: a tree is named by the id of what it belongs to. */
export interface OwnTrees {
  /** Those that run. */
  active(): readonly string[];
  /** Also of one that is over: it may have left something in the background. */
  ownerOf(treeId: string): TreeOwner | undefined;
}

export type TreeOwner = { readonly jobId: string } | { readonly terminalId: string };

export interface ListeningPort extends Omit<ListeningSocket, 'treeId'> {
  readonly owner: TreeOwner | undefined;
  /** When it was seen first, Unix milliseconds. */
  readonly since: number;
}

export interface PortListOptions {
  readonly sockets: ListeningSockets;
  readonly trees: readonly OwnTrees[];
  readonly clock: Pick<Clock, 'now'>;
}

export class PortList {
  readonly #options: PortListOptions;
  #since: ReadonlyMap<string, number> = new Map();
  #looking: Promise<readonly ListeningPort[]> | undefined;

  constructor(options: PortListOptions) {
    this.#options = options;
  }

  /** By port. Whoever asks while a look goes on waits for the next one: what began to listen before the question is seen. */
  async look(): Promise<readonly ListeningPort[]> {
    const before = this.#looking;
    const mine = before?.then(
      () => this.#shared(before),
      () => this.#shared(before),
    );
    return mine ?? this.#shared(undefined);
  }

  /** The look after `before`, which all who waited for that one share. */
  #shared(before: Promise<unknown> | undefined): Promise<readonly ListeningPort[]> {
    if (this.#looking !== undefined && this.#looking !== before) return this.#looking;
    const looking = this.#look().finally(() => {
      if (this.#looking === looking) this.#looking = undefined;
    });
    this.#looking = looking;
    return looking;
  }

  async #look(): Promise<readonly ListeningPort[]> {
    const { sockets, trees, clock } = this.#options;
    const found = await sockets.look(trees.flatMap((room) => room.active()));
    const now = clock.now();
    const ports = found.map(({ treeId, ...socket }) => ({
      ...socket,
      owner: treeId === undefined ? undefined : this.#ownerOf(treeId),
      since: this.#since.get(socket.key) ?? now,
    }));
    this.#since = new Map(ports.map(({ key, since }) => [key, since]));
    return ports.toSorted((a, b) => a.port - b.port || (a.address < b.address ? -1 : 1));
  }

  #ownerOf(treeId: string): TreeOwner | undefined {
    for (const room of this.#options.trees) {
      const owner = room.ownerOf(treeId);
      if (owner !== undefined) return owner;
    }
    return undefined;
  }
}
