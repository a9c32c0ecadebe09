/** The body of an answer on its way through: pulled, so that a slow reader holds the port back. */
import type { AnswerStream } from '../../../ports/http/exchange.ts';

export interface Download {
  readonly stream: ReadableStream<Uint8Array>;
  /** Breaks it off: half of it must not look like all of it. */
  cut(): void;
}

/** `over` is called when nothing more of it goes through, however it ends; perhaps more than once. */
export function downloadOf(body: AnswerStream, over: () => void): Download {
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
      start: (made) => void (controller = made),
      async pull(made) {
        try {
          const piece = await body.read();
          if (piece !== undefined) return made.enqueue(piece);
          made.close();
          over();
        } catch (error) {
          fail(error);
        }
      },
      cancel() {
        body.leave();
        over();
      },
    },
    { highWaterMark: 0 },
  );
  return {
    stream,
    cut() {
      body.leave();
      fail(new Error('the connection was cut'));
    },
  };
}
