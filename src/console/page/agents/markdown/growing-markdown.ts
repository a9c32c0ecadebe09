/**
 * Markdown that grows while it is shown.
 *
 *   source:  settled blocks, drawn once │ the last block, drawn again while it grows
 *
 * What comes later can only change the last block that is not blank, so a long answer costs as much per chunk as a short
 * one. An open block of code, the usual long one, gets its new text appended.
 */
import { Lexer, type Token, type TokensList } from 'marked';
import { setChildren, h } from '../../element.ts';
import { blockNodes } from './block-nodes.ts';
import { codeBlock, type CodeBlock } from './code-block.ts';

/** A block that grows beyond this is settled at a line's end. */
const MAX_OPEN = 20_000;
const FENCE = /^ {0,3}(`{3,}|~{3,})([^\n]*)\n/;

export class GrowingMarkdown {
  readonly element = h('div', { class: 'markdown' });
  readonly #settled = h('div', { class: 'flow' });
  readonly #open = h('div', { class: 'flow' });
  /** Definitions of links that settled blocks hold. */
  #links: TokensList['links'] = {};
  #tail = '';
  /** The source of the last block as it was drawn. */
  #openRaw: string | undefined;
  /** The block of code that the last block is. */
  #code: { readonly block: CodeBlock; readonly fence: string } | undefined;

  /** The fence that the tail begins with because its block was settled in part. */
  #cutFence = '';

  constructor() {
    this.element.append(this.#settled, this.#open);
  }

  append(text: string): void {
    this.#tail += text;
  }

  /** Shows what was appended since the last call. */
  draw(): void {
    // A carriage return at the end may be half of a line's end.
    const half = this.#tail.endsWith('\r') ? '\r' : '';
    const source = this.#tail.slice(0, this.#tail.length - half.length).replaceAll('\r\n', '\n');
    if (source === this.#cutFence) return;
    const blocks = this.#read(source);
    const lastAt = blocks.findLastIndex(({ type }) => type !== 'space');
    if (lastAt < 0) return;
    const before = blocks.slice(0, lastAt);
    this.#settle(before);
    // By length: at the end of a block the parser calls a blank a line's end.
    this.#tail = source.slice(before.reduce((sum, { raw }) => sum + raw.length, 0));
    const last = blocks[lastAt];
    if (last === undefined) return;
    this.#drawOpen(last);
    if (this.#tail.length > MAX_OPEN && !isClosed(last)) this.#cut(last);
    this.#tail += half;
  }

  #read(source: string): Token[] {
    try {
      return this.#lex(source);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // Something is nested thousands of times, which is beyond what the parser's recursion can take.
      return source.split(/(?<=\n\n)/).flatMap((part) => this.#readPart(part));
    }
  }

  #readPart(source: string): Token[] {
    try {
      return this.#lex(source);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return [{ type: 'html', raw: source }];
    }
  }

  #lex(source: string): Token[] {
    const lexer = new Lexer({ gfm: true });
    lexer.tokens.links = this.#links;
    const blocks = lexer.lex(source);
    this.#links = blocks.links;
    return blocks;
  }

  #settle(blocks: readonly Token[]): void {
    const [first, ...others] = blocks;
    if (first === undefined) return;
    // What is on the page as it is now stays, and with it a selection in it.
    if (first.raw === this.#openRaw) this.#settled.append(...this.#open.childNodes, ...blockNodes(others));
    else this.#settled.append(...blockNodes(blocks));
    this.#code = undefined;
    this.#openRaw = undefined;
    setChildren(this.#open);
  }

  #drawOpen(last: Token): void {
    if (last.raw === this.#openRaw) return;
    this.#openRaw = last.raw;
    const fence = FENCE.exec(last.raw)?.[0];
    if (last.type !== 'code' || fence === undefined) {
      this.#code = undefined;
      setChildren(this.#open, ...blockNodes([last]));
      return;
    }
    const text = (last as { text?: string }).text ?? '';
    const shown = this.#code?.fence === fence ? this.#code.block : undefined;
    if (shown !== undefined && text.startsWith(shown.text.data)) {
      shown.text.appendData(text.slice(shown.text.length));
      return;
    }
    const block = codeBlock(text, FENCE.exec(fence)?.[2]?.trim());
    this.#code = { block, fence };
    setChildren(this.#open, block.element);
  }

  /** Settles all whole lines of the open block; what follows is a block like it. */
  #cut(last: Token): void {
    const fence = last.type === 'code' ? (FENCE.exec(last.raw)?.[0] ?? '') : '';
    const end = this.#tail.lastIndexOf('\n') + 1;
    const at = end > fence.length ? end : this.#tail.length;
    const [whole, rest] = [this.#tail.slice(0, at), this.#tail.slice(at)];
    this.#settle(this.#read(whole));
    this.#cutFence = fence;
    this.#tail = fence + rest;
    if (rest !== '') setChildren(this.#open, ...blockNodes(this.#read(this.#tail)));
  }
}

/** Whether a block of code has its closing fence. */
function isClosed({ type, raw }: Token): boolean {
  const fence = type === 'code' ? FENCE.exec(raw)?.[1] : undefined;
  return fence !== undefined && raw.trimEnd().split('\n').at(-1)?.trim().startsWith(fence) === true;
}
