/**
 * The last bytes of what a program prints, as text: a ring that grows up to its limit. However fast the program writes,
 * no more than that is kept.
 */
import { continuationBytes, decodeUtf8, wholeCharacters } from '../../core/utf8.ts';

const FIRST_BYTES = 4096;

export class OutputTail {
  /** Bytes. */
  readonly limit: number;
  #ring = new Uint8Array();
  #start = 0;
  #length = 0;
  #truncated = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** How many bytes are kept. */
  get length(): number {
    return this.#length;
  }

  /** Whether something of the output is not kept. */
  get truncated(): boolean {
    return this.#truncated;
  }

  append(bytes: Uint8Array): void {
    const kept = bytes.length > this.limit ? bytes.subarray(bytes.length - this.limit) : bytes;
    if (this.#length + bytes.length > this.limit) this.#truncated = true;
    this.#drop(Math.max(0, this.#length + kept.length - this.limit));
    this.#makeRoomFor(kept.length);
    const at = (this.#start + this.#length) % (this.#ring.length || 1);
    const first = kept.subarray(0, this.#ring.length - at);
    this.#ring.set(first, at);
    this.#ring.set(kept.subarray(first.length), 0);
    this.#length += kept.length;
  }

  /** For a source that has more than `limit` to give: it gives the end of it only. What is kept so far is not connected with that. */
  skip(): void {
    this.#truncated = true;
    this.#drop(this.#length);
  }

  /** `growing`: a last character whose bytes are not all there is left out, because its rest may come. */
  text(growing: boolean): string {
    const bytes = this.#bytes();
    const whole = this.#truncated ? bytes.subarray(continuationBytes(bytes)) : bytes;
    return decodeUtf8(growing ? wholeCharacters(whole) : whole);
  }

  #bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    const first = this.#ring.subarray(this.#start, this.#start + this.#length);
    bytes.set(first);
    bytes.set(this.#ring.subarray(0, this.#length - first.length), first.length);
    return bytes;
  }

  #drop(count: number): void {
    this.#length -= count;
    this.#start = this.#length === 0 ? 0 : (this.#start + count) % this.#ring.length;
  }

  #makeRoomFor(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#ring.length) return;
    const grown = new Uint8Array(Math.min(this.limit, Math.max(needed, this.#ring.length * 2, FIRST_BYTES)));
    grown.set(this.#bytes());
    this.#ring = grown;
    this.#start = 0;
  }
}
