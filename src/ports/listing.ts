/** The ports of this machine on which something listens, with whose they are and since when this server knows of them. */
import type { Clock } from '../core/clock.ts';
import { SharedLook } from '../core/shared-look.ts';
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
  readonly #shared = new SharedLook(() => this.#look());

  constructor(options: PortListOptions) {
    this.#options = options;
  }

  /** By port. */
  look(): Promise<readonly ListeningPort[]> {
    return this.#shared.now();
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
