/**
 * Puts carriage returns before the line feeds that were printed at the instant of a stop: see posix-device.ts. A terminal
 * that makes CR LF of every line feed has no other line feeds without one.
 */

/** More than the kernel keeps of a terminal's output. */
const MAX_KEPT_BYTES = 64 * 1024;
const BARE = /(?<!\r)\n/g;
const CR = 0x0d;

export class BareLineFeeds {
  /** Bytes in which there may be some. */
  #left = 0;
  #endsInCr = false;

  stopped(): void {
    this.#left = Number.POSITIVE_INFINITY;
  }

  /** What was printed before has come when more than the kernel keeps has. */
  resumed(): void {
    if (this.#left > 0) this.#left = MAX_KEPT_BYTES;
  }

  mend(data: Uint8Array): Uint8Array {
    const afterCr = this.#endsInCr;
    this.#endsInCr = data.at(-1) === CR;
    if (this.#left <= 0) return data;
    this.#left -= data.length;
    const text = `${afterCr ? '\r' : ''}${Buffer.from(data.buffer, data.byteOffset, data.length).toString('latin1')}`;
    const mended = text.replaceAll(BARE, '\r\n');
    return mended.length === text.length ? data : Buffer.from(mended.slice(afterCr ? 1 : 0), 'latin1');
  }
}
