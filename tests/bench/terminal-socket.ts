/** A socket to a terminal as a client library opens it: Bun's own WebSocket. It counts and forgets. */
import type { BenchServer } from './server.ts';

export class TerminalSocket {
  readonly #socket: WebSocket;
  readonly #opened: Promise<unknown>;
  readonly closed: Promise<unknown>;
  /** Characters of output so far. */
  received = 0;
  onOutput: ((text: string) => void) | undefined;

  constructor(server: BenchServer, id: string) {
    const { url, headers } = server.socket(id);
    // Bun's WebSocket takes headers; the type of the standard one does not know.
    this.#socket = new WebSocket(url, { headers } as never);
    this.#opened = new Promise((resolve) => this.#socket.addEventListener('open', resolve, { once: true }));
    this.closed = new Promise((resolve) => this.#socket.addEventListener('close', resolve, { once: true }));
    this.#socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      if (data.startsWith('\0')) return;
      this.received += data.length;
      this.onOutput?.(data);
    });
  }

  static async open(server: BenchServer, id: string): Promise<TerminalSocket> {
    const socket = new TerminalSocket(server, id);
    await socket.#opened;
    return socket;
  }

  type(data: string): void {
    this.#socket.send(JSON.stringify({ type: 'input', data }));
  }

  /** The next output. */
  next(): Promise<string> {
    return new Promise((resolve) => {
      this.onOutput = (text) => {
        this.onOutput = undefined;
        resolve(text);
      };
    });
  }

  /** Resolves when that many characters have come. */
  async until(count: number): Promise<void> {
    while (this.received < count) await this.next();
  }

  close(): void {
    this.#socket.close();
  }
}
