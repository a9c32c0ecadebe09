/** The tree: folders are read when they are opened, a page at a time, and stay as they were opened. */
import type { WatchedEvent } from '../../../client/files.ts';
import { h } from '../element.ts';
import { keyedList } from '../keyed-list.ts';
import type { Store } from '../store.ts';
import type { Context } from '../view.ts';
import { FolderItems } from './folder-items.ts';
import { LiveFolders } from './live-folders.ts';
import { idOf, isWithin, parentOf, type FilePlace } from './place.ts';
import { treeKeys } from './tree-keys.ts';
import { treeRow } from './tree-row.ts';
import { treeRows, type TreeRow } from './tree-rows.ts';

/** Changes that come together are read together. */
const GATHER_MS = 100;

export interface FileTreeOptions {
  readonly context: Context;
  readonly root: FilePlace;
  readonly hidden: Store<boolean>;
  /** Something in a folder that is followed has changed. */
  readonly changed: (event: WatchedEvent) => void;
  readonly signal: AbortSignal;
}

export class FileTree {
  readonly element = h('div', { class: 'tree', role: 'tree', 'aria-label': 'Files' });
  readonly #options: FileTreeOptions;
  readonly #open = new Map<string, FolderItems>();
  readonly #live: LiveFolders;
  readonly #showRows: (rows: readonly TreeRow[]) => void;
  readonly #due = new Map<string, ReturnType<typeof setTimeout>>();
  #root: FolderItems;
  #rows: readonly TreeRow[] = [];

  constructor(options: FileTreeOptions) {
    const { context, root, hidden, signal, changed } = options;
    this.#options = options;
    this.#root = new FolderItems(root);
    this.#showRows = keyedList<TreeRow>(
      this.element,
      ({ key }) => key,
      (row, life) =>
        treeRow(
          row,
          {
            selected: context.selected,
            opened: (one) => this.#pressed(one),
            toggled: (one) => this.#toggle(one),
          },
          life,
        ),
      signal,
    );
    this.#live = new LiveFolders(
      context,
      (folder, event) => {
        this.#reloadSoon(folder);
        changed(event);
      },
      signal,
    );
    treeKeys(this.element, (key) => {
      const row = this.#rows.find((one) => one.key === key);
      if (row !== undefined) this.#toggle(row);
    });
    signal.addEventListener('abort', () => this.#due.forEach((timer) => clearTimeout(timer)), { once: true });
    hidden.watch(signal, () => this.refresh());
  }

  get root(): FilePlace {
    return this.#root.place;
  }

  setRoot(place: FilePlace): void {
    if (idOf(place) === idOf(this.root)) return;
    const known = this.#open.get(idOf(place));
    this.#root = known ?? new FolderItems(place);
    void this.#read(this.#root);
  }

  /** All that is open, anew. */
  refresh(): void {
    for (const folder of [this.#root, ...this.#open.values()]) void this.#read(folder);
  }

  /** A folder, anew, if it is open. */
  reread(path: string): void {
    for (const folder of [this.#root, ...this.#open.values()]) if (folder.place.path === path) void this.#read(folder);
  }

  /** Opens the folders down to a place in the tree, and from now on follows the folder that it is, or is in. */
  async reveal(place: FilePlace, isFolderItself: boolean): Promise<void> {
    const chain: FilePlace[] = [];
    for (let one = isFolderItself ? place : parentOf(place); one !== undefined; one = parentOf(one)) {
      if (!isWithin(one, this.root)) break;
      chain.unshift(one);
    }
    const [last] = chain.slice(-1);
    if (last !== undefined) this.#follow(last);
    await Promise.all(chain.filter((one) => one.path !== this.root.path).map((one) => this.#expand(one)));
    const row = this.element.querySelector('[aria-current]');
    row?.scrollIntoView({ block: 'nearest' });
  }

  #follow({ path, pathBytes }: FilePlace): void {
    // Watches are by text alone.
    if (pathBytes === undefined) this.#live.use(path);
  }

  async #expand(place: FilePlace): Promise<void> {
    const id = idOf(place);
    if (this.#open.has(id)) return;
    const folder = new FolderItems(place);
    this.#open.set(id, folder);
    await this.#read(folder);
  }

  #pressed(row: TreeRow): void {
    if (row.kind !== 'entry' || row.open === undefined) return;
    // The first press opens a folder, and one on what is chosen already closes it again.
    if (!row.open || this.#options.context.selected.value === idOf(row.place)) this.#toggle(row);
  }

  #toggle(row: TreeRow): void {
    const { context, hidden, signal } = this.#options;
    if (row.kind === 'more') {
      void row.folder.more(context.client, hidden.value, signal).then(() => this.#show());
      return this.#show();
    }
    if (row.kind !== 'entry' || row.open === undefined) return;
    if (row.open) this.#open.delete(idOf(row.place));
    else {
      this.#follow(row.place);
      void this.#expand(row.place);
    }
    this.#show();
  }

  async #read(folder: FolderItems): Promise<void> {
    const { context, hidden, signal } = this.#options;
    const reading = folder.reload(context.client, hidden.value, signal);
    this.#show();
    await reading;
    if (folder.state.at === 'failed') context.connection.explains(folder.state.error);
    this.#show();
  }

  #reloadSoon(path: string): void {
    if (this.#due.has(path)) return;
    const timer = setTimeout(() => {
      this.#due.delete(path);
      this.reread(path);
    }, GATHER_MS);
    this.#due.set(path, timer);
  }

  #show(): void {
    if (this.#options.signal.aborted) return;
    this.#rows = treeRows(this.#root, this.#open);
    this.#showRows(this.#rows);
  }
}
