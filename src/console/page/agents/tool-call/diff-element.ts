/** The diff of a file. Signs as well as colours tell what was added and what was removed. */
import { h } from '../../element.ts';
import { diffCounts, lineDiff, MAX_DIFF_LINES, type DiffLine } from './line-diff.ts';

const SIGNS: Readonly<Record<DiffLine['at'], string>> = { same: ' ', added: '+', removed: '-', gap: '⋯' };

export function diffElement(path: string, before: string, after: string): HTMLElement {
  const lines = lineDiff(before, after);
  const { added, removed } = diffCounts(lines);
  const left = lines.length - MAX_DIFF_LINES;
  return h(
    'div',
    { class: 'diff' },
    h(
      'div',
      { class: 'diff-bar' },
      h('code', {}, path),
      h('span', { class: 'diff-added' }, `+${added}`),
      h('span', { class: 'diff-removed' }, `−${removed}`),
    ),
    h(
      'pre',
      { tabindex: 0, role: 'region', 'aria-label': `Changes of ${path}` },
      ...lines
        .slice(0, MAX_DIFF_LINES)
        .map(({ at, text }) => h('div', { class: `diff-line ${at}` }, `${SIGNS[at]} ${text}`)),
      left > 0 && h('div', { class: 'diff-line gap' }, `⋯ ${left} more lines`),
    ),
  );
}
