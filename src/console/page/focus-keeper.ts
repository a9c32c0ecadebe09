/**
 * Keeps the focus near where it was when what had it goes: removed, made again, hidden or disabled. The browser would
 * drop it, and whoever works by keyboard would begin at the top of the page again.
 */

/** What may take the focus unasked: nothing that opens a phone's keyboard, and nothing that a second Enter would regret. */
const SAFE = 'a[href], button:not(:disabled, .danger), [tabindex="0"]';

/** What had the focus last in a list that is one stop of the Tab key, or what is chosen from it. */
const STOP_OF_A_LIST = 'a[tabindex="0"]';

/** An element, and what came after it: when it is gone, that says where it was. */
interface Place {
  readonly element: HTMLElement;
  readonly next: Element | null;
}

export function keepFocus(main: HTMLElement): void {
  /** What has the focus, or had it last, and what is around it. */
  let last: readonly Place[] = [];
  document.addEventListener('focusin', ({ target }) => {
    // A dialog gives the focus back when it closes: what counts is where it was before.
    if (target instanceof HTMLElement && target.closest('dialog') === null) last = placesOf(target);
  });
  const look = (): void => {
    const [had] = last;
    if (had === undefined || document.querySelector('dialog[open]') !== null) return;
    const { activeElement } = document;
    const lost = activeElement === null || activeElement === document.body || activeElement === had.element;
    if (lost && !canHaveFocus(had.element)) (besideOf(last, main) ?? main).focus();
  };
  new MutationObserver(look).observe(document.body, {
    childList: true,
    subtree: true,
    attributeFilter: ['hidden', 'disabled', 'data-pane', 'data-list-folded', 'data-alone'],
  });
}

/** In the nearest of what was around it that still has controls: itself made again, what came next, or what came before. */
function besideOf(places: readonly Place[], main: HTMLElement): HTMLElement | undefined {
  const name = nameOf(places[0]?.element);
  let child: Place | undefined;
  for (const place of places) {
    const { element } = place;
    if (element === main) return undefined;
    const controls = child !== undefined && element.isConnected ? controlsIn(element) : [];
    if (child !== undefined && controls.length > 0)
      return controls.find((one) => nameOf(one) === name) ?? nextOf(child, controls);
    child = place;
  }
  return undefined;
}

function nextOf({ element, next }: Place, controls: readonly HTMLElement[]): HTMLElement | undefined {
  const from = element.isConnected ? element : next;
  if (from === null) return controls.at(-1);
  if (!from.isConnected) return controls[0];
  const after = controls.find((one) => from.contains(one) || isAfter(one, from));
  // Where a phone goes back to the list it is the row that was opened, and not whatever stands last.
  return after ?? controls.findLast((one) => one.matches(STOP_OF_A_LIST)) ?? controls.at(-1);
}

const isAfter = (one: Node, other: Node): boolean =>
  (other.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;

const controlsIn = (element: HTMLElement): HTMLElement[] =>
  [...element.querySelectorAll<HTMLElement>(SAFE)].filter((one) => one.checkVisibility());

const nameOf = (element: HTMLElement | undefined): string | undefined => element?.ariaLabel ?? element?.textContent;

const canHaveFocus = (element: HTMLElement): boolean =>
  element.isConnected && !element.matches(':disabled') && element.checkVisibility();

function placesOf(element: HTMLElement): Place[] {
  const places: Place[] = [];
  for (let one: HTMLElement | null = element; one !== null; one = one.parentElement)
    places.push({ element: one, next: one.nextElementSibling });
  return places;
}
