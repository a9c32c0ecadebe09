/** The lines of the tree, from its root down through the folders that are open. */
import type { FileEntry } from '../../../protocol/files.ts';
import { visibleName } from '../one-line.ts';
import { failureText } from './failure-text.ts';
import type { FolderItems } from './folder-items.ts';
import { idOf, placeIn, type FilePlace } from './place.ts';

export type TreeRow =
  | {
      readonly kind: 'entry';
      readonly key: string;
      readonly level: number;
      readonly place: FilePlace;
      readonly entry: FileEntry;
      /** Undefined for what cannot be opened in the tree. */
      readonly open: boolean | undefined;
    }
  | {
      readonly kind: 'more';
      readonly key: string;
      readonly level: number;
      readonly folder: FolderItems;
      readonly text: string;
    }
  | { readonly kind: 'note'; readonly key: string; readonly level: number; readonly text: string };

export const isFolder = ({ type, targetType }: FileEntry): boolean => (targetType ?? type) === 'directory';

export function treeRows(root: FolderItems, open: ReadonlyMap<string, FolderItems>): TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (folder: FolderItems, level: number): void => {
    const of = idOf(folder.place);
    const note = (text: string, nth = 0): void =>
      void rows.push({ kind: 'note', key: `note ${nth} ${of}`, level, text });
    const { state, pages } = folder;
    for (const entry of pages?.items ?? []) {
      const place = placeIn(folder.place, entry);
      const id = idOf(place);
      const items = open.get(id);
      const isOpen = isFolder(entry) ? items !== undefined : undefined;
      rows.push({ kind: 'entry', key: `entry ${id}`, level, place, entry, open: isOpen });
      if (items !== undefined && isOpen === true) add(items, level + 1);
    }
    if (state.at === 'failed') return note(failureText(state.error));
    if (pages === undefined) return note('Loading…');
    for (const [nth, { path, error }] of pages.skipped.entries())
      note(`${visibleName(path)} was skipped: ${error}`, nth + 1);
    if (pages.next !== null)
      rows.push({
        kind: 'more',
        key: `more ${of}`,
        level,
        folder,
        text: state.at === 'loading' ? 'Loading…' : `Show more (${pages.items.length.toLocaleString('en')} are shown)`,
      });
    else if (pages.items.length === 0) note('Nothing to show');
  };
  add(root, 1);
  return rows;
}
