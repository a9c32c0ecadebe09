/** The line in which a text is looked for in the output: how often it is there, the next and the one before. */
import { iconButton } from '../button.ts';
import { h, setText } from '../element.ts';
import { OutputSearch, searchPattern, type Match } from './output-search.ts';
import type { OutputList } from './output-list.ts';

/** Wait after a key before the search begins. */
const TYPING_MS = 150;

export class FindBar {
  readonly element: HTMLElement;
  readonly #input = h('input', {
    type: 'search',
    'aria-label': 'Find in the output',
    placeholder: 'Find in the output',
  });
  readonly #count = h('span', { class: 'find-count', role: 'status' });
  readonly #list: OutputList;
  readonly #failed: (error: unknown) => void;
  #search: OutputSearch | undefined;
  #number = -1;
  #stop = new AbortController();
  #current: Match | undefined;

  constructor(list: OutputList, signal: AbortSignal, failed: (error: unknown) => void) {
    this.#list = list;
    this.#failed = failed;
    this.element = h(
      'div',
      { class: 'find-bar', role: 'search', hidden: true, on: { keydown: (event) => this.#pressed(event) } },
      this.#input,
      this.#count,
      iconButton('up', 'Previous match', () => this.#go(-1)),
      iconButton('down', 'Next match', () => this.#go(1)),
      iconButton('close', 'Close the search', () => this.close()),
    );
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.#input.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.begin(), TYPING_MS);
    });
    signal.addEventListener('abort', () => this.#stop.abort(), { once: true });
  }

  open(): void {
    this.element.hidden = false;
    this.#input.focus();
    this.#input.select();
  }

  close(): void {
    this.element.hidden = true;
    this.#input.value = '';
    this.begin();
    this.#list.region.focus();
  }

  /** Looks for what stands in the line now, from the beginning. */
  begin(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#current = undefined;
    this.#number = -1;
    const text = this.#input.value;
    this.#search = text === '' ? undefined : new OutputSearch(this.#list.document, searchPattern(text));
    this.#tell();
    this.mark();
    this.#run();
  }

  /** To be called when there is more output. */
  grown(): void {
    if (this.#search?.progress === 1 || this.#search === undefined) return;
    this.#run();
  }

  /** Shows the matches on the page; the CSS Custom Highlight API leaves its nodes as they are. */
  mark(): void {
    const { highlights } = CSS;
    highlights.delete('found');
    highlights.delete('found-current');
    const search = this.#search;
    if (search === undefined) return;
    const [all, current] = [new Highlight(), new Highlight()];
    for (const { element, content, block, row } of this.#list.rows.drawn) {
      for (const { index, 0: found } of content.text.matchAll(search.pattern)) {
        const range = rangeOf(element, index, index + found.length);
        const isCurrent = block === this.#current?.block && row === this.#current.row && index === this.#current.from;
        (isCurrent ? current : all).add(range);
      }
    }
    highlights.set('found', all);
    highlights.set('found-current', current);
  }

  #running = false;

  #run(): void {
    const search = this.#search;
    const { signal } = this.#stop;
    if (search === undefined || this.#running) return;
    this.#running = true;
    const found = (): boolean => {
      this.#tell();
      if (this.#number === -1 && search.count > 0) this.#go(1);
      return signal.aborted;
    };
    void search
      .run(found, signal)
      .catch((error: unknown) => signal.aborted || this.#failed(error))
      .finally(() => {
        this.#running = false;
        this.#tell();
        if (this.#search !== search) this.#run();
      });
  }

  #go(by: 1 | -1): void {
    const search = this.#search;
    if (search === undefined || search.count === 0) return;
    this.#number = this.#number === -1 ? 0 : (this.#number + by + search.count) % search.count;
    this.#tell();
    void search
      .match(this.#number, this.#stop.signal)
      .then(async (match) => {
        if (match === undefined || this.#search !== search) return;
        this.#current = match;
        await this.#list.reveal(match);
      })
      .catch((error: unknown) => this.#stop.signal.aborted || this.#failed(error));
  }

  #tell(): void {
    const search = this.#search;
    if (search === undefined) return setText(this.#count, '');
    const share = search.progress < 1 ? `, ${Math.floor(search.progress * 100)} % searched` : '';
    const count = search.count.toLocaleString();
    const place = this.#number === -1 ? '' : `${(this.#number + 1).toLocaleString()} of `;
    setText(this.#count, search.count === 0 && share === '' ? 'Not found' : `${place}${count}${share}`);
  }

  #pressed(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.close();
    else if (event.key === 'Enter') this.#go(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  }
}

/** The characters of a row as a range of its text nodes. */
function rangeOf(element: HTMLElement, from: number, to: number): Range {
  const range = document.createRange();
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let at = 0;
  let started = false;
  while (texts.nextNode()) {
    const node = texts.currentNode as Text;
    if (!started && from < at + node.length) {
      range.setStart(node, from - at);
      started = true;
    }
    if (started && to <= at + node.length) {
      range.setEnd(node, to - at);
      break;
    }
    at += node.length;
  }
  return range;
}
