/** What an agent says on stderr, for each of the sessions that share it, from the moment they come. */

export interface StderrCopy extends Disposable {
  readonly stream: ReadableStream<Uint8Array>;
}

export class StderrCopies {
  readonly #controllers = new Set<ReadableStreamDefaultController<Uint8Array>>();
  /** Settles when the agent says no more there. Never rejects. */
  readonly ended: Promise<void>;
  #hasEnded = false;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.ended = this.#read(stream).catch(() => {});
  }

  /** The stream ends with the agent's, or when it is disposed. */
  copy(): StderrCopy {
    let own: ReadableStreamDefaultController<Uint8Array> | undefined;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller;
        this.#controllers.add(controller);
        if (this.#hasEnded) this.#end(controller);
      },
    });
    return {
      stream,
      [Symbol.dispose]: () => {
        if (own !== undefined) this.#end(own);
      },
    };
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of stream) for (const controller of this.#controllers) controller.enqueue(chunk);
    } finally {
      this.#hasEnded = true;
      for (const controller of this.#controllers) this.#end(controller);
    }
  }

  #end(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.#controllers.delete(controller)) controller.close();
  }
}
