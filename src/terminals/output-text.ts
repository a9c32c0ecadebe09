/**
 * Makes valid UTF-8, in whole characters, of what a program prints, wherever the reads have cut it.
 *
 * An incomplete character is held back (3 bytes at most) until its rest comes. Bytes that are not UTF-8
 * become U+FFFD. NUL bytes are removed: a text frame that begins with one is a control frame, which a program must not
 * be able to forge.
 */
import { isUtf8 } from 'node:buffer';
import { decodeUtf8, unfinishedBytes } from '../core/utf8.ts';

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

export class OutputText {
  #held: Uint8Array = NOTHING;

  /** The text that is complete by now, as UTF-8; it may be empty. */
  take(chunk: Uint8Array): Uint8Array {
    const all = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const whole = all.length - unfinishedBytes(all);
    this.#held = whole === all.length ? NOTHING : all.slice(whole);
    return repair(all.subarray(0, whole));
  }

  /** What was held back when the program ended. */
  end(): Uint8Array {
    const rest = this.#held;
    this.#held = NOTHING;
    return repair(rest);
  }
}

function repair(bytes: Uint8Array): Uint8Array {
  if (isUtf8(bytes) && !bytes.includes(0)) return bytes;
  return encoder.encode(decodeUtf8(bytes).replaceAll('\0', ''));
}
