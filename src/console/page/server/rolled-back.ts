/** The versions that failed on this machine, and why. */
import type { UpdateResource } from '../../../protocol/update.ts';
import { h, setChildren } from '../element.ts';
import { sentence } from '../notice.ts';

export function rolledBack() {
  const list = h('ul', {});
  const element = h(
    'div',
    { class: 'rolled-back', hidden: true },
    h('h3', {}, 'Rolled back'),
    list,
    h('p', { class: 'help' }, 'The previous version was restored. These versions are not tried again; later ones are.'),
  );
  let shown = '';
  return {
    element,
    show(bad: UpdateResource['bad']): void {
      const wanted = JSON.stringify(bad);
      if (wanted === shown) return;
      shown = wanted;
      element.hidden = bad.length === 0;
      setChildren(list, ...bad.map(({ version, why }) => h('li', {}, h('b', {}, version), ` ${sentence(why)}`)));
    },
  };
}
