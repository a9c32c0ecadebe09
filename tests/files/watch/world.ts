/** A folder, its watches, and a clock that a test can put forward. */
import { lstatSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { versionOf } from '../../../src/files/entry.ts';
import { PathGlob } from '../../../src/files/ignore/path-glob.ts';
import { Places, type Reach } from '../../../src/files/place.ts';
import type { NumberedEvent } from '../../../src/files/watch/events.ts';
import { Watches, type WatchReader, type WatchRequest } from '../../../src/files/watch/watches.ts';
import { watching } from '../../../src/platform/watching/index.ts';
import type { Watching } from '../../../src/platform/watching/watching.ts';
import { Sandbox } from '../../support/sandbox.ts';
import { waitFor } from '../../support/wait.ts';

export interface WorldOptions {
  readonly clock?: Clock;
  readonly maxFolders?: number;
  readonly watching?: Watching;
}

interface Wanted extends Omit<Partial<WatchRequest>, 'exclude' | 'what'> {
  readonly owner?: string;
  readonly exclude?: readonly string[];
}

function globOf(text: string): PathGlob[] {
  const glob = PathGlob.read(text);
  return glob.ok ? [glob.value] : [];
}

export class World implements Disposable {
  readonly box = new Sandbox();
  readonly root: string;
  readonly outside: string;
  readonly watches: Watches;
  readonly reach: Reach;
  readonly #never = new AbortController().signal;

  constructor({ clock = systemClock, maxFolders = 100_000, watching: system = watching }: WorldOptions = {}) {
    this.root = join(realpathSync(this.box.path), 'root');
    this.outside = join(realpathSync(this.box.path), 'outside');
    for (const folder of [this.root, this.outside]) mkdirSync(folder);
    this.watches = new Watches({ watching: system, clock, log: silentLog, maxFolders });
    this.reach = new Places({ roots: undefined, own: [] }).reach({ roots: undefined, mayUseOwn: true });
  }

  path(...names: string[]): string {
    return join(this.root, ...names);
  }

  open(
    { owner = 'me', exclude = [], ...more }: Wanted = {},
    cursor?: { readonly watch: string; readonly seq: number },
  ) {
    const request = {
      what: JSON.stringify([owner, exclude, more.root, more.recursive]),
      reach: this.reach,
      root: this.root,
      recursive: true,
      exclude: exclude.flatMap(globOf),
      ignoreGit: false,
      pollSeconds: undefined,
      ...more,
    };
    return this.watches.open(request, cursor, this.#never);
  }

  /** The same where it must succeed. */
  async reader(more: Wanted = {}, cursor?: { readonly watch: string; readonly seq: number }) {
    const opened = await this.open(more, cursor);
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
    return new Follower(opened.value, this.root);
  }

  [Symbol.dispose](): void {
    this.watches[Symbol.dispose]();
    this.box[Symbol.dispose]();
  }
}

/** Takes events as a connection does, and keeps what it has taken. */
export class Follower implements Disposable {
  readonly source: WatchReader;
  readonly taken: NumberedEvent[] = [];
  after: number;
  readonly #root: string;

  constructor(source: WatchReader, root: string) {
    this.source = source;
    this.after = source.after;
    this.#root = root;
  }

  get cursor() {
    return { watch: this.source.watchId, seq: this.after };
  }

  take(entries = 16): readonly NumberedEvent[] {
    const events = this.source.read(this.after, { entries });
    this.after = events.at(-1)?.id ?? this.after;
    this.taken.push(...events);
    return events;
  }

  /** All so far as `type path`, the path below the root. */
  told(): string[] {
    while (this.take().length > 0);
    return this.taken.map(({ entry }) => `${entry.type} ${entry.path.slice(this.#root.length + 1)}`.trim());
  }

  [Symbol.dispose](): void {
    this.source[Symbol.dispose]();
  }
}

export const toldBy = (follower: Follower, what: string) => waitFor(what, () => follower.told().includes(what));

/** Path → version of all that is in a folder, as `find` would list it; of a folder that it is one. */
export function treeOf(folder: string, into = new Map<string, string>()): Map<string, string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const version = versionAt(path);
    if (version === undefined) continue;
    into.set(path, version);
    if (version === 'folder') treeOf(path, into);
  }
  return into;
}

export function versionAt(path: string): string | undefined {
  try {
    const stats = lstatSync(path, { bigint: true });
    return stats.isDirectory() ? 'folder' : versionOf(stats);
  } catch {
    return undefined;
  }
}
