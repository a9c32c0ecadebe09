/**
 * The last output of a terminal, by offset: whole UTF-8 characters, up to a capacity in bytes.
 *
 * Kept in blocks that grow as they are filled: a terminal that prints nothing needs no memory, and one that prints
 * byte by byte does not need an object per byte.
 */
import { isContinuation } from '../core/utf8.ts';

const FIRST_BLOCK = 4 * 1024;
const BLOCK = 64 * 1024;

interface Block {
  bytes: Uint8Array;
  used: number;
  /** Offset of its first byte. */
  readonly at: number;
}

export interface Piece {
  /** UTF-8; a view that is valid until the next append. */
  readonly bytes: Uint8Array;
  /** Offset of the first byte. */
  readonly at: number;
  /** Offset after the last byte. */
  readonly next: number;
}

export class Scrollback {
  readonly #capacity: number;
  readonly #forgetting: (bytes: Uint8Array) => void;
  #blocks: Block[] = [];
  #start = 0;
  #end = 0;

  /** `forgetting` gets what is about to be dropped, in order: whole characters, in a view that is valid for this call. */
  constructor(capacity: number, forgetting: (bytes: Uint8Array) => void = () => {}) {
    this.#capacity = capacity;
    this.#forgetting = forgetting;
  }

  /** Offset of the oldest byte kept. */
  get start(): number {
    return this.#start;
  }

  /** Bytes appended so far: the offset of the next one. */
  get end(): number {
    return this.#end;
  }

  /** Whole characters. */
  append(text: Uint8Array): void {
    for (let rest = text; rest.length > 0;) {
      const block = this.#room();
      const count = Math.min(rest.length, BLOCK - block.used);
      fill(block, rest.subarray(0, count));
      this.#end += count;
      rest = rest.subarray(count);
    }
    this.#trim();
  }

  /** From `since`, or the oldest kept: at most `limit` bytes (4 at least), whole characters. */
  read(since: number, limit: number): Piece {
    const at = this.#characterFrom(Math.min(Math.max(since, this.#start), this.#end));
    let next = Math.min(this.#end, at + limit);
    while (next > at && next < this.#end && isContinuation(this.#byte(next))) next -= 1;
    return { bytes: this.#slice(at, next), at, next };
  }

  #room(): Block {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.used < BLOCK) return last;
    const block = { bytes: new Uint8Array(last === undefined ? FIRST_BLOCK : BLOCK), used: 0, at: this.#end };
    this.#blocks.push(block);
    return block;
  }

  #trim(): void {
    if (this.#end - this.#start <= this.#capacity) return;
    const start = this.#characterFrom(this.#end - this.#capacity);
    this.#forgetting(this.#slice(this.#start, start));
    this.#start = start;
    const kept = this.#blocks.findIndex((block) => block.at + block.used > this.#start);
    this.#blocks.splice(0, kept === -1 ? this.#blocks.length : kept);
  }

  /** The first character that begins there or after. */
  #characterFrom(offset: number): number {
    let at = offset;
    while (at < this.#end && isContinuation(this.#byte(at))) at += 1;
    return at;
  }

  #byte(offset: number): number | undefined {
    const block = this.#blockOf(offset);
    return block?.bytes[offset - block.at];
  }

  // Every block but the last is full, so one division finds it.
  #blockOf(offset: number): Block | undefined {
    const first = this.#blocks[0];
    return first === undefined ? undefined : this.#blocks[Math.floor((offset - first.at) / BLOCK)];
  }

  #slice(from: number, to: number): Uint8Array {
    const pieces: Uint8Array[] = [];
    for (let at = from; at < to;) {
      const block = this.#blockOf(at);
      if (block === undefined) break;
      const end = Math.min(to, block.at + block.used);
      pieces.push(block.bytes.subarray(at - block.at, end - block.at));
      at = end;
    }
    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  }
}

function fill(block: Block, data: Uint8Array): void {
  const needed = block.used + data.length;
  if (needed > block.bytes.length) {
    const larger = new Uint8Array(Math.min(BLOCK, Math.max(needed, block.bytes.length * 2)));
    larger.set(block.bytes.subarray(0, block.used));
    block.bytes = larger;
  }
  block.bytes.set(data, block.used);
  block.used = needed;
}
