/**
 * Scrolls through an output of any length, of which the page holds the rows around what is to be seen.
 *
 * What is true is the row at the top, and how far it is scrolled out (`#anchor`); the scroll bar follows it. A movement of less than
 * two screens is taken as it is, pixel by pixel; a longer one (the bar is dragged, Home, End) leads to that share of
 * the whole. Heights that nobody has measured are estimated, and no more than the bar is wrong by that: it is put right
 * when the movement is over. At its end the list stays there while more comes.
 */
import { h } from '../element.ts';
import { scaledHeight, fromScaled, toScaled } from './scroll-scale.ts';
import { HeightEstimate } from './height-estimate.ts';
import type { OutputDocument, Place } from './output-document.ts';
import { RowElements } from './row-elements.ts';
import { rowsAround, type PlacedRow } from './row-window.ts';

export interface OutputListEvents {
  /** Rows were drawn, or are at other places. */
  readonly drawn: () => void;
  readonly failed: (error: unknown) => void;
  /** The address of a line, for its number. */
  readonly address: (line: number) => string;
}

/** Nearer to the end than this counts as there: fractions of pixels, and the last line growing. */
const END_PX = 24;
/** After the last movement, until the scroll bar is put right. */
const SETTLE_MS = 120;

type Anchor = Place & { readonly px: number };

