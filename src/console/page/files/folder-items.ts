/**
 * What is known of an open folder: the pages of its list that were loaded.
 *
 *   unread ──load──▶ loading ──answer──▶ read ──more, reload──▶ loading
 *                       └──refused──▶ failed ──load──▶ loading
 */
import type { FileEntry } from '../../../protocol/files.ts';
import type { FileListing } from '../../../protocol/files/list.ts';
import type { Client } from '../../../client/client.ts';
import type { FilePlace } from './place.ts';

export const PAGE = 500;
/** Of one request, as the server has it. */
const MAX_PAGE = 10_000;

export interface Pages {
  readonly items: readonly FileEntry[];
  readonly next: string | null;
  readonly skipped: FileListing['skipped'];
}

export type FolderState =
  | { readonly at: 'unread' }
  | { readonly at: 'loading'; readonly before: Pages | undefined }
  | { readonly at: 'read'; readonly pages: Pages }
  | { readonly at: 'failed'; readonly error: unknown };

export class FolderItems {
  readonly place: FilePlace;
  #state: FolderState = { at: 'unread' };
  #again = false;
  #isReload = false;
  /** More was asked for while the folder was read anew. */
  #moreAfterwards = false;

  constructor(place: FilePlace) {
    this.place = place;
  }

  get state(): FolderState {
    return this.#state;
  }

  get pages(): Pages | undefined {
    if (this.#state.at === 'read') return this.#state.pages;
    return this.#state.at === 'loading' ? this.#state.before : undefined;
  }

  /** All that was loaded so far, anew; the first page where nothing was. */
  async reload(client: Client, hidden: boolean, signal: AbortSignal): Promise<void> {
    this.#again = this.#state.at === 'loading';
    if (this.#again) return;
    this.#isReload = true;
    do {
      this.#again = false;
      const known = this.pages?.items.length ?? 0;
      // What was seen to its end is seen to its end again, also where there is more by now.
      const wanted = this.pages?.next === null ? known + PAGE : Math.max(PAGE, known);
      await this.#load(async () => {
        let read = await this.#page(client, hidden, Math.min(wanted, MAX_PAGE), undefined, signal);
        while (read.next !== null && read.items.length < wanted)
          read = joined(read, await this.#page(client, hidden, PAGE, read.next, signal));
        return read;
      });
    } while (this.#again && !signal.aborted);
    this.#isReload = false;
    if (!this.#moreAfterwards) return;
    this.#moreAfterwards = false;
    await this.more(client, hidden, signal);
  }

  /** As much again as is there, so that the end of a large folder is a few presses away. */
  async more(client: Client, hidden: boolean, signal: AbortSignal): Promise<void> {
    this.#moreAfterwards = this.#isReload;
    if (this.#state.at !== 'read') return;
    const { pages } = this.#state;
    const { next } = pages;
    if (next === null) return;
    const wanted = Math.min(Math.max(PAGE, pages.items.length), MAX_PAGE);
    await this.#load(async () => joined(pages, await this.#page(client, hidden, wanted, next, signal)));
    if (this.#again) await this.reload(client, hidden, signal);
  }

  async #load(read: () => Promise<Pages>): Promise<void> {
    this.#state = { at: 'loading', before: this.pages };
    try {
      this.#state = { at: 'read', pages: await read() };
    } catch (error) {
      this.#state = { at: 'failed', error };
    }
  }

  #page(
    client: Client,
    hidden: boolean,
    limit: number,
    after: string | undefined,
    signal: AbortSignal,
  ): Promise<Pages> {
    const { path, pathBytes } = this.place;
    // Ignore files say what is not worth a search; whoever looks into a folder looks for what is there.
    const options = {
      pathBytes,
      hidden,
      limit,
      ignore: 'none',
      signal,
      ...(after !== undefined && { after }),
    } as const;
    return client.files.list(path, options);
  }
}

const joined = (one: Pages, other: Pages): Pages => ({
  items: [...one.items, ...other.items],
  next: other.next,
  skipped: [...one.skipped, ...other.skipped],
});
