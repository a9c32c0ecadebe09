/**
 * Which folders a copy that broke off had made, so that the same command knows them from folders that were there before it: it goes
 * on in the first, and gives modes and times only to these.
 */
import type { KeptNotes } from '../kept-notes.ts';
import { keptFolders, type FolderNote } from '../own-folder.ts';
import { shown, type Side } from '../side.ts';
import type { Thing } from '../thing.ts';

export function folderNote(
  from: { readonly side: Side; readonly thing: Thing },
  to: { readonly side: Side; readonly path: string },
): ReturnType<KeptNotes<FolderNote>['of']> {
  const urlOf = (side: Side) => (side.at === 'here' ? '' : side.client.url);
  return keptFolders().of(urlOf(from.side), shown(from.side, from.thing.path), urlOf(to.side), to.path);
}
