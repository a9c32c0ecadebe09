/** Files: the tree of the machine's folders, what is chosen from it, and uploads, which go on when another view is shown. */
import type { WatchedEvent } from '../../../client/files.ts';
import { iconButton, toggleButton } from '../button.ts';
import { h, setAttribute, setText } from '../element.ts';
import { listAndDetail } from '../list-and-detail.ts';
import { visibleName } from '../one-line.ts';
import { hiddenFiles, setHiddenFiles } from '../preferences.ts';
import { Store } from '../store.ts';
import type { Context } from '../view.ts';
import { mayUse } from './allowed.ts';
import { dropPlace } from './drop-place.ts';
import { fileDetail } from './file-detail.ts';
import { FileTree } from './file-tree.ts';
import { pathBar } from './path-bar.ts';
import { addressOf, idOf, isWithin, parentOf, placeOfId, type FilePlace } from './place.ts';
import { isFolder } from './tree-rows.ts';
import { uploadsOf } from './uploads/uploads.ts';
import type { FileEntry } from '../../../protocol/files.ts';

/** Where the tree began when the view was left. */
let lastRoot: FilePlace | undefined;

export function filesView(context: Context, signal: AbortSignal): HTMLElement {
  const { health, selected } = context;
  const chosen = selected.value;
  const start = lastRoot ?? (chosen === undefined ? { path: health.value?.cwd ?? '/' } : startAt(placeOfId(chosen)));
  const root = new Store<FilePlace>(start);
  /** An address that was opened says where the tree begins, once it is known what is there. */
  let hasBegun = lastRoot !== undefined || chosen === undefined;
  /** What uploads and drops go into. */
  const folder = new Store<FilePlace>(root.value);
  const event = new Store<WatchedEvent | undefined>(undefined);
  const tree = new FileTree({
    context,
    root: root.value,
    hidden: hiddenFiles,
    changed: (one) => event.set(one),
    signal,
  });
  root.watch(signal, (place) => {
    lastRoot = place;
    tree.setRoot(place);
    if (selected.value === undefined) folder.set(place);
  });
  const found = (place: FilePlace, entry: FileEntry): void => {
    const own = isFolder(entry) ? place : (parentOf(place) ?? place);
    if (!hasBegun || !isWithin(place, root.value)) root.set(own);
    hasBegun = true;
    folder.set(own);
    void tree.reveal(place, isFolder(entry));
  };
  const uploads = uploadsOf(context);
  uploads.done.watch(signal, (into) => into !== undefined && tree.reread(into));
  const detailOf = (place: FilePlace, life: AbortSignal): HTMLElement =>
    fileDetail({
      context,
      place,
      event,
      found,
      changed: (path) => tree.reread(path),
      upload: (files, into) => uploads.add(files, into),
      signal: life,
    });
  const rootLink = h('a', { class: 'mono tree-root' });
  const up = iconButton('up', 'To the folder above', () => {
    const above = parentOf(root.value);
    if (above !== undefined) root.set(above);
  });
  root.watch(signal, (place) => {
    setText(rootLink, visibleName(place.path));
    setAttribute(rootLink, 'href', addressOf(place));
    setAttribute(rootLink, 'title', visibleName(place.path));
    up.disabled = parentOf(place) === undefined;
  });
  const view = listAndDetail(
    {
      title: 'Files',
      selected,
      above: pathBar(context, root),
      control: h(
        'div',
        { class: 'tools' },
        toggleButton('eye', 'Show hidden files', hiddenFiles.value, setHiddenFiles),
        iconButton('repeat', 'Read the folders again', () => tree.refresh()),
      ),
      list: [h('div', { class: 'root-bar' }, up, rootLink), tree.element],
      detail: (id, life) => detailOf(placeOfId(id), life),
      nothingChosen: (life) => {
        const place = h('div', { class: 'detail' });
        let shown: AbortController | undefined;
        root.watch(life, (now) => {
          shown?.abort();
          shown = new AbortController();
          place.replaceChildren(detailOf(now, AbortSignal.any([life, shown.signal])));
        });
        return place;
      },
    },
    signal,
  );
  const element = h('div', { class: 'files-view' }, view, uploads.element);
  dropPlace(element, {
    folder,
    allowed: () => mayUse(health.value, 'files:write') && folder.value.pathBytes === undefined,
    dropped: (files) => uploads.add(files, folder.value.path),
  });
  return element;
}

/** Until it is known what is there: the folder above shows a file, and a folder shows what is in it. */
const startAt = (place: FilePlace): FilePlace => (idOf(place) === place.path ? (parentOf(place) ?? place) : place);
