/** A large file of a folder that is copied: by itself, in parts, so that it goes on where it was. */
import { join } from 'node:path';
import { readNames } from '../../../files/archive/named-entries.ts';
import { fetchFile } from '../fetch-file.ts';
import { openSource } from '../file-source.ts';
import { thingHere } from '../here.ts';
import { Refusal } from '../refusal.ts';
import { sendParts } from '../send-parts.ts';
import { inFolder } from '../target-path.ts';
import type { Thing } from '../thing.ts';
import type { Transfer, Transferred } from '../transfer.ts';
import type { FolderCopy } from './folder-copy.ts';
import { textOf, type Item } from './item.ts';

export async function copyLarge({ from, to }: FolderCopy, item: Item, transfer: Transfer): Promise<Transferred> {
  const name = textOf(item.name);
  const label = inFolder(from.side, from.label, name);
  if (to.side.at === 'here') {
    if (from.side.at === 'here') throw new Error('a copy from here to here is not asked of a server');
    // A server may say whatever it likes.
    const read = readNames([{ bytes: Buffer.from(name, 'utf8') }]);
    if (!read.ok) throw new Refusal(`${label}: ${JSON.stringify(name)} is refused; leave it out with --exclude`);
    const target = join(to.path, name);
    return fetchFile(from.side, thingOf(item), label, { path: target, old: await thingHere(target) }, transfer);
  }
  const { client } = to.side;
  const thing = from.side.at === 'here' ? await thingHere(item.path) : thingOf(item);
  if (thing?.type !== 'file') throw new Refusal(`${label} is no file any more`);
  await using source = await openSource(from.side, thing, transfer.signal);
  return await sendParts(source, label, { client, path: inFolder(to.side, to.path, name), isNew: true }, transfer);
}

const thingOf = ({ path, size, mode, modifiedAt, version }: Item): Thing => ({
  type: 'file',
  path,
  size,
  mode,
  modifiedAt: modifiedAt / 1000,
  version,
});
