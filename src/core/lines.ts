/**
 * A stream of bytes as lines, none of them longer than a limit: of a longer one the beginning is told, and the rest is
 * passed over without being kept.
 */
const LINE_END = 0x0a;
/** What is told of a line that is too long. */
const HEAD_BYTES = 256;

export interface LineReader {
  /** Without its end. */
  readonly line: (text: string) => void;
  readonly tooLong: (head: string, bytes: number) => void;
}

/** Resolves at the end of the stream; a last line without an end counts. */
export async function readLines(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
  reader: LineReader,
): Promise<void> {
  const splitter = new LineSplitter(maxBytes, reader);
  for await (const chunk of stream) splitter.push(chunk);
  splitter.end();
}

class LineSplitter {
  readonly #maxBytes: number;
  readonly #reader: LineReader;
  readonly #decoder = new TextDecoder();
  #pending: Uint8Array[] = [];
  /** Bytes of the line that has begun, kept or not. */
  #bytes = 0;

  constructor(maxBytes: number, reader: LineReader) {
    this.#maxBytes = maxBytes;
    this.#reader = reader;
  }

  push(chunk: Uint8Array): void {
    let from = 0;
    for (let to = chunk.indexOf(LINE_END); to !== -1; to = chunk.indexOf(LINE_END, from)) {
      this.#add(chunk.subarray(from, to));
      this.end();
      from = to + 1;
    }
    if (from < chunk.length) this.#add(chunk.subarray(from));
  }

  /** The line ends here. */
  end(): void {
    const [first, ...more] = this.#pending;
    const bytes = this.#bytes;
    this.#pending = [];
    this.#bytes = 0;
    if (first === undefined) return;
    const whole = more.length === 0 ? first : Buffer.concat([first, ...more]);
    if (bytes > this.#maxBytes) this.#reader.tooLong(this.#decoder.decode(whole.subarray(0, HEAD_BYTES)), bytes);
    else this.#reader.line(this.#decoder.decode(whole));
  }

  #add(part: Uint8Array): void {
    this.#bytes += part.length;
    if (part.length === 0) return;
    if (this.#bytes <= this.#maxBytes) {
      this.#pending.push(part);
    } else {
      const [first = part] = this.#pending;
      this.#pending = [first.slice(0, HEAD_BYTES)];
    }
  }
}
