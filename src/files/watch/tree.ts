/**
 * What a watch knows of its tree: the state of everything in it. A hint says where to look; the difference between what is there
 * and what is known is what is told. A folder is watched first and read then, so that nothing happens in between unseen; one that
 * is new, moved in or replaced is read with all that is in it.
 */
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { realFolder } from '../../platform/machine-paths/read-folder.ts';
import type { HintSource, NotWatched } from '../../platform/watching/watching.ts';
import type { Reach } from '../place.ts';
import type { Filter } from './filter.ts';
import { HardLinks } from './hard-links.ts';
import { fileNumber, isFolder, type Looks, type Seen } from './looks.ts';

export type TreeFailure =
  | { readonly reason: 'too-many-folders'; readonly limit: number }
  | { readonly reason: 'is-remote'; readonly path: RawPath }
  | Extract<NotWatched, { readonly reason: 'system-limit' }>;

export interface TreeOptions {
  /** That of the root. */
  readonly device: bigint;
  readonly recursive: boolean;
  readonly reach: Reach;
  readonly filter: Filter;
  readonly looks: Looks;
  /** Undefined where the tree is looked at again and again instead. */
  readonly source: () => HintSource | undefined;
  readonly isRemote: (path: RawPath) => boolean;
  readonly maxFolders: number;
  readonly tell: (type: 'create' | 'change' | 'delete', path: RawPath) => void;
  /** Ends a look in the middle; throws. */
  readonly signal: AbortSignal;
}

/** Thrown out of a look, whatever its depth. */
export class TreeRefused extends Error {
  readonly failure: TreeFailure;

  constructor(failure: TreeFailure) {
    super(failure.reason);
    this.failure = failure;
  }
}

/** Others have their turn after so long. */
const SLICE_MS = 8;
const { paths } = machinePaths;

export class Tree {
  readonly #options: TreeOptions;
  readonly #folders = new Map<RawPath, Map<RawPath, number>>();
  readonly links = new HardLinks();
  /** Of files that were seen to have several names. */
  readonly #linked = new Set<number>();
  #sliceBegan = performance.now();

  constructor(options: TreeOptions) {
    this.#options = options;
  }

  /** How many folders are known, the root among them. */
  get folders(): number {
    return this.#folders.size;
  }

