/** Limits of all transports of clients of the Agent Client Protocol. */

/** Of one message from a client. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** Of one message to a client. */
export const MAX_SENT_BYTES = 64 * 1024 * 1024;
/** What a client has not read of one socket or stream, one message apart. */
export const WINDOW_BYTES = 1024 * 1024;
/** A client that takes not a byte of what waits for it. */
export const STALLED_MS = 60_000;
/** Objects and lists in one another, in a message from a client. */
export const MAX_DEPTH = 1000;
/** Of an id of a session or of a request. */
export const MAX_ID_CHARACTERS = 1024;
