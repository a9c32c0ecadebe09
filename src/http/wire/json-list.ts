/**
 * A JSON array as an answer, made element by element while the client takes it: only one of them is in
 * memory at a time, however much output each of them holds.
 */
import { JSON_TYPE } from './json.ts';
import { lastingAnswer } from './lasting.ts';

/** Small elements go together, so that a list of them is not many little writes. */
const CHUNK_CHARACTERS = 64 * 1024;

export function jsonList<T>(items: readonly T[], view: (item: T) => Promise<object>): Response {
  const encoder = new TextEncoder();
  let next = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let text = next === 0 ? '[' : '';
        for (; next < items.length && text.length < CHUNK_CHARACTERS; next += 1) {
          text += (next === 0 ? '' : ',') + JSON.stringify(await view(items[next] as T));
        }
        const last = next === items.length;
        controller.enqueue(encoder.encode(last ? `${text}]` : text));
        if (last) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return lastingAnswer(new Response(stream, { headers: JSON_TYPE }), 'cut');
}
