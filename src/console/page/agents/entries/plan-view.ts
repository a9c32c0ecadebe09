/** The agent's plan: its steps, and how far each of them is. */
import { h, setChildren } from '../../element.ts';
import { statusMark, type StatusStyle } from '../../status.ts';
import type { PlanEntry } from '../conversation/entry.ts';
import type { EntryView } from './entry-view.ts';

export function planView(entry: PlanEntry): EntryView {
  const steps = h('ol', {});
  const count = h('span', { class: 'help' });
  const element = h('section', { class: 'plan', 'aria-label': 'Plan' }, h('h3', {}, 'Plan ', count), steps);
  return {
    element,
    update() {
      const done = entry.steps.filter(({ status }) => status === 'completed').length;
      setChildren(count, `${done} of ${entry.steps.length}`);
      setChildren(
        steps,
        ...entry.steps.map(({ content, status }) => h('li', { class: status }, statusMark(styleOf(status)), content)),
      );
    },
  };
}

function styleOf(status: string): StatusStyle {
  switch (status) {
    case 'completed':
      return { tone: 'good', word: 'Done' };
    case 'in_progress':
      return { tone: 'active', word: 'In progress' };
    default:
      return { tone: 'idle', word: 'To do' };
  }
}
