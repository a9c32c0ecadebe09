/**
 * Answers to HEAD that say how long the body of GET would be without having one: Elysia 1.4 writes the length of the body that
 * it is given, which it reads to its end, so the gateway sets it afterwards.
 */
const lengths = new WeakMap<Response, number>();

/** A handler returns it as it is. */
export function headAnswer(init: ResponseInit, bytes: number): Response {
  const answer = new Response(null, init);
  lengths.set(answer, bytes);
  return answer;
}

export async function withStatedLength(answer: Response | Promise<Response>): Promise<Response> {
  const settled = await answer;
  const bytes = lengths.get(settled);
  if (bytes !== undefined) settled.headers.set('content-length', String(bytes));
  return settled;
}
