/**
 * One terminal on the page: its screen, its link to the server, and the bar above it.
 *
 * Size: a visible window fits the terminal to itself when it attaches and when its own size changes; the last one to do
 * so wins. A window whose size was overruled shows the terminal as it is, and offers to fit it again.
 */
import type { TerminalResource } from '../../../protocol/terminal.ts';
import type { LinkEnd, TerminalLink, TerminalLinkListener } from '../../../client/terminal-link.ts';
import { announce } from '../announce.ts';
import { h, setChildren, setText } from '../element.ts';
import { emptyPlace } from '../empty.ts';
import { fontSize } from '../preferences.ts';
import { routeTo } from '../route.ts';
import { reportFailure } from '../report-failure.ts';
import { bytesText } from '../time-text.ts';
import { showInTab } from '../tab-title.ts';
import type { Context } from '../view.ts';
import { Screen } from './screen.ts';
import { aloneLink } from './alone.ts';
import { TerminalBar, type LinkState } from './terminal-bar.ts';
import { endTerminal, startAgain } from './terminal-end.ts';
import { terminalTitle } from './terminal-status.ts';
import { touchKeys } from './touch-keys.ts';

export interface TerminalViewOptions {
  readonly context: Context;
  readonly id: string;
  readonly signal: AbortSignal;
  readonly place: HTMLElement;
  /** How many sockets are attached to it, as far as the list knows. */
  readonly attached: () => number;
  /** Something in the list has changed. */
  readonly changed: () => void;
}

export class TerminalView implements TerminalLinkListener {
  readonly #options: TerminalViewOptions;
  readonly #bar: TerminalBar;
  readonly #screen: Screen;
  readonly #note = h('p', { class: 'output-note', role: 'status', hidden: true });
  /** Ends the link that is in use. */
  #detach = new AbortController();
  #link: TerminalLink | undefined;
  #state: LinkState = { at: 'connecting' };
  #record: TerminalResource | undefined;
  #readonly = false;
  #title = '';
  /** The size that the server knows; undefined before the first attach. */
  #size: { readonly cols: number; readonly rows: number } | undefined;
  #sizedElsewhere = false;
  #tookFocus = false;
  #broken = false;
  /** What is shown may lack what a program has drawn before. */
  #isPartial = false;

