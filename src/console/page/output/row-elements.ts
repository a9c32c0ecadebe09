/** The rows of an output that are on the page, as elements: those that stay keep theirs, and with it what is selected in it. */
import { setAttribute } from '../element.ts';
import type { OutputDocument, Place } from './output-document.ts';
import { numberRow, rowElement } from './row-element.ts';
import type { PlacedRow } from './row-window.ts';
import { placesOfSelection } from './selected-places.ts';

export class RowElements {
  readonly #text: HTMLElement;
  readonly #elements = new Map<string, { readonly row: PlacedRow; readonly element: HTMLElement }>();
  #rows: readonly PlacedRow[] = [];

  constructor(text: HTMLElement) {
    this.#text = text;
  }

  /** In order. */
  get drawn(): readonly (PlacedRow & { readonly element: HTMLElement })[] {
    return this.#rows.flatMap((row) => {
      const element = this.at(row);
      return element === undefined ? [] : [{ ...row, element }];
    });
  }

  at(place: Place): HTMLElement | undefined {
    return this.#elements.get(keyOf(place))?.element;
  }

  placeOf(element: Element): PlacedRow | undefined {
    for (const known of this.#elements.values()) if (known.element === element) return known.row;
    return undefined;
  }

  clear(): void {
    for (const { element } of this.#elements.values()) element.remove();
    this.#elements.clear();
    this.#rows = [];
  }

  /** These are on the page from now on, and those in which a selection begins or ends. */
  fill(rows: readonly PlacedRow[]): void {
    const wanted = new Set(rows.map(keyOf));
    const kept = placesOfSelection(this.#text, (element) => this.placeOf(element)).map(keyOf);
    for (const [key, { element }] of this.#elements) {
      element.classList.toggle('pinned', !wanted.has(key));
      if (wanted.has(key) || kept.includes(key)) continue;
      element.remove();
      this.#elements.delete(key);
    }
    const first = rows[0];
    const pinned = [...this.#elements.values()].findLast(({ row }) => first !== undefined && isBefore(row, first));
    let before: Element | undefined = pinned?.element;
    for (const row of rows) {
      const element = this.#elementOf(row);
      const next = before === undefined ? this.#text.firstElementChild : before.nextElementSibling;
      if (element !== next) this.#text.insertBefore(element, next);
      before = element;
    }
    this.#rows = rows;
  }

  /** Numbers the lines as far as they are counted, and marks one. */
  number(document: OutputDocument, address: (line: number) => string, marked: Place | undefined): void {
    for (const { element, block, row, content } of this.drawn) {
      const before = content.line === undefined ? undefined : document.linesBefore(block);
      const number = before === undefined || content.line === undefined ? undefined : before + content.line + 1;
      numberRow(element, number, number === undefined ? undefined : address(number));
      setAttribute(element, 'aria-current', block === marked?.block && row === marked.row && 'true');
    }
  }

  #elementOf(row: PlacedRow): HTMLElement {
    const key = keyOf(row);
    const known = this.#elements.get(key);
    if (known !== undefined && isSame(known.row, row)) return known.element;
    const element = rowElement(row.content);
    known?.element.replaceWith(element);
    this.#elements.set(key, { row, element });
    return element;
  }
}

const keyOf = ({ block, row }: Place): string => `${block}:${row}`;

const isBefore = (one: Place, other: Place): boolean =>
  one.block < other.block || (one.block === other.block && one.row < other.row);

/** A row that was read anew and says the same keeps its element, and with it what is selected in it. */
const isSame = ({ content: a }: PlacedRow, { content: b }: PlacedRow): boolean =>
  a === b ||
  (a.text === b.text &&
    a.stream === b.stream &&
    a.time === b.time &&
    JSON.stringify(a.runs) === JSON.stringify(b.runs));
