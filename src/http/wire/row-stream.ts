/**
 * Lines of JSON (`application/x-ndjson`) that are made while the client takes them. What fails before the first one is an answer
 * of its own, so the head waits for that.
 */
import type { Failure, Result } from '../../core/failure.ts';
import { lastingAnswer } from './lasting.ts';

export const ROWS = 'application/x-ndjson';

/** What is made before somebody takes it. */
const AHEAD_CHARACTERS = 64 * 1024;
/** Rows that come one by one are gathered for so long, but for the first: a write for each took most of the time of a search. */
const GATHER_MS = 5;

type Send = (row: object) => Promise<void>;

/**
 * `make` sends its rows, each of which it waits for, and ends with its signal: once `signal` is aborted or the client has left.
 */
export async function rowStream<F extends Failure>(
  make: (send: Send, signal: AbortSignal) => Promise<Result<object, F>>,
  signal: AbortSignal,
): Promise<Response | F> {
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  const encoder = new TextEncoder();
  let ahead = '';
  let isOver = false;
  let moved = Promise.withResolvers<void>();
  let hurry = () => {};
  const move = () => {
    moved.resolve();
    moved = Promise.withResolvers();
  };
  leaving.signal.addEventListener('abort', move, { once: true });
  const began = Promise.withResolvers<void>();
  const add = (row: object) => {
    ahead += `${JSON.stringify(row)}\n`;
    began.resolve();
    move();
  };
  const making = make(async (row) => {
    add(row);
    if (ahead.length > AHEAD_CHARACTERS) hurry();
    while (ahead.length > AHEAD_CHARACTERS && !leaving.signal.aborted) await moved.promise;
  }, leaving.signal).finally(() => signal.removeEventListener('abort', leave));
  const ended = making
    .then((made) => {
      if (made.ok) add(made.value);
      return made;
    })
    .finally(() => {
      isOver = true;
      hurry();
      move();
    });
  const first = await Promise.race([began.promise, ended]);
  if (first?.ok === false) return first.failure;
  // Told to the reader of the stream.
  ended.catch(() => {});
  const isWaiting = () => ahead === '' && !isOver;
  const gather = async () => {
    if (isOver || ahead.length > AHEAD_CHARACTERS) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, GATHER_MS);
    hurry = resolve;
    await promise;
    clearTimeout(timer);
  };
  let isFirst = true;
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        while (isWaiting()) await moved.promise;
        if (!isFirst) await gather();
        isFirst = false;
        if (ahead !== '') {
          controller.enqueue(encoder.encode(ahead));
          ahead = '';
          move();
          return;
        }
        const made = await ended;
        if (made.ok) controller.close();
        else controller.error(new Error(made.failure.reason));
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
  const headers = { 'content-type': ROWS, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };
  return lastingAnswer(new Response(stream, { headers }), 'cut');
}
