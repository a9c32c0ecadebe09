/**
 * Answers that are still being sent long after they have begun: the gateway ends them with their key. Every other answer is
 * whole as soon as it is made.
 */

/**
 * How its reader learns that there will be no more. `end`: as at its end, for one that may end at any time. `cut`: the
 * connection breaks, since half of it must not look like all of it.
 */
export type Ending = 'end' | 'cut';

const lasting = new WeakMap<Response, Ending>();

/** Marks it; a handler returns it as it is. */
export function lastingAnswer(answer: Response, ending: Ending): Response {
  lasting.set(answer, ending);
  return answer;
}

/** Undefined for an answer that does not last. */
export const endingOf = (answer: Response): Ending | undefined => lasting.get(answer);
