/** The pages of a listing, one after the other as they are asked for, or all of it in another order than that of names. */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import type { ListFilesOptions } from '../../client/files/list.ts';
import type { FileEntry } from '../../protocol/files.ts';
import type { FileListing } from '../../protocol/files/list.ts';

export interface ListingPage extends Pick<FileListing, 'items' | 'skipped'> {
  /** What the paths of its items begin with, beyond what is to be shown of them. */
  readonly root: string;
}

/** Of a file there is one page with itself. */
export async function* listingPages(
  client: Client,
  path: string,
  options: ListFilesOptions,
): AsyncGenerator<ListingPage> {
  let root: string | undefined;
  try {
    for (let after: string | undefined; ;) {
      const { items, skipped, next } = await client.files.list(path, {
        ...options,
        ...(after !== undefined && { after }),
      });
      root ??= rootOf(items);
      yield { items, skipped, root: root ?? '' };
      if (next === null) return;
      after = next;
    }
  } catch (error) {
    if (!(error instanceof ClientError && error.status === 409)) throw error;
    const entry = await client.files.stat(path, { follow: true });
    if (entry.type === 'directory') throw error;
    yield { items: [entry], skipped: [], root: '' };
  }
}

/** A folder comes before what is in it: the first item is directly in the folder that was asked for. */
function rootOf([first]: readonly FileEntry[]): string | undefined {
  return first?.path.slice(0, -first.name.length);
}

/** All of them as one, the largest or the newest first. */
export async function sortedListing(pages: AsyncIterable<ListingPage>, by: 'size' | 'time'): Promise<ListingPage> {
  const items: FileEntry[] = [];
  const skipped: ListingPage['skipped'] = [];
  let root = '';
  for await (const page of pages) {
    for (const item of page.items) items.push(item);
    for (const one of page.skipped) skipped.push(one);
    root = page.root;
  }
  items.sort(by === 'size' ? (a, b) => b.size - a.size : (a, b) => b.modifiedAt - a.modifiedAt);
  return { items, skipped, root };
}
