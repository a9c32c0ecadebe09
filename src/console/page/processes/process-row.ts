/** A process in the list: its status, its command, and what it takes of the machine. Rows are many: what is the same is not touched. */
import { h, setAttribute, setChildren } from '../element.ts';
import type { Row } from '../keyed-list.ts';
import { statusMark } from '../status.ts';
import type { ProcessRowOf } from './process-rows.ts';
import { processStatus } from './process-status.ts';
import { titleOf, usageText } from './process-text.ts';

/** Deeper ones are shown as deep as this: the row has to hold the command, too. */
const MAX_DEPTH = 8;

export interface ProcessRow extends Row<ProcessRowOf> {
  readonly link: HTMLAnchorElement;
}

export function processRow({ process: { pid } }: ProcessRowOf, href: string): ProcessRow {
  const mark = h('span', { class: 'row-mark' });
  const title = h('span', { class: 'row-title mono' });
  const facts = h('span', { class: 'facts' });
  const usage = h('span', { class: 'process-usage' });
  const link = h('a', { href }, mark, title, h('span', { class: 'row-meta' }, facts, usage));
  const element = h('li', {}, link);
  const text = (place: HTMLElement) => {
    let shown = '';
    return (now: string): void => {
      if (now !== shown) place.textContent = now;
      shown = now;
    };
  };
  const [showTitle, showFacts, showUsage] = [text(title), text(facts), text(usage)];
  let word = '';
  let level = -1;
  return {
    element,
    link,
    update({ process, depth }) {
      const style = processStatus(process.status);
      if (style.word !== word) setChildren(mark, statusMark(style));
      word = style.word;
      if (depth !== level) {
        setAttribute(element, 'aria-level', depth + 1);
        setAttribute(link, 'data-depth', depth > 0 && Math.min(depth, MAX_DEPTH));
      }
      level = depth;
      showTitle(titleOf(process));
      showFacts(factsOf(pid, process.user, process.ports));
      showUsage(usageText(process));
    },
  };
}

const factsOf = (pid: number, user: string | null, ports: readonly number[] = []): string =>
  [String(pid), ...(user === null ? [] : [user]), ...(ports.length > 0 ? [`port ${ports.join(', ')}`] : [])].join(
    ' · ',
  );
