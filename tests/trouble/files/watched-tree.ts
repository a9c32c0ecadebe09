/** The tree of a folder as a program knows it that follows its watch, and lists it again after each `overflow`. */
import type { FileWatchEvent } from '../../../src/protocol/files/watch.ts';
import type { FileListing } from '../../../src/protocol/files/list.ts';
import { parseSse } from '../../../src/client/sse.ts';
import type { Rig } from '../../support/rig.ts';
import { pathQuery, plain } from './world.ts';

/** Path → version, or that it is a folder. */
type Tree = Map<string, string>;

const PAGE = 10_000;

export async function listed(rig: Rig, root: string): Promise<Tree> {
  const tree: Tree = new Map();
  for (let after: string | null = ''; after !== null;) {
    const query = `${pathQuery(root)}&depth=0&hidden=1&ignore=none&limit=${PAGE}&after=${encodeURIComponent(after)}`;
    const answer = await plain(rig, `/files/list?${after === '' ? query.replace(/&after=$/, '') : query}`);
    const page = (await answer.json()) as FileListing;
    for (const { path, type, version } of page.items) tree.set(path, type === 'directory' ? 'folder' : version);
    after = page.next;
  }
  return tree;
}

export class WatchedTree {
  readonly #rig: Rig;
  readonly #root: string;
  known: Tree = new Map();
  events = 0;
  overflows = 0;
  isReady = false;

  constructor(rig: Rig, root: string) {
    this.#rig = rig;
    this.#root = root;
  }

  /** To the end of the stream. */
  async follow(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const { data } of parseSse(chunks)) await this.#take(JSON.parse(data) as FileWatchEvent);
  }

  async #take({ type, path, entry }: FileWatchEvent): Promise<void> {
    this.events += 1;
    if (type === 'ready') this.isReady = true;
    else if (type === 'overflow') {
      this.overflows += 1;
      this.known = await listed(this.#rig, this.#root);
    } else if (type === 'delete') this.known.delete(path);
    // What is gone meanwhile has a `delete` to come.
    else this.known.set(path, entry === undefined ? 'gone' : entry.type === 'directory' ? 'folder' : entry.version);
  }

  knows(there: Tree): boolean {
    return this.known.size === there.size && differenceOf(this.known, there).length === 0;
  }
}

/** Paths of which the two say something else. */
export function differenceOf(known: Tree, there: Tree): string[] {
  const paths = new Set([...there.keys(), ...known.keys()]);
  return [...paths].filter((path) => there.get(path) !== known.get(path));
}
