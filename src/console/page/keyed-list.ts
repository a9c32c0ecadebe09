/** Lists that are refreshed: each item keeps its element, and with it focus, selection and scroll position. */
import { setAttribute } from './element.ts';

export interface Row<T> {
  readonly element: HTMLElement;
  update(item: T): void;
}

/** Returns the function that shows these items in this order. */
export function keyedList<T>(
  list: HTMLElement,
  keyOf: (item: T) => string,
  create: (item: T) => Row<T>,
): (items: readonly T[]) => void {
  let rows = new Map<string, Row<T>>();
  return (items) => {
    const next = new Map<string, Row<T>>();
    let place = list.firstElementChild;
    for (const item of items) {
      const key = keyOf(item);
      const row = rows.get(key) ?? create(item);
      row.update(item);
      next.set(key, row);
      // Only what is out of place is moved: moving takes the focus away.
      if (row.element === place) place = place.nextElementSibling;
      else list.insertBefore(row.element, place);
    }
    for (const [key, row] of rows) if (!next.has(key)) row.element.remove();
    rows = next;
    keepOneTabStop(list);
  };
}

/** Up, Down, Home and End go through the links of a list, which is one stop of the Tab key. */
export function arrowKeys(list: HTMLElement): void {
  list.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const links = linksOf(list);
    const at = links.findIndex((link) => link === document.activeElement);
    if (at < 0) return;
    const to = target(event.key, at, links.length - 1);
    if (to === undefined) return;
    event.preventDefault();
    links[Math.max(0, Math.min(links.length - 1, to))]?.focus();
  });
  list.addEventListener('focusin', () => keepOneTabStop(list));
}

function target(key: string, at: number, last: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
    case 'ArrowRight':
      return at + 1;
    case 'ArrowUp':
    case 'ArrowLeft':
      return at - 1;
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}

function keepOneTabStop(list: HTMLElement): void {
  const links = linksOf(list);
  const stop =
    links.find((link) => link === document.activeElement) ??
    links.find((link) => link.ariaCurrent !== null) ??
    links[0];
  for (const link of links) setAttribute(link, 'tabindex', link === stop ? 0 : -1);
}

const linksOf = (list: HTMLElement): HTMLAnchorElement[] => [...list.querySelectorAll<HTMLAnchorElement>('a[href]')];
