/** The yardstick: the same command in a PTY of Bun's own, with nothing around it. */
export class PlainTerminal implements Disposable {
  readonly #child: Bun.Subprocess;
  /** Bytes of output so far. */
  received = 0;
  onOutput: (() => void) | undefined;

  constructor(command: string) {
    this.#child = Bun.spawn(['sh', '-c', command], {
      terminal: {
        cols: 80,
        rows: 24,
        data: (_, { length }) => {
          this.received += length;
          this.onOutput?.();
        },
      },
    });
  }

  type(data: string): void {
    this.#child.terminal?.write(data);
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.onOutput = () => {
        this.onOutput = undefined;
        resolve();
      };
    });
  }

  /** Resolves when that many bytes have come. */
  async until(count: number): Promise<void> {
    while (this.received < count) await this.next();
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
    this.#child.terminal?.close();
  }
}
