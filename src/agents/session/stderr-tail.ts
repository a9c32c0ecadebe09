/** The standard error of an agent: told line by line, and its end kept. */

/** Characters kept: what the record of a job shows. */
const KEPT = 10_000;
/** A line without an end is told in pieces of this length. */
const MAX_LINE_LENGTH = 64 * 1024;

export class StderrTail {
  readonly ended: Promise<void>;
  #kept = '';
  #line = '';
  readonly #tell: (line: string) => void;

  constructor(stream: ReadableStream<Uint8Array>, tell: (line: string) => void) {
    this.#tell = tell;
    this.ended = this.#read(stream).catch(() => {});
  }

  /** The last 10,000 characters. */
  get text(): string {
    return this.#kept;
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) this.#add(decoder.decode(chunk, { stream: true }));
    this.#add(decoder.decode());
    if (this.#line !== '') this.#tell(this.#line);
  }

  #add(text: string): void {
    this.#kept = (this.#kept + text).slice(-KEPT);
    const lines = (this.#line + text).split('\n');
    this.#line = lines.pop() ?? '';
    // Programs of Windows end theirs with CRLF.
    for (const line of lines) this.#tell(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (this.#line.length < MAX_LINE_LENGTH) return;
    this.#tell(this.#line);
    this.#line = '';
  }
}
