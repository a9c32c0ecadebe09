/** What is chosen: facts about it, what can be done with it, and what is in it. */
import { ClientError } from '../../../client/failure.ts';
import type { FileEntry } from '../../../protocol/files.ts';
import { h, setChildren } from '../element.ts';
import { emptyPlace } from '../empty.ts';
import { icon } from '../icon.ts';
import { visibleName } from '../one-line.ts';
import { routeTo } from '../route.ts';
import { showInTab } from '../tab-title.ts';
import { failureText } from './failure-text.ts';
import { fileActions, folderActions } from './actions.ts';
import type { FileDetailOptions } from './detail-options.ts';
import { fileFacts } from './file-facts.ts';
import { FilePreview } from './preview/file-preview.ts';
import { nameOf, parentOf } from './place.ts';
import { isFolder } from './tree-rows.ts';

export function fileDetail(options: FileDetailOptions): HTMLElement {
  const { context, place, event, found, changed, signal } = options;
  const { client, connection } = context;
  const article = h('article', { class: 'file', 'aria-busy': 'true' });
  let preview: FilePreview | undefined;
  let version: string | undefined;
  const show = (entry: FileEntry): void => {
    const isFirst = version === undefined;
    version = entry.version;
    article.removeAttribute('aria-busy');
    const facts = fileFacts(entry);
    if (isFolder(entry)) {
      setChildren(article, top(folderActions(options)), facts, folderHint());
    } else {
      preview ??= new FilePreview({ context, place, signal, saved: (now) => afterSave(now) });
      const actions = fileActions(options, entry, preview);
      if (isFirst || preview.element.parentElement === null) setChildren(article, top(actions), facts, preview.element);
      // The editor stays as it is, with the focus and what was typed.
      else article.children[1]?.replaceWith(facts);
      void preview.show(entry);
    }
    if (isFirst) found(place, entry);
  };
  const afterSave = (entry: FileEntry): void => {
    version = entry.version;
    article.children[1]?.replaceWith(fileFacts(entry));
    const folder = parentOf(place);
    if (folder !== undefined) changed(folder.path);
  };
  const load = async (): Promise<void> => {
    try {
      const entry = await entryAt();
      if (!signal.aborted && entry.version !== version) show(entry);
    } catch (error) {
      if (signal.aborted || connection.explains(error)) return;
      const isGone = error instanceof ClientError && error.status === 404;
      if (isGone && preview?.isEdited === true) return preview.goneOutside();
      version = undefined;
      preview = undefined;
      article.removeAttribute('aria-busy');
      setChildren(article, top([]), isGone ? gone() : refusedPlace(failureText(error)));
    }
  };
  /** Of a link what it leads to, of one that leads nowhere itself. */
  const entryAt = async (): Promise<FileEntry> => {
    const { path, pathBytes } = place;
    try {
      return await client.files.stat(path, { pathBytes, follow: true, signal });
    } catch (error) {
      if (!(error instanceof ClientError && error.status === 404)) throw error;
      return client.files.stat(path, { pathBytes, signal });
    }
  };
  const top = (actions: readonly HTMLElement[]): HTMLElement =>
    h(
      'div',
      { class: 'detail-top' },
      h('a', { class: 'back', href: routeTo('files'), 'aria-label': 'Back to the list' }, icon('back')),
      h('h2', { class: 'file-title', title: visibleName(place.path) }, visibleName(nameOf(place))),
      h('div', { class: 'tools' }, ...actions),
    );
  showInTab(visibleName(nameOf(place)));
  event.watch(signal, (one) => {
    if (one?.path === place.path || one?.type === 'overflow' || one?.type === 'ready') void load();
  });
  // A server that was away may have changed what it shows.
  connection.state.watch(signal, ({ at }) => at === 'connected' && version === undefined && void load());
  return article;
}

const folderHint = (): HTMLElement =>
  emptyPlace(
    'files',
    'A folder',
    'Choose a file from the list to see what is in it. Files that are dropped here are uploaded.',
  );

const gone = (): HTMLElement =>
  emptyPlace('file', 'Nothing is here', 'The file or folder was deleted or renamed, or never was.');

const refusedPlace = (text: string): HTMLElement => emptyPlace('lock', 'This cannot be shown', text);
