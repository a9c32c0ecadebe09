/** The end of a list that has more: loads it when it comes near, and by a press. */
import { button } from './button.ts';
import { h } from './element.ts';

/** Loaded before it is seen, so that scrolling does not stop. */
const AHEAD = '600px';

/** Its element belongs into what scrolls. */
export function loadMore(text: string, load: () => Promise<void>, signal: AbortSignal) {
  const press = button(text, () => void load());
  const element = h('div', { class: 'load-more', hidden: true }, press);
  let observer: IntersectionObserver | undefined;
  signal.addEventListener('abort', () => observer?.disconnect(), { once: true });
  return {
    element,
    show(more: boolean): void {
      element.hidden = !more;
      // Observed anew, it is told of again where it is still near.
      observer?.disconnect();
      if (!more || signal.aborted) return;
      observer = new IntersectionObserver(([entry]) => void (entry?.isIntersecting === true && load()), {
        // The margin is one of what scrolls: what that cuts off is not near, however far the window reaches.
        root: element.parentElement,
        rootMargin: AHEAD,
      });
      observer.observe(element);
    },
  };
}
