/**
 * Keeps the focus near where it was when what had it goes: removed, made again, hidden or disabled. The browser would
 * drop it, and whoever works by keyboard would begin at the top of the page again.
 */

/** What may take the focus unasked: nothing that opens a phone's keyboard, and nothing that a second Enter would regret. */
const SAFE = 'a[href], button:not(:disabled, .danger), [tabindex="0"]';

export function keepFocus(main: HTMLElement): void {
  let last: readonly HTMLElement[] = [];
  document.addEventListener('focusin', ({ target }) => {
    // A dialog gives the focus back when it closes: what counts is where it was before.
    if (target instanceof HTMLElement && target.closest('dialog') === null) last = withAncestors(target);
  });
  const look = (): void => {
    const [element] = last;
    if (element === undefined || document.querySelector('dialog[open]') !== null) return;
    const { activeElement } = document;
    const lost = activeElement === null || activeElement === document.body || activeElement === element;
    if (lost && !canHaveFocus(element)) placeBeside(last, main);
  };
  new MutationObserver(look).observe(document.body, {
    childList: true,
    subtree: true,
    attributeFilter: ['hidden', 'disabled', 'data-pane'],
  });
}

/** The nearest of what was around it that is still there has the next control, or is at least where Tab goes on from. */
function placeBeside([element, ...around]: readonly HTMLElement[], main: HTMLElement): void {
  for (const place of around) {
    if (place === main || place === document.body) break;
    if (!place.isConnected || !place.checkVisibility()) continue;
    const controls = [...place.querySelectorAll<HTMLElement>(SAFE)].filter((one) => one.checkVisibility());
    const next = controls.find((one) => element !== undefined && nameOf(one) === nameOf(element)) ?? controls[0];
    if (next !== undefined) return next.focus();
  }
  main.focus();
}

const nameOf = (element: HTMLElement): string => element.ariaLabel ?? element.textContent;

const canHaveFocus = (element: HTMLElement): boolean =>
  element.isConnected && !element.matches(':disabled') && element.checkVisibility();

function withAncestors(element: HTMLElement): HTMLElement[] {
  const all: HTMLElement[] = [];
  for (let one: HTMLElement | null = element; one !== null; one = one.parentElement) all.push(one);
  return all;
}
