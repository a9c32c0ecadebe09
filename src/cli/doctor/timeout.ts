/** How long doctor waits for an answer of a server. */
export const ANSWER_TIMEOUT_MS = 2000;
