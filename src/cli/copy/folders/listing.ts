/** All that is in a folder, here or on a server, also what is hidden. */
import { Buffer } from 'node:buffer';
import type { Client } from '../../../client/client.ts';
import type { PathGlob } from '../../../files/ignore/path-glob.ts';
import { listFolder } from '../../../files/list/list.ts';
import { machinePaths } from '../../../platform/machine-paths/index.ts';
import { placeHere } from '../local-writing.ts';
import { Refusal } from '../refusal.ts';
import { Items, type Item } from './item.ts';

export interface FolderListing {
  readonly items: readonly Item[];
  /** Folders that cannot be looked into, a line each. */
  readonly skipped: readonly string[];
}

const PAGE = 10_000;

export async function listHere(
  path: string,
  exclude: readonly PathGlob[],
  signal: AbortSignal,
): Promise<FolderListing> {
  const { reach, place } = placeHere(path);
  const options = { depth: Infinity, exclude, include: undefined, ignore: false, hidden: true, dotGit: true };
  const listing = await listFolder(
    reach,
    place,
    { ...options, limit: Infinity, after: undefined, hash: false },
    signal,
  );
  if (!listing.ok) throw new Refusal(`${path} cannot be looked into (${listing.failure.reason})`);
  const items = new Items();
  for (const entry of listing.value.items)
    items.add({ ...entry, mode: entry.owner === undefined ? undefined : entry.mode });
  const skipped = listing.value.skipped.map(
    ({ shown, code }) => `${JSON.stringify(machinePaths.toText(shown))}: the folder cannot be looked into (${code})`,
  );
  return { items: items.all, skipped };
}

export async function listOnServer(
  client: Client,
  path: string,
  exclude: readonly string[],
  signal: AbortSignal,
): Promise<FolderListing> {
  const items = new Items();
  const skipped: string[] = [];
  for (let after: string | undefined; ;) {
    const options = { depth: 0, exclude, ignore: 'none', hidden: true, dotGit: true, limit: PAGE, signal } as const;
    const page = await client.files.list(path, { ...options, ...(after !== undefined && { after }) });
    for (const entry of page.items) {
      const { nameBytes, owner, mode, modifiedAt } = entry;
      items.add({
        ...entry,
        nameBytes: nameBytes === undefined ? undefined : Buffer.from(nameBytes, 'base64'),
        mode: owner === null ? undefined : Number.parseInt(mode, 8),
        modifiedAt: Math.round(modifiedAt * 1000),
      });
    }
    skipped.push(...page.skipped.map((one) => `${JSON.stringify(one.path)}: ${one.error}`));
    if (page.next === null) return { items: items.all, skipped };
    after = page.next;
  }
}
