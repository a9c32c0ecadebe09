/** A job's output on the page: which of its streams, its list of rows, and what can be done with it. */
import { pause } from '../../../client/pause.ts';
import { button, iconButton, toggleButton } from '../button.ts';
import { copyButton } from '../copy-button.ts';
import { copyLongText } from '../clipboard.ts';
import { h } from '../element.ts';
import { showNotice } from '../notice.ts';
import type { ReadBytes } from './block-reader.ts';
import { loadedText, MAX_COPIED, readText, wholeSpan } from './copy-output.ts';
import { FindBar } from './find-bar.ts';
import { countBefore, placeOfLine } from './line-search.ts';
import { OutputDocument } from './output-document.ts';
import { OutputLayout, type ReadTimeline, type Shown, type Sizes } from './output-layout.ts';
import { OutputList } from './output-list.ts';
import { OutputSearch } from './output-search.ts';
import { selectedSpan, type SelectedSpan } from './selected-places.ts';

export interface OutputPaneParts {
  readonly tools: readonly HTMLElement[];
  readonly read: ReadBytes;
  readonly timeline: ReadTimeline;
  readonly failed: (error: unknown) => void;
  /** The address of a line of what is shown. */
  readonly address: (shown: Shown, line: number) => string;
}

/** Lines are counted without being asked for where it takes no more bytes than that. */
const COUNTED_BYTES = 32 * 1024 * 1024;
/** Waits between two questions for the order; the server looks at running jobs ten times a second. */
const [ORDER_MS, MAX_ORDER_MS] = [50, 1000];
/** Blocks that are asked for at once. */
const AT_ONCE = 16;
/** What makes a line look like an error. */
const ERROR = /\b(?:error|fatal|panic|exception|traceback|failed|failure)\b/giu;

export class OutputPane {
  readonly element: HTMLElement;
  readonly #layout: OutputLayout;
  readonly #parts: OutputPaneParts;
  readonly #signal: AbortSignal;
  readonly #list: OutputList;
  readonly #find: FindBar;
  readonly #choice: HTMLSelectElement;
  #counting = false;
  #ordering = false;
  #wanted: number | undefined;

