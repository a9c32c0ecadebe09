/** The body of an answer that is no 101: gathered whole, because it is short, and passed on. */
import type { Body } from '../http/body.ts';
import { bodyOf } from '../http/framing.ts';
import type { AnswerHead } from '../http/head.ts';

/** A longer one is left out. */
const MAX_BYTES = 64 * 1024;

export class RefusalBody {
  /** Undefined from where it can go no further: it is too long, or not as it should be. */
  #body: Body | undefined;
  readonly #pieces: Uint8Array[] = [];
  #bytes = 0;

  constructor(head: AnswerHead) {
    const body = bodyOf(head, 'GET');
    if (body.ok) this.#body = body.value;
  }

  add(bytes: Uint8Array): void {
    const taken = this.#body?.take(bytes);
    if (taken === undefined) return;
    if (!taken.ok) return void (this.#body = undefined);
    for (const piece of taken.value.pieces) {
      this.#pieces.push(piece);
      this.#bytes += piece.length;
    }
    if (this.#bytes > MAX_BYTES) this.#body = undefined;
  }

  /** Whether nothing more needs to be waited for. */
  get isOver(): boolean {
    return this.#body?.isOver ?? true;
  }

  /** For when nothing more comes: undefined where it is not whole. */
  get bytes(): Uint8Array | undefined {
    return this.#body?.end() === true ? Buffer.concat(this.#pieces) : undefined;
  }
}
