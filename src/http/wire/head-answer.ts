/**
 * Answers to HEAD that say how long the body of GET would be without having one: Elysia 1.4 writes the length of the body that
 * it is given, which it reads to its end, and makes another Response of it, so the gateway sets the length afterwards.
 */
const lengths = new WeakMap<Request, number | 'unknown'>();

/** `request`: as the handler has it. `unknown`: the answer says nothing of it, rather than 0. */
export function headAnswer(request: Request, init: ResponseInit, bytes: number | 'unknown'): Response {
  lengths.set(request, bytes);
  return new Response(null, init);
}

export async function withStatedLength(request: Request, answer: Response | Promise<Response>): Promise<Response> {
  const settled = await answer;
  const bytes = lengths.get(request);
  if (bytes === undefined) return settled;
  if (bytes !== 'unknown') {
    settled.headers.set('content-length', String(bytes));
    return settled;
  }
  settled.headers.delete('content-length');
  // Bun says 0 of no body, and nothing of a stream that is still to come.
  return new Response(new ReadableStream({ pull: (controller) => controller.close() }, { highWaterMark: 0 }), settled);
}
