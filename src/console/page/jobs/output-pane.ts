/** Output on the page: drawn once per frame however fast it comes, and kept at its end unless the user scrolls up. */
import { toggleButton } from '../button.ts';
import { h, setChildren, setText } from '../element.ts';
import { EndScroller } from '../end-scroller.ts';
import { OutputLog, type OutputLine, type StreamName } from './output-log.ts';
import { runElement } from './run-element.ts';

export class OutputPane {
  readonly element: HTMLElement;
  readonly #text = h('div', { class: 'output-text' });
  readonly #note = h('p', { class: 'output-note', hidden: true });
  readonly #end: EndScroller;
  readonly #elements = new Map<number, HTMLElement>();
  #log = new OutputLog();
  #drawing = false;

  constructor(tools: readonly HTMLElement[]) {
    const region = h(
      'div',
      { class: 'output-scroller', tabindex: 0, role: 'region', 'aria-label': 'Output' },
      this.#note,
      this.#text,
    );
    this.#end = new EndScroller(region);
    const wrap = toggleButton('wrap', 'Wrap long lines', true, (on) => this.#text.classList.toggle('unwrapped', !on));
    this.element = h(
      'section',
      { class: 'output' },
      h('div', { class: 'output-bar' }, h('h3', {}, 'Output'), h('div', { class: 'tools' }, ...tools, wrap)),
      h('div', { class: 'output-frame' }, region, this.#end.jump),
    );
  }

  write(stream: StreamName, text: string): void {
    this.#log.write(stream, text);
    this.#draw();
  }

  /** Replaces all of it. */
  replace(parts: Readonly<Record<StreamName, string>>): void {
    this.#log = new OutputLog();
    this.#elements.clear();
    setChildren(this.#text);
    this.#log.write('stdout', parts.stdout);
    this.#log.write('stderr', parts.stderr);
    this.#draw();
  }

  /** A sentence above the output about what is left out. */
  note(text: string): void {
    setText(this.#note, text);
    this.#note.hidden = text === '';
  }

  get plainText(): string {
    return this.#log.lines.map((line) => line.runs.map(({ text }) => text).join('')).join('\n');
  }

  #draw(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    // A hidden page draws no frames, and must not pile up work for when it is shown.
    const draw = (): void => {
      if (!this.#drawing) return;
      this.#drawing = false;
      this.#drawNow();
    };
    requestAnimationFrame(draw);
    setTimeout(draw, 200);
  }

  #drawNow(): void {
    const dirty = this.#log.takeDirty();
    const { lines, dropped } = this.#log;
    const first = lines[0]?.number ?? 0;
    for (const [number, element] of this.#elements) {
      if (number >= first) break;
      element.remove();
      this.#elements.delete(number);
    }
    const fresh: HTMLElement[] = [];
    for (const line of lines.slice(Math.max(0, dirty - first))) {
      const element = lineElement(line);
      const old = this.#elements.get(line.number);
      if (old === undefined) fresh.push(element);
      else old.replaceWith(element);
      this.#elements.set(line.number, element);
    }
    this.#text.append(...fresh);
    if (dropped > 0) this.note(`${dropped.toLocaleString()} earlier lines are not shown; a download has them all.`);
    this.#end.follow();
  }
}

const lineElement = ({ stream, runs }: OutputLine): HTMLElement =>
  h('div', { class: `line ${stream}` }, ...runs.map(runElement));
