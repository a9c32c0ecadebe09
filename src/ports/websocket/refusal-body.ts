/** The body of an answer that is no 101: gathered whole, because it is short, and passed on. */
import type { AnswerHead } from './handshake.ts';

/** A longer one is left out. */
const MAX_BYTES = 64 * 1024;
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

export class RefusalBody {
  readonly #length: number | undefined;
  readonly #chunked: boolean;
  readonly #parts: Uint8Array[] = [];
  #held = 0;

  constructor({ status, headers }: AnswerHead) {
    this.#chunked = (headers.get('transfer-encoding') ?? '').toLowerCase().trim() === 'chunked';
    const stated = headers.get('content-length');
    const length = stated !== null && /^\d{1,15}$/.test(stated) ? Number(stated) : undefined;
    this.#length = WITHOUT_BODY.has(status) ? 0 : this.#chunked ? undefined : length;
  }

  add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#held += bytes.length;
  }

  /** Whether nothing more needs to be waited for. */
  get isOver(): boolean {
    if (this.#held > MAX_BYTES) return true;
    if (this.#length !== undefined) return this.#held >= this.#length;
    return this.#chunked && dechunked(Buffer.concat(this.#parts)) !== undefined;
  }

  /** Undefined where it is not whole. */
  get bytes(): Uint8Array | undefined {
    if (this.#held > MAX_BYTES) return undefined;
    const all = Buffer.concat(this.#parts);
    if (this.#chunked) return dechunked(all);
    if (this.#length === undefined) return all;
    return all.length < this.#length ? undefined : all.subarray(0, this.#length);
  }
}

/** Undefined where it is not whole, or not as it should be (RFC 9112, 7.1). */
function dechunked(bytes: Buffer): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const [, digits] = /^([0-9a-f]{1,6})[ \t]*(?:;.*)?$/i.exec(bytes.toString('latin1', at, lineEnd)) ?? [];
    if (digits === undefined) return undefined;
    const length = Number.parseInt(digits, 16);
    const start = lineEnd + 2;
    if (length === 0) return bytes.includes('\r\n', start) ? Buffer.concat(parts) : undefined;
    if (bytes.length < start + length + 2) return undefined;
    parts.push(bytes.subarray(start, start + length));
    at = start + length + 2;
  }
}
