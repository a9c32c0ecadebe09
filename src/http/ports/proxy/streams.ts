/** Bodies on their way through: pulled, so that a slow reader holds the source back. */

/** A body of a request: `sent` is called for each piece that was taken, and at its end. */
export function watchedUpload(body: ReadableStream<Uint8Array>, sent: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        sent();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

export interface Download {
  readonly stream: ReadableStream<Uint8Array>;
  /** Breaks it off: half of it must not look like all of it. */
  cut(): void;
}

/**
 * A body of an answer, whose first piece may have been read. `over` is called once, however it ends; `left` when its reader has
 * gone.
 */
export function watchedDownload(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  first: Uint8Array | undefined,
  over: () => void,
  left: () => void,
): Download {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const fail = (error: unknown) => {
    try {
      controller?.error(error);
    } catch {
      // It has ended meanwhile.
    }
    over();
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      start(made) {
        controller = made;
        if (first !== undefined) made.enqueue(first);
      },
      async pull(made) {
        try {
          const { done, value } = await reader.read();
          if (!done) return made.enqueue(value);
          made.close();
          over();
        } catch (error) {
          fail(error);
        }
      },
      cancel() {
        left();
        over();
      },
    },
    { highWaterMark: 0 },
  );
  return {
    stream,
    cut() {
      left();
      fail(new Error('the connection was cut'));
    },
  };
}
