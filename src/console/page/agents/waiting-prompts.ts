/**
 * Prompts that wait for their turn: those of the log, those that this page sent and that the log does not have yet, and
 * a count of what others sent.
 */
import { h, setChildren } from '../element.ts';
import type { WaitingPrompt } from './conversation/prompt-queue.ts';
import { objectOf, textOf } from './sent.ts';

interface Shown {
  readonly inLog: readonly WaitingPrompt[];
  /** The newest turn that the log has told of. */
  readonly newest: number;
  /** How many wait, as the server says. */
  readonly queued: number;
}

export class WaitingPrompts {
  readonly element = h('ul', { class: 'waiting-prompts', 'aria-label': 'Waiting prompts', hidden: true });
  #shown: Shown = { inLog: [], newest: 0, queued: 0 };
  #sent: { readonly turn: number; readonly text: string }[] = [];
  #drawn = '';

  sent(turn: number, text: string): void {
    this.#sent.push({ turn, text });
    this.show({});
  }

  show(change: Partial<Shown>): void {
    this.#shown = { ...this.#shown, ...change };
    const { inLog, newest, queued } = this.#shown;
    this.#sent = this.#sent.filter(({ turn }) => turn > newest);
    const texts = [...inLog.map(({ content }) => promptText(content)), ...this.#sent.map(({ text }) => text)];
    const more = queued - texts.length;
    const lines = more > 0 ? [...texts, more === 1 ? '1 more prompt' : `${more} more prompts`] : texts;
    if (lines.join('\u0000') === this.#drawn) return;
    this.#drawn = lines.join('\u0000');
    this.element.hidden = lines.length === 0;
    setChildren(
      this.element,
      ...lines.map((line) => h('li', { title: line }, h('span', { class: 'help' }, 'queued'), line)),
    );
  }
}

const promptText = (content: readonly unknown[]): string =>
  content.map((block) => textOf(objectOf(block)['text']) ?? '[attachment]').join(' ');
