/** Why an update was refused, and that it can wait. */
import { h, setChildren } from '../element.ts';
import { icon } from '../icon.ts';
import { sentence } from '../notice.ts';

export function updateRefusal() {
  const element = h('div', { class: 'update-refusal', role: 'alert' });
  let shown: string | undefined;
  return {
    element,
    isShown: () => shown !== undefined,
    /** `why`: the server's own words; undefined when there is no refusal. */
    show(why: string | undefined): void {
      if (why === shown) return;
      shown = why;
      if (why === undefined) setChildren(element);
      else
        setChildren(
          element,
          icon('warning'),
          h('p', {}, sentence(why), ' The update can wait until nothing is active; new work is accepted until then.'),
        );
    },
  };
}
