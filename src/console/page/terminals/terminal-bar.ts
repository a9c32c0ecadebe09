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
  /** The link to a page of this terminal alone, and back. */
  readonly alone: HTMLElement;
  readonly watchOnly: (on: boolean) => void;
  readonly fit: () => void;
  readonly end: () => void;
  readonly startAgain: () => void;
}

/** What the bar shows; what is left out stays as it is. */
export interface BarUpdate {
  readonly title?: string;
  /** With `title`: what its program calls itself, beside a name that the user has chosen. */
  readonly program?: string;
  readonly state?: LinkState;
  readonly size?: string;
  /** Another window chose the size, and it does not fill this one. */
  readonly elsewhere?: boolean;
}

export class TerminalBar {
  readonly element: HTMLElement;
  readonly #back: HTMLAnchorElement;
  readonly #name = h('span', {});
  readonly #program = h('span', { class: 'terminal-program' });
  readonly #title = h('h2', { class: 'terminal-title' }, this.#name, this.#program);
  readonly #hint = h('span', { class: 'terminal-hint' }, h('kbd', {}, 'Ctrl'), h('kbd', {}, ']'), ' leaves');
  readonly #state = h('span', { class: 'terminal-state' });
  readonly #size = h('span', { class: 'terminal-size', title: 'Columns × rows' });
  readonly #fit: HTMLButtonElement;
  readonly #watch: HTMLButtonElement;
  readonly #again: HTMLButtonElement;
  readonly #end: HTMLButtonElement;
  #word = '';

  constructor({ alone, watchOnly, fit, end, startAgain }: BarActions) {
    this.#back = h('a', { class: 'back', href: routeTo('terminals'), 'aria-label': 'Back to the list' }, icon('back'));
    this.#fit = button('Fit', fit, { icon: 'fit', title: 'Another window set this size: fit it to this one' });
    this.#fit.hidden = true;
    this.#watch = toggleButton('eye', 'Only watch', false, watchOnly);
    this.#again = button('Start again', startAgain, { title: 'Opens a new terminal with this name and shell' });
    this.#again.hidden = true;
    this.#end = iconButton('trash', 'End this terminal', end);
    this.element = h(
      'div',
      { class: 'terminal-bar' },
      this.#back,
      this.#state,
      this.#title,
      this.#hint,
      h('div', { class: 'tools' }, this.#size, this.#fit, this.#again, this.#watch, alone, this.#end),
    );
  }

  show({ title, program = '', state, size, elsewhere }: BarUpdate): void {
    if (title !== undefined) {
      setText(this.#name, title);
      setText(this.#program, program);
      this.#title.title = `${title} ${program}`.trim();
    }
    if (size !== undefined) setText(this.#size, size);
    if (elsewhere !== undefined) this.#fit.hidden = !elsewhere;
    if (state !== undefined) this.#showActions(state);
    const style = state && linkStatus(state);
    if (style === undefined || style.word === this.#word) return;
    this.#word = style.word;
    setChildren(this.#state, statusBadge(style));
  }

  /** Where the focus goes when it leaves the terminal. */
  leave(): void {
    if (this.#watch.hidden) this.focusOnAgain();
    else this.#watch.focus();
  }

  focusOnAgain(): void {
    this.#again.focus();
  }

  /** Nothing is typed into what has ended; it can be started again. */
  #showActions({ at }: LinkState): void {
    const over = at === 'exited' || at === 'gone';
    this.#again.hidden = !over;
    this.#watch.hidden = over;
    this.#hint.hidden = over;
    this.#end.hidden = at === 'gone';
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
