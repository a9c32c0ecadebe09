/**
 * The terminal on the page: xterm.js with what makes it fast, legible and safe.
 *
 * Output goes in at the pace of the drawing: `write` resolves when more can be taken.
 */
import { FitAddon } from '@xterm/addon-fit';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import { copyText } from '../clipboard.ts';
import { onSchemeChange } from '../color-scheme.ts';
import { TEXT_CONTRAST } from '../color/contrast.ts';
import { fontSize, pastesByCtrlV, speaks } from '../preferences.ts';
import { drawFast } from './fast-renderer.ts';
import { hiddenLinks, openLink } from './links.ts';
import { palette } from './palette.ts';
import { paste } from './paste.ts';
import { StickyKeys } from './sticky-keys.ts';

export interface ScreenEvents {
  readonly typed: (data: string) => void;
  readonly titled: (title: string) => void;
  /** The key that leaves the terminal was pressed. */
  readonly left: () => void;
  /** Something was typed while it takes nothing. */
  readonly refused: () => void;
}

const SCROLLBACK_LINES = 10_000;
/** What a terminal answers to a program that asks what it is, where its cursor stands, or which colours it has. */
// eslint-disable-next-line no-control-regex -- that is how they begin
const REPORT = /^\u001b(?:\[[?>=]?[\d;]*(?:[cnRtx]|\$y)|[\]P])/;
/** Characters that may wait to be drawn. */
const MAX_PENDING = 500_000;

export class Screen {
  readonly sticky = new StickyKeys();
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  #pending = 0;
  /** Writers that wait until more can be drawn. */
  readonly #waiting = new Set<() => void>();
  #replaying = true;

  constructor(host: HTMLElement, events: ScreenEvents, signal: AbortSignal) {
    const { fontFamily } = getComputedStyle(host);
    const terminal = new Terminal({
      // The width of characters (unicode11) is a proposed part of its API.
      allowProposedApi: true,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      fontFamily,
      fontSize: fontSize.value,
      linkHandler: hiddenLinks,
      minimumContrastRatio: TEXT_CONTRAST,
      screenReaderMode: speaks(),
      scrollback: SCROLLBACK_LINES,
      theme: palette(),
    });
    this.#terminal = terminal;
    terminal.loadAddon(this.#fit);
    terminal.loadAddon(new WebLinksAddon((_event, address) => openLink(address)));
    terminal.loadAddon(new Unicode11Addon());
    terminal.unicode.activeVersion = '11';
    // A program may not set the clipboard (OSC 52), whatever is loaded later (CVE-2025-55754).
    terminal.parser.registerOscHandler(52, () => true);
    drawFast(terminal);
    terminal.open(host);
    terminal.attachCustomKeyEventHandler((event) => this.#takesKey(event, events));
    terminal.onData((data) => {
      if (!REPORT.test(data)) events.typed(this.sticky.applyTo(data));
      else if (!this.#replaying) events.typed(data);
    });
    const pasted = (event: ClipboardEvent): void => {
      event.preventDefault();
      event.stopPropagation();
      void paste(this, event.clipboardData?.getData('text/plain') ?? '');
    };
    host.addEventListener('paste', pasted, { capture: true, signal });
    terminal.onTitleChange(events.titled);
    fontSize.watch(signal, (size) => (terminal.options.fontSize = size));
    onSchemeChange(signal, () => (terminal.options.theme = palette()));
    signal.addEventListener('abort', () => this.#dispose(), { once: true });
  }

  get cols(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  /** The size that fills the host; undefined while it is not to be seen. */
  get fitting(): { readonly cols: number; readonly rows: number } | undefined {
    const size = this.#fit.proposeDimensions();
    return size === undefined || Number.isNaN(size.cols) ? undefined : size;
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(cols, rows);
  }

  write(text: string): Promise<void> {
    this.#pending += text.length;
    const full = this.#pending >= MAX_PENDING;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (full) this.#waiting.add(resolve);
    this.#terminal.write(text, () => {
      this.#pending -= text.length;
      this.#waiting.delete(resolve);
      resolve();
    });
    return full ? promise : Promise.resolve();
  }

  /** Resolves when all that was written is drawn. */
  drawn(): Promise<void> {
    return new Promise((resolve) => this.#terminal.write('', resolve));
  }

  /** Forgets what it shows: what comes next does not follow from it. */
  reset(): void {
    this.#terminal.reset();
  }

  /** What a program asked the terminal long ago is not answered again when its output is shown again. */
  set replaying(on: boolean) {
    this.#replaying = on;
  }

  /** Takes nothing that is typed. */
  set readonly(on: boolean) {
    this.#terminal.options.disableStdin = on;
  }

  get readonly(): boolean {
    return this.#terminal.options.disableStdin === true;
  }

  /** Whether the program is told what is pasted and what is typed. */
  get bracketsPaste(): boolean {
    return this.#terminal.modes.bracketedPasteMode;
  }

  paste(text: string): void {
    this.#terminal.paste(text);
  }

  get hasFocus(): boolean {
    return document.hasFocus() && this.#terminal.textarea === document.activeElement;
  }

  focus(): void {
    this.#terminal.focus();
  }

  /** As if it had been typed; for the keys that a touch screen lacks. */
  type(data: string): void {
    this.#terminal.input(data, true);
  }

  /** Whether a program uses the alternate screen. */
  get alternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  /** Programs choose which of two sequences an arrow key sends. */
  get cursorPrefix(): string {
    return this.#terminal.modes.applicationCursorKeysMode ? '\u001bO' : '\u001b[';
  }

  #dispose(): void {
    this.#terminal.dispose();
    // It calls nobody back any more, and they would wait for ever.
    for (const resolve of this.#waiting) resolve();
  }

  #takesKey(event: KeyboardEvent, { left, refused }: ScreenEvents): boolean {
    if (event.type === 'keydown' && this.#terminal.options.disableStdin === true && types(event)) refused();
    if (event.type !== 'keydown' || !event.ctrlKey || event.altKey || event.metaKey) return true;
    if (event.key === ']' && !event.shiftKey) {
      event.preventDefault();
      left();
      return false;
    }
    // The browser pastes then, which comes back as an event of its own.
    if (event.code === 'KeyV' && (event.shiftKey || pastesByCtrlV())) return false;
    if (event.code === 'KeyC' && event.shiftKey && this.#terminal.hasSelection()) {
      event.preventDefault();
      copyText(this.#terminal.getSelection());
      return false;
    }
    return true;
  }
}

/** Whether a program would get something for it: not for a modifier, nor for a shortcut of the page or the browser. */
const types = ({ key, ctrlKey, altKey, metaKey }: KeyboardEvent): boolean =>
  !ctrlKey && !altKey && !metaKey && (key.length === 1 || key === 'Enter' || key === 'Backspace');
