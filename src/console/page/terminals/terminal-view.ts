/**
 * What happens between the screen of a terminal, its link to the server, and the line above it.
 *
 * Size: a window that is looked at fits the terminal to itself when it attaches and when it changes; the last one to do
 * so wins. A window that was overruled shows the size as it is, and offers to fit it again.
 */
import type { TerminalDeleted, TerminalResource } from '../../../protocol/terminal.ts';
import { announce } from '../announce.ts';
import { confirm } from '../dialog.ts';
import { h, setChildren, setText } from '../element.ts';
import { emptyPlace } from '../empty.ts';
import { routeTo } from '../route.ts';
import { tellFailure } from '../tell-failure.ts';
import { bytesText } from '../time-text.ts';
import type { Context } from '../view.ts';
import { Screen } from './screen.ts';
import { TerminalBar } from './terminal-bar.ts';
import { TerminalLink, type LinkScreen, type LinkState } from './terminal-link.ts';
import { terminalTitle } from './terminal-look.ts';
import { touchKeys } from './touch-keys.ts';

export interface TerminalViewOptions {
  readonly context: Context;
  readonly id: string;
  readonly signal: AbortSignal;
  readonly place: HTMLElement;
  /** How many look at it, as far as the list knows. */
  readonly attached: () => number;
  /** Something in the list is another now. */
  readonly changed: () => void;
}

export class TerminalView implements LinkScreen {
  readonly #options: TerminalViewOptions;
  readonly #bar: TerminalBar;
  readonly #screen: Screen;
  readonly #note = h('p', { class: 'output-note', role: 'status', hidden: true });
  /** Ends the link that is in use when another takes its place. */
  #hold = new AbortController();
  #link: TerminalLink | undefined;
  #readonly = false;
  #title = '';
  /** The size that the server knows; undefined before the first attach. */
  #size: { readonly cols: number; readonly rows: number } | undefined;
  #sizedElsewhere = false;
  #tookFocus = false;