  constructor(parts: OutputPaneParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#layout = new OutputLayout(parts.timeline);
    this.#signal = signal;
    const events = {
      drawn: () => this.#drawn(),
      failed: parts.failed,
      address: (line: number) => parts.address(this.#list.document.shown, line),
    };
    this.#list = new OutputList(this.#document('both'), events, signal);
    const { region, text } = this.#list;
    this.#find = new FindBar(this.#list, signal, parts.failed);
    this.#choice = h(
      'select',
      { 'aria-label': 'Which output', on: { change: () => this.#show(this.#choice.value as Shown) } },
      h('option', { value: 'both' }, 'Both streams'),
      h('option', { value: 'stdout' }, 'Standard output'),
      h('option', { value: 'stderr' }, 'Standard error'),
    );
    const jump = iconButton('down', 'To the end', () => {
      this.#list.toEnd();
      region.focus();
    });
    jump.classList.add('jump');
    jump.hidden = true;
    this.#jump = jump;
    const wrap = toggleButton('wrap', 'Wrap long lines', true, (on) => {
      text.classList.toggle('unwrapped', !on);
      this.#list.measure();
    });
    const times = toggleButton('clock', 'Show when each line came (both streams)', false, (on) => {
      text.classList.toggle('timed', on);
      this.#list.measure();
    });
    const copy = copyButton('Copy the output', 'Output copied', () => this.#copy(wholeSpan(this.#list.document)));
    const find = iconButton('find', 'Find in the output', () => this.#find.open());
    find.dataset['shortcut'] = 'f';
    const error = button('First error', () => void this.#toFirstError(), {
      icon: 'warning',
      title: 'The first line that looks like an error, else the first of standard error',
    });
    this.element = h(
      'section',
      { class: 'output', on: { keydown: (event) => this.#pressed(event) } },
      h(
        'div',
        { class: 'output-bar' },
        this.#choice,
        h('div', { class: 'tools' }, error, find, copy, ...parts.tools, times, wrap),
      ),
      this.#find.element,
      h('div', { class: 'output-frame' }, region, jump),
    );
    region.addEventListener('copy', (event) => this.#copySelection(event));
  }

  readonly #jump: HTMLButtonElement;

  /** The streams have these sizes now. */
  grown(sizes: Sizes): void {
    if (!this.#layout.grow(sizes)) return;
    this.#changed();
    void this.#do(() => this.#order());
  }

  /** Asks for the order of the two streams until it is known of all there is. */
  async #order(): Promise<void> {
    if (this.#ordering) return;
    this.#ordering = true;
    try {
      for (let wait = ORDER_MS; !this.#layout.isOrdered; wait = Math.min(wait * 2, MAX_ORDER_MS)) {
        if (await this.#layout.order(this.#signal)) {
          this.#changed();
          wait = ORDER_MS;
        }
        if (!this.#layout.isOrdered) await pause(wait, this.#signal);
      }
    } finally {
      this.#ordering = false;
    }
  }

  #changed(): void {
    this.#list.grown();
    this.#find.grown();
    if (this.#wanted !== undefined) this.toLine(this.#wanted);
  }

  show(shown: Shown): void {
    if (this.#list.document.shown === shown) return;
    this.#choice.value = shown;
    this.#show(shown);
  }

  /** Brings a line to where it can be seen, as soon as it is there. */
  toLine(line: number): void {
    this.#wanted = line;
    if (this.#list.document.bytes === 0) return;
    this.#wanted = undefined;
    void this.#do(async () => {
      const place = await placeOfLine(this.#list.document, line, this.#signal);
      if (place !== undefined) await this.#list.reveal(place);
    });
  }

  #document(shown: Shown): OutputDocument {
    return new OutputDocument(this.#layout, shown, this.#parts.read);
  }

  #show(shown: Shown): void {
    this.#list.show(this.#document(shown));
    this.#find.begin();
  }

  #drawn(): void {
    this.#jump.hidden = this.#list.atEnd;
    this.#find.mark();
    const { first, document: shown } = this.#list;
    if (first === undefined || this.#counting || shown.linesBefore(first.block) !== undefined) return;
    this.#counting = true;
    void this.#do(() => countBefore(shown, first.block, COUNTED_BYTES, this.#signal)).finally(() => {
      this.#counting = false;
      if (shown.linesBefore(first.block) !== undefined) this.#list.draw();
    });
  }

  async #toFirstError(): Promise<void> {
    const { document: shown } = this.#list;
    await this.#do(async () => {
      const search = new OutputSearch(shown, ERROR);
      await search.run(() => search.count > 0, this.#signal);
      const place = (await search.match(0, this.#signal)) ?? (await this.#firstOfStderr(shown));
      if (place === undefined) showNotice('No line looks like an error, and nothing is in standard error.');
      else await this.#list.reveal(place);
    });
  }

  async #firstOfStderr(shown: OutputDocument): Promise<{ block: number; row: number } | undefined> {
    for (let first = 0; this.#layout.sizes.stderr > 0 && first < shown.blockCount; first += AT_ONCE) {
      const blocks = await shown.raw(first, Math.min(first + AT_ONCE, shown.blockCount), this.#signal);
      const found = blocks.findIndex(({ pieces }) => pieces.some(({ stream }) => stream === 'stderr'));
      if (found === -1) continue;
      const block = first + found;
      await shown.load(block, this.#signal);
      return { block, row: shown.block(block)?.rows.findIndex(({ stream }) => stream === 'stderr') ?? 0 };
    }
    return undefined;
  }

  #pressed(event: KeyboardEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    if (event.key === 'f') this.#find.open();
    else if (event.key === 'a' && event.target === this.#list.region) {
      getSelection()?.selectAllChildren(this.#list.text);
    } else return;
    event.preventDefault();
  }

  #copySelection(event: ClipboardEvent): void {
    const { document: shown, text } = this.#list;
    const span = isAll(text) ? wholeSpan(shown) : selectedSpan(text, (line) => this.#list.rows.placeOf(line));
    if (span === undefined) return;
    event.preventDefault();
    const loaded = loadedText(shown, span);
    if (loaded === undefined) void this.#copy(span);
    else event.clipboardData?.setData('text/plain', loaded);
  }

  async #copy(span: SelectedSpan): Promise<boolean> {
    const text = await this.#do(() => readText(this.#list.document, span, this.#signal));
    if (text === 'failed') return false;
    if (text !== undefined && (await copyLongText(text))) return true;
    const most = MAX_COPIED / 1024 / 1024;
    showNotice(
      text === undefined
        ? `This is more than ${most} MiB, which is too much for the clipboard. Download it.`
        : 'The browser does not allow the page to copy.',
    );
    return false;
  }

  async #do<T>(work: () => Promise<T>): Promise<T | 'failed'> {
    try {
      return await work();
    } catch (error) {
      if (!this.#signal.aborted) this.#parts.failed(error);
      return 'failed';
    }
  }
}

/** Ctrl A selects the rows from outside, whichever of all these are on the page; by mouse it is text within them. */
function isAll(text: HTMLElement): boolean {
  const { anchorNode, focusNode } = getSelection() ?? {};
  return anchorNode === text && focusNode === text;
}
