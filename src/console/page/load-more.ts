/** The end of a list that has more: loads it when it comes near, and by a press. */
import { button } from './button.ts';
import { h } from './element.ts';

/** Loaded before it is seen, so that scrolling does not stop. */
const AHEAD = '600px';

export function loadMore(text: string, load: () => Promise<void>, signal: AbortSignal) {
  const element = h(
    'div',
    { class: 'load-more', hidden: true },
    button(text, () => void load()),
  );
  const observer = new IntersectionObserver(([entry]) => void (entry?.isIntersecting === true && load()), {
    rootMargin: AHEAD,
  });
  signal.addEventListener('abort', () => observer.disconnect(), { once: true });
  return {
    element,
    show(more: boolean): void {
      element.hidden = !more;
      // Observed anew, it is told of again where it is still in sight.
      observer.unobserve(element);
      if (more && !signal.aborted) observer.observe(element);
    },
  };
}
