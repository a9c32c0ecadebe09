/** The bar above a terminal: its title, how the page is connected to it, and what can be done with it. */
import { button, iconButton, toggleButton } from '../button.ts';
import { h, setChildren, setText } from '../element.ts';
import { icon } from '../icon.ts';
import { routeTo } from '../route.ts';
import { statusBadge, type StatusStyle } from '../status.ts';
import { exitedStatus } from './terminal-status.ts';

/** How the page is connected to the terminal. */
export type LinkState =
  | { readonly at: 'connecting' | 'live' | 'reconnecting' | 'gone' }
  | { readonly at: 'exited'; readonly exitCode: number };

export interface BarActions {
  readonly watchOnly: (on: boolean) => void;
  readonly fit: () => void;
  readonly end: () => void;
}

/** What the bar shows; what is left out stays as it is. */
export interface BarUpdate {
  readonly title?: string;
  readonly state?: LinkState;
  readonly size?: string;
  /** Another window chose the size, and it does not fill this one. */
  readonly elsewhere?: boolean;
}

export class TerminalBar {
  readonly element: HTMLElement;
  readonly #back: HTMLAnchorElement;
  readonly #title = h('h2', { class: 'terminal-title' });
  readonly #state = h('span', { class: 'terminal-state' });
  readonly #size = h('span', { class: 'terminal-size', title: 'Columns × rows' });
  readonly #fit: HTMLButtonElement;
  readonly #watch: HTMLButtonElement;
  #word = '';

  /** `alone`: the link to a page of this terminal alone. */
  constructor({ watchOnly, fit, end }: BarActions, alone: HTMLElement) {
    this.#back = h('a', { class: 'back', href: routeTo('terminals'), 'aria-label': 'Back to the list' }, icon('back'));
    this.#fit = button('Fit', fit, { icon: 'fit', title: 'Another window set this size: fit it to this one' });
    this.#fit.hidden = true;
    this.#watch = toggleButton('eye', 'Only watch', false, watchOnly);
    this.element = h(
      'div',
      { class: 'terminal-bar' },
      this.#back,
      this.#state,
      this.#title,
      h('span', { class: 'terminal-hint' }, h('kbd', {}, 'Ctrl'), h('kbd', {}, ']'), ' leaves'),
      h(
        'div',
        { class: 'tools' },
        this.#size,
        this.#fit,
        this.#watch,
        alone,
        iconButton('trash', 'End this terminal', end),
      ),
    );
  }

  show({ title, state, size, elsewhere }: BarUpdate): void {
    if (title !== undefined) {
      setText(this.#title, title);
      this.#title.title = title;
    }
    if (size !== undefined) setText(this.#size, size);
    if (elsewhere !== undefined) this.#fit.hidden = !elsewhere;
    const style = state && linkStatus(state);
    if (style === undefined || style.word === this.#word) return;
    this.#word = style.word;
    setChildren(this.#state, statusBadge(style));
  }

  /** Where the focus goes when it leaves the terminal. */
  leave(): void {
    this.#watch.focus();
  }
}

function linkStatus(state: LinkState): StatusStyle {
  switch (state.at) {
    case 'connecting':
      return { tone: 'waiting', word: 'Connecting' };
    case 'live':
      return { tone: 'good', word: 'Live' };
    case 'reconnecting':
      return { tone: 'late', word: 'Reconnecting' };
    case 'gone':
      return { tone: 'over', word: 'Gone' };
    case 'exited':
      return exitedStatus(state.exitCode);
  }
}