  constructor(options: TerminalViewOptions) {
    const { place, signal } = options;
    this.#options = options;
    this.#bar = new TerminalBar({
      alone: aloneLink(options.context, options.id, signal),
      watchOnly: (on) => this.#watchOnly(on),
      fit: () => {
        this.#fit();
        this.#screen.focus();
      },
      end: () => void this.#end(),
      startAgain: () => void this.#startAgain(),
    });
    const host = h('div', { class: 'terminal-host' });
    const frame = h('div', { class: 'terminal-frame' }, host);
    setChildren(place, this.#bar.element, this.#note, frame);
    this.#screen = new Screen(
      host,
      {
        typed: (data) => this.#type(data),
        titled: (title) => this.#showTitle(title),
        left: () => this.#bar.leave(),
        refused: () => this.#typedInVain(),
      },
      signal,
    );
    place.append(touchKeys(this.#screen));
    const observer = new ResizeObserver(() => requestAnimationFrame(() => this.#windowChanged()));
    observer.observe(frame);
    fontSize.watch(signal, () => requestAnimationFrame(() => this.#windowChanged()));
    signal.addEventListener('abort', () => observer.disconnect(), { once: true });
    signal.addEventListener('abort', () => this.#detach.abort(), { once: true });
  }

  begin(): void {
    this.#attach();
  }

  /** Asks for the size that the output to come was made for. */
  async connecting(): Promise<void> {
    const { context, id } = this.#options;
    this.#record = await context.client.terminals.get(id, this.#detach.signal);
  }

  attached({ since, lost }: Parameters<TerminalLinkListener['attached']>[0]): void {
    this.#screen.replaying = true;
    const record = this.#record;
    if (record === undefined) return;
    this.#isPartial = lost > 0 || (this.#size === undefined && since > 0);
    if (this.#size === undefined) {
      this.#showTitle('');
      this.#resizeTo(record.cols, record.rows);
      return;
    }
    this.#showNote(
      lost === 0
        ? ''
        : `${bytesText(lost)} of output is missing here: the server no longer kept it when this page could show it.`,
    );
    // What comes next does not follow from what is shown: colours, modes and the cursor may be others.
    if (lost > 0) this.#screen.reset();
    if (record.cols !== this.#size.cols || record.rows !== this.#size.rows) this.resized(record.cols, record.rows);
  }

  output(text: string): Promise<void> {
    return this.#screen.write(text);
  }

  async live(): Promise<void> {
    if (this.#broken) announce('Connected again');
    this.#broken = false;
    const { signal } = this.#detach;
    await this.#screen.drawn();
    if (signal.aborted) return;
    this.#screen.replaying = false;
    this.#show({ at: 'live' });
    if (!this.#sizedElsewhere && !document.hidden) this.#fit();
    this.#redraw();
    this.#takeFocus();
    this.#options.changed();
  }

  broken(): void {
    this.#broken = true;
    this.#show({ at: 'reconnecting' });
    announce('Connection lost, reconnecting');
    this.#options.context.connection.check();
  }

  resized(cols: number, rows: number): void {
    this.#resizeTo(cols, rows);
    const own = this.#screen.fitting;
    this.#sizedElsewhere = own !== undefined && (own.cols !== cols || own.rows !== rows);
    this.#bar.show({ elsewhere: this.#sizedElsewhere && !this.#readonly });
  }

  #attach(): void {
    this.#detach.abort();
    this.#detach = new AbortController();
    const { client, connection } = this.#options.context;
    const link = client.terminals.attach(this.#options.id, {
      listener: this,
      since: this.#link?.next,
      readonly: this.#readonly,
    });
    this.#link = link;
    this.#detach.signal.addEventListener('abort', () => link[Symbol.dispose](), { once: true });
    this.#show({ at: 'connecting' });
    link.ended.then(
      (end) => this.#ended(end),
      (error: unknown) => reportFailure(connection, error),
    );
  }

  #ended(end: LinkEnd): void {
    const { context, changed } = this.#options;
    switch (end.how) {
      case 'closed':
        return;
      case 'refused':
        if (end.reason === 'key-refused') return context.connection.lock('key-refused');
        this.#showGone();
        break;
      case 'exited':
        this.#show({ at: 'exited', exitCode: end.exitCode });
        this.#screen.readonly = true;
        this.#showNote(
          `The program has ended with exit code ${end.exitCode}. Its output stays until the terminal is removed.`,
        );
        break;
    }
    changed();
  }

  /** What it showed last stays: it is nowhere else. */
  #showGone(): void {
    const { place } = this.#options;
    this.#show({ at: 'gone' });
    announce('This terminal is gone');
    if (this.#size === undefined) return setChildren(place, gone());
    this.#screen.readonly = true;
    this.#showNote('This terminal is gone: it was ended, or it ended with its server. What it last showed stays here.');
  }

  /** The name that the user has chosen stays, whatever the program calls itself. */
  #showTitle(program: string): void {
    const { signal } = this.#options;
    const record = this.#record;
    if (record === undefined || signal.aborted) return;
    const isNamed = record.name !== null;
    this.#title = isNamed || program === '' ? terminalTitle(record) : program;
    this.#bar.show({ title: this.#title, program: isNamed ? program : '' });
    showInTab(this.#title);
  }

  #typedInVain(): void {
    if (this.#state.at === 'exited' || this.#state.at === 'gone') this.#bar.focusOnAgain();
    else this.#showNote('Watching only: what you type is not sent. Turn off “Only watch” above to type.');
  }

  async #startAgain(): Promise<void> {
    const { context, changed } = this.#options;
    if (this.#record !== undefined) await startAgain(context, this.#record, this.#state.at === 'gone');
    changed();
  }

  #show(state: LinkState): void {
    this.#state = state;
    this.#bar.show({ state });
  }

  #type(data: string): void {
    // Of several windows on one terminal only the one with the focus answers what a program asks of it.
    if (this.#options.attached() > 1 && !this.#screen.hasFocus) return;
    this.#link?.input(data);
  }

  #windowChanged(): void {
    if (this.#state.at === 'live' && !document.hidden) this.#fit();
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

  /** A program on the alternate screen draws all of it when the size changes. */
  #redraw(): void {
    if (!this.#isPartial || !this.#screen.alternate || this.#readonly || this.#size === undefined) return;
    const { cols, rows } = this.#size;
    this.#link?.resize(cols, rows - 1);
    this.#link?.resize(cols, rows);
  }

  #resizeTo(cols: number, rows: number): void {
    this.#size = { cols, rows };
    this.#screen.resize(cols, rows);
    this.#bar.show({ size: `${cols} × ${rows}` });
  }

  #takeFocus(): void {
    // Once: the user may have moved the focus elsewhere since.
    if (this.#tookFocus) return;
    this.#tookFocus = true;
    // On a touch screen the focus would open the keyboard unasked, and an open dialog keeps the focus.
    if (matchMedia('(pointer: coarse)').matches || document.querySelector('dialog[open]') !== null) return;
    this.#screen.focus();
  }

  #watchOnly(on: boolean): void {
    this.#readonly = on;
    this.#screen.readonly = on;
    this.#showNote('');
    this.#sizedElsewhere = false;
    this.#bar.show({ elsewhere: false });
    this.#attach();
  }

  async #end(): Promise<void> {
    const { context, id, changed } = this.#options;
    await endTerminal(context, { id, title: this.#title, running: this.#state.at !== 'exited' });
    changed();
  }

  #showNote(text: string): void {
    setText(this.#note, text);
    this.#note.hidden = text === '';
  }
}

const gone = (): HTMLElement =>
  emptyPlace(
    'terminals',
    'This terminal is gone',
    'It was ended, or it ended with its server. ',
    h('a', { href: routeTo('terminals') }, 'Show the others'),
    '.',
  );
