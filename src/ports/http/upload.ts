/** The body of a request on its way out: as it came where its length is stated, else in chunks (RFC 9112, 7.1). */
import type { PortConnection } from '../connection.ts';

/** What the port has not taken; from here on whoever sends has to wait. */
const MAX_WAITING_BYTES = 256 * 1024;
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

export interface UploadOptions {
  readonly body: ReadableStream<Uint8Array>;
  /** Undefined: it goes out in chunks. */
  readonly length: number | undefined;
  readonly connection: PortConnection;
  /** Resolves when the port has taken some of what waits, or when the connection is over. */
  readonly drained: () => Promise<void>;
  /** Called for each piece that went out. */
  readonly sent: () => void;
}

export class Upload {
  readonly #options: UploadOptions;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #state: 'going on' | 'whole' | 'over' = 'going on';

  constructor(options: UploadOptions) {
    this.#options = options;
    this.#reader = options.body.getReader();
  }

  get isWhole(): boolean {
    return this.#state === 'whole';
  }

  /** False: its source broke off, so that the port must not take what it got for all of it. */
  async send(): Promise<boolean> {
    const { length, connection, drained, sent } = this.#options;
    let bytes = 0;
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (this.#state !== 'going on') return true;
        if (done) break;
        bytes += value.length;
        if (value.length > 0) connection.write(length === undefined ? chunk(value) : value);
        while (this.#state === 'going on' && connection.waiting > MAX_WAITING_BYTES) await drained();
        sent();
      }
    } catch {
      return false;
    }
    if (length !== undefined && bytes !== length) return false;
    if (length === undefined) connection.write(LAST_CHUNK);
    this.#state = 'whole';
    return true;
  }

  /** Nobody takes it any more. */
  stop(): void {
    if (this.#state !== 'going on') return;
    this.#state = 'over';
    // Whoever sends it learns so; that it has broken meanwhile is no news.
    this.#reader.cancel().catch(() => {});
  }
}

const chunk = (bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
