/** Lists that are refreshed: each item keeps its element, and with it focus, selection and scroll position. */
import { setAttribute } from './element.ts';

export interface Row<T> {
  readonly element: HTMLElement;
  update(item: T): void;
}

interface Shown<T> {
  readonly row: Row<T>;
  readonly end: AbortController;
}

/** Lists whose links are one stop of the Tab key. */
const oneStop = new WeakSet<HTMLElement>();

/** Returns the function that shows these items in this order. `create`: its signal aborts when the row goes. */
export function keyedList<T>(
  list: HTMLElement,
  keyOf: (item: T) => string,
  create: (item: T, life: AbortSignal) => Row<T>,
  signal: AbortSignal,
): (items: readonly T[]) => void {
  const begin = (item: T): Shown<T> => {
    const end = new AbortController();
    return { end, row: create(item, AbortSignal.any([signal, end.signal])) };
  };
  let rows = new Map<string, Shown<T>>();
  return (items) => {
    const next = new Map<string, Shown<T>>();
    let place = list.firstElementChild;
    for (const item of items) {
      const key = keyOf(item);
      const shown = rows.get(key) ?? begin(item);
      const { row } = shown;
      row.update(item);
      next.set(key, shown);
      // Only what is out of place is moved: moving takes the focus away.
      if (row.element === place) place = place.nextElementSibling;
      else list.insertBefore(row.element, place);
    }
    for (const [key, { row, end }] of rows) {
      if (next.has(key)) continue;
      row.element.remove();
      end.abort();
    }
    rows = next;
    if (oneStop.has(list)) keepOneTabStop(list);
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
  oneTabStop(list);
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

/** The links of the list are one stop of the Tab key from now on, whatever is shown in it. */
export function oneTabStop(list: HTMLElement): void {
  oneStop.add(list);
  list.addEventListener('focusin', () => keepOneTabStop(list));
}

/** It is what has the focus, else what is chosen, else the first. */
function keepOneTabStop(list: HTMLElement): void {
  const links = linksOf(list);
  const stop =
    links.find((link) => link === document.activeElement) ??
    links.find((link) => link.ariaCurrent !== null) ??
    links[0];
  for (const link of links) setAttribute(link, 'tabindex', link === stop ? 0 : -1);
}

const linksOf = (list: HTMLElement): HTMLAnchorElement[] => [...list.querySelectorAll<HTMLAnchorElement>('a[href]')];
