/** Keys in a tree, as the ARIA practices have them: Right opens a folder or goes into it, Left closes it or goes out. */
import { oneTabStop } from '../keyed-list.ts';

export function treeKeys(tree: HTMLElement, toggle: (key: string) => void): void {
  oneTabStop(tree);
  tree.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const rows = [...tree.querySelectorAll<HTMLAnchorElement>('a[href]')];
    const at = rows.findIndex((row) => row === document.activeElement);
    const row = rows[at];
    if (row === undefined) return;
    const to = target(event.key, row, rows, at);
    if (to === undefined) return;
    event.preventDefault();
    if (to === 'toggle') toggle(row.dataset['key'] ?? '');
    else to.focus();
  });
}

function target(
  key: string,
  row: HTMLElement,
  rows: readonly HTMLElement[],
  at: number,
): HTMLElement | 'toggle' | undefined {
  switch (key) {
    case 'ArrowDown':
      return rows[at + 1] ?? row;
    case 'ArrowUp':
      return rows[at - 1] ?? row;
    case 'Home':
      return rows[0];
    case 'End':
      return rows.at(-1);
    case 'ArrowRight': {
      if (row.ariaExpanded === 'false') return 'toggle';
      const next = rows[at + 1];
      return row.ariaExpanded === 'true' && next !== undefined && levelOf(next) > levelOf(row) ? next : row;
    }
    case 'ArrowLeft':
      if (row.ariaExpanded === 'true') return 'toggle';
      return rows.slice(0, at).findLast((one) => levelOf(one) < levelOf(row)) ?? row;
    case ' ':
      return row.ariaExpanded === null ? undefined : 'toggle';
    default:
      return undefined;
  }
}

const levelOf = (row: HTMLElement): number => Number(row.ariaLevel);
