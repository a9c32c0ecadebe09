/** One line of the tree. Names are text, whatever they look like. */
import type { FileEntry } from '../../../protocol/files.ts';
import { h, setAttribute, setChildren, setText } from '../element.ts';
import { icon, type IconName } from '../icon.ts';
import type { Row } from '../keyed-list.ts';
import type { Store } from '../store.ts';
import { visibleName } from '../one-line.ts';
import { bytesText } from '../time-text.ts';
import { addressOf, idOf } from './place.ts';
import { isFolder, type TreeRow } from './tree-rows.ts';

export interface TreeRowActions {
  readonly selected: Store<string | undefined>;
  /** The name was pressed; the link leads to it by itself. */
  readonly opened: (row: TreeRow) => void;
  /** The triangle was pressed. */
  readonly toggled: (row: TreeRow) => void;
}

export function treeRow(
  first: TreeRow,
  { selected, opened, toggled }: TreeRowActions,
  life: AbortSignal,
): Row<TreeRow> {
  let row = first;
  const twisty = h('span', { class: 'twisty', 'aria-hidden': 'true' });
  const sign = h('span', { class: 'tree-icon' });
  const name = h('span', { class: 'tree-name' });
  const facts = h('span', { class: 'tree-facts', 'aria-hidden': 'true' });
  const isLink = first.kind !== 'note';
  const element = isLink
    ? h('a', { href: hrefOf(first), on: { click: press } }, twisty, sign, name, facts)
    : h('div', { 'aria-disabled': 'true' }, twisty, name);
  setAttribute(element, 'role', 'treeitem');
  setAttribute(element, 'class', `tree-row ${first.kind}`);
  setAttribute(element, 'aria-level', first.level);
  element.dataset['key'] = first.key;
  element.style.setProperty('--level', String(first.level));
  if (first.kind === 'entry')
    selected.watch(life, (id) => {
      const isSelected = id === idOf(first.place);
      setAttribute(element, 'aria-selected', isSelected ? 'true' : 'false');
      setAttribute(element, 'aria-current', isSelected && 'page');
    });
  function press(event: MouseEvent): void {
    const { target } = event;
    if (
      row.kind === 'more' ||
      (target instanceof Node && twisty.contains(target) && row.kind === 'entry' && row.open !== undefined)
    ) {
      event.preventDefault();
      toggled(row);
    } else opened(row);
  }
  let shownIcon: IconName | undefined;
  return {
    element,
    update(now) {
      row = now;
      setText(name, now.kind === 'entry' ? visibleName(now.entry.name) : now.text);
      if (now.kind !== 'entry') return;
      const { entry, open } = now;
      setAttribute(element, 'aria-expanded', open === undefined ? undefined : String(open));
      setAttribute(element, 'title', titleOf(entry));
      element.classList.toggle('hidden-file', entry.hidden);
      setText(facts, isFolder(entry) || entry.type === 'other' ? '' : bytesText(entry.size));
      const wanted = isFolder(entry) ? 'files' : entry.type === 'symlink' ? 'link' : 'file';
      if (wanted === shownIcon) return;
      shownIcon = wanted;
      setChildren(sign, icon(wanted));
      setChildren(twisty, open !== undefined && icon('chevron'));
    },
  };
}

const hrefOf = (row: TreeRow): string =>
  row.kind === 'entry' ? addressOf(row.place) : row.kind === 'more' ? addressOf(row.folder.place) : '';

function titleOf({ name, nameBytes, target }: FileEntry): string {
  const leads = target === undefined ? '' : ` → ${target}`;
  return `${visibleName(name + leads)}${nameBytes === undefined ? '' : ' (the name is no UTF-8)'}`;
}