  /** Looks at one name of a known folder, or at all that is in it. Throws TreeRefused. */
  async look(folder: RawPath, name: RawPath | undefined): Promise<void> {
    await this.#turn();
    if (!this.#folders.has(folder)) return;
    if (name === undefined) return this.read(folder, false);
    await this.#settle(folder, name, await this.#seen(folder, name), 'folder');
    // What is left out may be other things now.
    if (this.#options.filter.isRule(name)) await this.read(folder, true);
    for (const other of this.links.others(paths.join(folder, name)))
      await this.#settle(paths.dirname(other), paths.basename(other), await this.#seenAt(other), 'folder');
  }

  /** Looks at all that is in a folder; `deep`: also in the known folders in it. Throws TreeRefused. */
  async read(folder: RawPath, deep: boolean): Promise<void> {
    this.#watch(folder);
    this.#options.filter.enter(folder);
    const names = await this.#namesIn(folder);
    const there = new Set(names);
    for (const name of this.#folders.get(folder)?.keys() ?? [])
      if (!there.has(name)) await this.#settle(folder, name, undefined, 'nothing');
    for (const name of names) {
      await this.#turn();
      await this.#settle(folder, name, await this.#seen(folder, name), deep ? 'tree' : 'nothing');
    }
  }

  /** Looks at names that were known before their file had another one: there was no hint for them. Throws TreeRefused. */
  async lookAtLinked(): Promise<void> {
    if (this.#linked.size === 0) return;
    const numbers = new Set(this.#linked);
    this.#linked.clear();
    for (const [folder, known] of this.#folders) {
      await this.#turn();
      for (const [name, state] of known) {
        if (isFolder(state) || !numbers.has(fileNumber(state)) || this.links.has(paths.join(folder, name))) continue;
        await this.#turn();
        await this.#settle(folder, name, await this.#seen(folder, name), 'nothing');
      }
    }
  }

  #watch(folder: RawPath): void {
    const { source, maxFolders } = this.#options;
    if (!this.#folders.has(folder)) {
      if (this.#folders.size >= maxFolders) throw new TreeRefused({ reason: 'too-many-folders', limit: maxFolders });
      this.#folders.set(folder, new Map());
    }
    const added = source()?.add(folder);
    // What is gone or not for us is read as empty; the folder around it has a hint when that changes.
    if (added?.ok === false && added.failure.reason === 'system-limit') throw new TreeRefused(added.failure);
  }

  /** Empty where it cannot be read, or is behind a link by now. */
  async #namesIn(folder: RawPath): Promise<readonly RawPath[]> {
    const names = await this.#options.looks.names(folder);
    if (names === undefined) return [];
    return realFolder(folder) === folder ? names : [];
  }

  async #seen(folder: RawPath, name: RawPath): Promise<Seen | undefined> {
    const path = paths.join(folder, name);
    const seen = await this.#seenAt(path);
    const isOut = seen !== undefined && this.#options.filter.leavesOut(folder, name, path, isFolder(seen.state));
    return isOut ? undefined : seen;
  }

  async #seenAt(path: RawPath): Promise<Seen | undefined> {
    const seen = await this.#options.looks.at(path);
    return seen !== undefined && this.#options.reach.excludes(path, seen.identity) ? undefined : seen;
  }

  /** `into`: what of a folder is read though it seems to be the one that is known. */
  async #settle(
    folder: RawPath,
    name: RawPath,
    seen: Seen | undefined,
    into: 'nothing' | 'folder' | 'tree',
  ): Promise<void> {
    const known = this.#folders.get(folder);
    if (known === undefined) return;
    const path = paths.join(folder, name);
    const before = known.get(name);
    const now = seen?.state;
    const { tell } = this.#options;
    const isFirst = this.links.note(path, seen?.isLinked === true ? seen.identity : undefined);
    if (isFirst && now !== undefined) this.#linked.add(fileNumber(now));
    if (before !== undefined && (now === undefined || isFolder(before) !== isFolder(now))) {
      known.delete(name);
      if (isFolder(before)) this.#drop(path);
      tell('delete', path);
    }
    if (now === undefined) return;
    const isKnown = known.has(name);
    known.set(name, now);
    if (!isKnown) tell('create', path);
    else if (now !== before) tell('change', path);
    if (!isFolder(now) || !this.#options.recursive) return;
    if (isKnown && now === before && into === 'nothing') return;
    this.#needHints(path, seen);
    await this.read(path, into === 'tree' || (isKnown && now !== before));
  }

  /** None come from a file system of a network that is mounted in the tree. */
  #needHints(folder: RawPath, seen: Seen | undefined): void {
    const { source, device, isRemote } = this.#options;
    if (source() === undefined || seen === undefined || seen.device === device) return;
    if (isRemote(folder)) throw new TreeRefused({ reason: 'is-remote', path: folder });
  }

  /** A folder is gone, and all that was in it. */
  #drop(folder: RawPath): void {
    const known = this.#folders.get(folder);
    if (known === undefined) return;
    for (const [name, state] of known) {
      const path = paths.join(folder, name);
      if (isFolder(state)) this.#drop(path);
      this.links.note(path, undefined);
      this.#options.tell('delete', path);
    }
    this.#leave(folder);
  }

  #leave(folder: RawPath): void {
    this.#folders.delete(folder);
    this.#options.filter.leave(folder);
    this.#options.source()?.remove(folder);
  }

  async #turn(): Promise<void> {
    if (performance.now() - this.#sliceBegan < SLICE_MS) return;
    await new Promise<void>((resolve) => void setImmediate(resolve));
    this.#options.signal.throwIfAborted();
    this.#sliceBegan = performance.now();
  }
}