  constructor(options: TerminalViewOptions) {
    const { place, signal } = options;
    this.#options = options;
    this.#bar = new TerminalBar({
      watchOnly: (on) => this.#watchOnly(on),
      fit: () => {
        this.#fit();
        this.#screen.focus();
      },
      end: () => void this.#end(),
    });
    const host = h('div', { class: 'terminal-host' });
    const frame = h('div', { class: 'terminal-frame' }, host);
    setChildren(place, this.#bar.element, this.#note, frame);
    this.#screen = new Screen(
      host,
      {
        typed: (data) => this.#type(data),
        titled: (title) => this.#bar.show({ title: title === '' ? this.#title : title }),
        left: () => this.#bar.leave(),
      },
      signal,
    );
    place.append(touchKeys(this.#screen));
    const observer = new ResizeObserver(() => requestAnimationFrame(() => this.#windowChanged()));
    observer.observe(frame);
    signal.addEventListener('abort', () => observer.disconnect(), { once: true });
  }

  begin(): void {
    this.#attach();
  }

  async replays(record: TerminalResource, missing: number): Promise<void> {
    this.#screen.replaying = true;
    this.#title = terminalTitle(record);
    if (this.#size === undefined) {
      this.#bar.show({ title: this.#title });
      this.#resizeTo(record.cols, record.rows);
      return;
    }
    this.#tell(
      missing === 0
        ? ''
        : `${bytesText(missing)} are left out here: they came faster than they could be shown, or without a connection.`,
    );
    // What comes next does not follow from what is shown: colours, modes and the cursor may be others.
    if (missing > 0) this.#screen.reset();
    if (record.cols !== this.#size.cols || record.rows !== this.#size.rows) this.resized(record.cols, record.rows);
  }

  output(text: string): Promise<void> {
    return this.#screen.write(text);
  }

  async live(): Promise<void> {
    await this.#screen.drawn();
    this.#screen.replaying = false;
  }

  resized(cols: number, rows: number): void {
    this.#resizeTo(cols, rows);
    const own = this.#screen.fitting;
    this.#sizedElsewhere = own !== undefined && (own.cols !== cols || own.rows !== rows);
    this.#bar.show({ elsewhere: this.#sizedElsewhere && !this.#readonly });
  }

  #attach(): void {
    this.#hold.abort();
    this.#hold = new AbortController();
    const { context, id } = this.#options;
    const signal = AbortSignal.any([this.#options.signal, this.#hold.signal]);
    this.#link = new TerminalLink({
      api: context.api,
      id,
      readonly: this.#readonly,
      since: this.#link?.offset,
      screen: this,
      explains: (error) => context.connection.explains(error),
      signal,
    });
    this.#link.state.watch(signal, (state) => this.#show(state));
  }

  #show(state: LinkState): void {
    this.#bar.show({ state });
    switch (state.at) {
      case 'connecting':
        break;
      case 'live':
        if (!this.#sizedElsewhere && !document.hidden) this.#fit();
        this.#takeFocus();
        this.#options.changed();
        break;
      case 'away':
        announce('Connection lost, reconnecting');
        break;
      case 'over':
        this.#options.changed();
        if (state.how === 'gone') return setChildren(this.#options.place, gone());
        this.#tell(
          `The program has ended with exit code ${state.exitCode}. Its output stays until the terminal is removed.`,
        );
        break;
    }
  }

  #type(data: string): void {
    // Of several windows on one terminal only the one in use answers what a program asks of it.
    if (this.#options.attached() > 1 && !this.#screen.hasFocus) return;
    this.#link?.type(data);
  }

  #windowChanged(): void {
    if (this.#link?.state.value.at === 'live' && !document.hidden) this.#fit();
  }

  #fit(): void {
    const size = this.#screen.fitting;
    if (this.#readonly || size === undefined) return;
    this.#sizedElsewhere = false;
    this.#bar.show({ elsewhere: false });
    if (size.cols === this.#size?.cols && size.rows === this.#size.rows) return;
    this.#resizeTo(size.cols, size.rows);
    this.#link?.resize(size.cols, size.rows);
  }

  #resizeTo(cols: number, rows: number): void {
    this.#size = { cols, rows };
    this.#screen.resize(cols, rows);
    this.#bar.show({ size: `${cols} × ${rows}` });
  }

  #takeFocus(): void {
    // Once: who has gone elsewhere meanwhile stays there.
    if (this.#tookFocus) return;
    this.#tookFocus = true;
    // A finger did not ask for the keyboard yet, and a dialog keeps the focus it has.
    if (matchMedia('(pointer: coarse)').matches || document.querySelector('dialog[open]') !== null) return;
    this.#screen.focus();
  }

  #watchOnly(on: boolean): void {
    this.#readonly = on;
    this.#screen.readonly = on;
    this.#sizedElsewhere = false;
    this.#bar.show({ elsewhere: false });
    this.#attach();
  }

  async #end(): Promise<void> {
    const { context, id, changed } = this.#options;
    const running = this.#link?.state.value.at !== 'over';
    const agreed = await confirm(
      running
        ? {
            title: `End ${this.#title}?`,
            body: [h('p', {}, 'What runs in it is ended with everything it started, for everybody who looks at it.')],
            yes: 'End the terminal',
          }
        : { title: `Remove ${this.#title}?`, body: [h('p', {}, 'Its output is forgotten.')], yes: 'Remove' },
    );
    if (!agreed) return;
    try {
      await context.api.json<TerminalDeleted>(`terminals/${encodeURIComponent(id)}`, { method: 'DELETE' });
      location.hash = routeTo('terminals');
      announce('Terminal ended');
    } catch (error) {
      tellFailure(context.connection, error);
    }
    changed();
  }

  #tell(text: string): void {
    setText(this.#note, text);
    this.#note.hidden = text === '';
  }
}

const gone = (): HTMLElement =>
  emptyPlace(
    'terminals',
    'This terminal is gone',
    'Somebody ended it, or it ended with its server. ',
    h('a', { href: routeTo('terminals') }, 'See those there are'),
    '.',
  );