export class OutputList {
  readonly region = h('div', { class: 'output-scroller', tabindex: 0, role: 'region', 'aria-label': 'Output' });
  readonly text = h('div', { class: 'output-text' });
  readonly #space = h('div', { class: 'output-space' }, this.text);
  readonly #probe = h('span', { class: 'output-probe', 'aria-hidden': 'true' }, 'x'.repeat(100));
  readonly #elements = new RowElements(this.text);
  readonly #estimate = new HeightEstimate();
  readonly #events: OutputListEvents;
  readonly #signal: AbortSignal;
  #document: OutputDocument;
  #anchor: Anchor | 'end' = 'end';
  #window: { rows: readonly PlacedRow[]; atStart: boolean; atEnd: boolean } = {
    rows: [],
    atStart: false,
    atEnd: false,
  };
  #top = 0;
  #moving: ReturnType<typeof setTimeout> | undefined;
  #planned = false;
  #marked: Place | undefined;

  constructor(document: OutputDocument, events: OutputListEvents, signal: AbortSignal) {
    this.#document = document;
    this.#events = events;
    this.#signal = signal;
    this.region.append(this.#space, this.#probe);
    this.region.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    const sizes = new ResizeObserver(() => this.measure());
    sizes.observe(this.region);
    signal.addEventListener('abort', () => sizes.disconnect(), { once: true });
  }

  get document(): OutputDocument {
    return this.#document;
  }

  get atEnd(): boolean {
    return this.#anchor === 'end';
  }

  /** Shows another one, from its end. */
  show(document: OutputDocument): void {
    this.#document = document;
    this.#elements.clear();
    this.#marked = undefined;
    this.measure();
    this.toEnd();
  }

  /** To be called when the output has grown. */
  grown(): void {
    this.#document.grown();
    this.draw();
  }

  /** To be called when lines are wrapped otherwise, or the place has another size. */
  measure(): void {
    if (this.region.clientHeight === 0) return;
    const { width, height } = this.#probe.getBoundingClientRect();
    const line = this.text.firstElementChild;
    const { paddingLeft = '0', paddingRight = '0' } = line === null ? {} : getComputedStyle(line);
    const room = this.text.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
    const columns = this.text.classList.contains('unwrapped')
      ? Number.POSITIVE_INFINITY
      : Math.max(20, Math.floor(room / (width / 100)));
    if (columns !== this.#estimate.measures.columns || height !== this.#estimate.measures.rowHeight)
      this.#estimate.measures = { rowHeight: height, columns };
    this.draw();
  }

  toEnd(): void {
    this.#anchor = 'end';
    this.draw();
  }

  /** Brings a row to where it can be seen, and marks it. */
  async reveal(place: Place): Promise<void> {
    await this.#document.load(place.block, this.#signal);
    this.#marked = place;
    this.#anchor = { ...place, px: -this.region.clientHeight / 3 };
    this.draw();
  }

  /** The rows that are on the page. */
  get rows(): RowElements {
    return this.#elements;
  }

  /** The first row that can be seen. */
  get first(): Place | undefined {
    if (this.#anchor !== 'end') return this.#anchor;
    return this.#window.rows.at(-1);
  }

  /** Draws once per frame, however often it is asked to. */
  draw(): void {
    if (this.#planned || this.#signal.aborted) return;
    this.#planned = true;
    // A hidden page draws no frames, and must not pile up work for when it is shown.
    const draw = (): void => {
      if (!this.#planned || this.#signal.aborted) return;
      this.#planned = false;
      this.#drawNow();
    };
    requestAnimationFrame(draw);
    setTimeout(draw, 200);
  }

  #drawNow(): void {
    const { clientHeight } = this.region;
    if (clientHeight === 0) return;
    const anchor = this.#anchor === 'end' ? this.#lastPlace() : this.#anchor;
    const px = this.#anchor === 'end' ? 0 : this.#anchor.px;
    const wanted = {
      above: clientHeight * (this.#anchor === 'end' ? 3 : 2) + Math.max(0, -px),
      below: clientHeight * 3 + Math.max(0, px),
      measures: this.#estimate.measures,
    };
    const found = anchor === undefined ? EMPTY : rowsAround(this.#document, this.#clamped(anchor), wanted);
    const drawn = [...new Set(found.rows.map(({ block }) => block))];
    const last = this.#document.blockCount - 1;
    // What is shown of an output that grows faster than it is read is over soon: only its end is wanted.
    const wantsEnd = this.#anchor === 'end' && !drawn.includes(last);
    this.#load(wantsEnd ? [last] : [...found.missing, ...drawn]);
    // What is there stays until what is wanted has come.
    if (found.rows.length === 0 && this.#document.bytes > 0) return;
    for (const block of drawn) {
      const loaded = this.#document.block(block);
      if (loaded !== undefined) this.#estimate.learn(block, loaded);
    }
    this.#window = found;
    this.#elements.fill(found.rows);
    this.#elements.number(this.#document, this.#events.address, this.#marked);
    this.#place(anchor === undefined ? undefined : this.#clamped(anchor), px);
    this.#events.drawn();
  }

  /** Of an output that grows faster than it is read, the last that was. */
  #lastPlace(): Place | undefined {
    const last = this.#document.blockCount - 1;
    for (let block = last; block >= 0; block -= 1) {
      const loaded = this.#document.block(block);
      if (loaded !== undefined && loaded.rows.length > 0) return { block, row: loaded.rows.length - 1 };
    }
    return last < 0 ? undefined : { block: last, row: 0 };
  }

  /** A share of a block that was not loaded yet is a row now; a block that was read anew may have fewer. */
  #clamped({ block, row }: Place): Place {
    const count = this.#document.block(block)?.rows.length;
    if (count === undefined) return { block, row };
    return { block, row: Math.min(row < 1 && row > 0 ? Math.floor(row * count) : row, Math.max(0, count - 1)) };
  }

  /** Puts the rows so that the one at the top is where it was. */
  #place(anchor: Place | undefined, px: number): void {
    const height = this.text.offsetHeight;
    const { clientHeight } = this.region;
    const element = anchor === undefined ? undefined : this.#elements.at(anchor);
    let offset = this.#anchor === 'end' ? height - clientHeight : (element?.offsetTop ?? 0) + px;
    if (this.#window.atEnd) offset = Math.min(offset, height - clientHeight);
    if (this.#window.atStart) offset = Math.max(offset, 0);
    const { scrollTop } = this.region;
    const stuck = scrollTop <= 0 || scrollTop >= this.#space.offsetHeight - clientHeight - 1;
    if (this.#moving === undefined || stuck) this.#settle(offset, height);
    else this.text.style.top = `${scrollTop - offset}px`;
    if (this.#anchor !== 'end') this.#take(offset);
  }

  /** Puts the scroll bar right; `offset` is how far the rows are scrolled out. */
  #settle(offset: number, height: number): void {
    const { region } = this;
    const { atStart, atEnd, rows } = this.#window;
    const all = this.#estimate.above(this.#document, this.#document.blockCount);
    const [first, last] = [rows[0], rows.at(-1)];
    const above = atStart ? 0 : Math.max(region.clientHeight, first === undefined ? 0 : this.#heightAt(first));
    const below = atEnd ? 0 : Math.max(region.clientHeight, last === undefined ? 0 : all - this.#heightAt(last));
    const total = above + height + below;
    this.#space.style.height = `${scaledHeight(total)}px`;
    region.scrollTop = toScaled(above + offset, total);
    this.#top = region.scrollTop;
    this.text.style.top = `${this.#top - offset}px`;
  }

  #heightAt({ block, row }: Place): number {
    const rows = this.#document.block(block)?.rows.length ?? 1;
    return (
      this.#estimate.above(this.#document, block) + (this.#estimate.of(this.#document, block) * row) / Math.max(1, rows)
    );
  }

  /** Makes the row that is now at the top the anchor. */
  #take(offset: number): void {
    const end = this.text.offsetHeight - this.region.clientHeight - offset;
    if (this.#window.atEnd && end < END_PX) {
      this.#anchor = 'end';
      return;
    }
    const { drawn: rows } = this.#elements;
    let [low, high] = [0, rows.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((rows[middle]?.element.offsetTop ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const row = rows[low];
    if (row !== undefined) this.#anchor = { block: row.block, row: row.row, px: offset - row.element.offsetTop };
  }

  #scrolled(): void {
    const { scrollTop, clientHeight } = this.region;
    const by = scrollTop - this.#top;
    this.#top = scrollTop;
    if (Math.abs(by) < 0.5 || this.#window.rows.length === 0) return;
    clearTimeout(this.#moving);
    this.#moving = setTimeout(() => {
      this.#moving = undefined;
      this.draw();
    }, SETTLE_MS);
    if (Math.abs(by) <= clientHeight * 2) this.#take(scrollTop - this.text.offsetTop);
    else this.#jump(scrollTop);
    this.draw();
  }

  #jump(scrollTop: number): void {
    const end = this.#space.offsetHeight - this.region.clientHeight;
    if (scrollTop >= end - 1) {
      this.#anchor = 'end';
      return;
    }
    const total = this.#estimate.above(this.#document, this.#document.blockCount);
    const { block, share } = this.#estimate.at(this.#document, fromScaled(scrollTop, total));
    const count = this.#document.block(block)?.rows.length;
    this.#anchor = { block, row: count === undefined ? Math.min(share, 0.999) : Math.floor(share * count), px: 0 };
  }

  #load(blocks: readonly number[]): void {
    for (const block of blocks) {
      if (block < 0 || this.#document.isCurrent(block)) continue;
      void this.#document.load(block, this.#signal).then(
        () => this.draw(),
        (error: unknown) => this.#signal.aborted || this.#events.failed(error),
      );
    }
  }
}

const EMPTY = { rows: [], atStart: true, atEnd: true, missing: [] };
