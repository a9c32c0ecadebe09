/** Close codes of WebSockets, as server and client agree on them: those of RFC 6455, section 7.4.1, and two of our own. */
export const CLOSE_CODES = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  /** A kind of frame that is not taken. */
  unsupportedData: 1003,
  /** Stands for a close frame without a code; never sent. */
  noStatus: 1005,
  /** Stands for a connection that broke without a close frame; never sent. */
  abnormal: 1006,
  policyViolation: 1008,
  messageTooBig: 1009,
  internalError: 1011,
  /** The server goes down and comes back: to be tried again. */
  serviceRestart: 1012,
  tryAgainLater: 1013,
  /** Our own, inherited: key and ticket are missing or wrong. */
  unauthorized: 3401,
  /** Our own: nothing listens on the port that was asked for. */
  nothingListens: 4502,
} as const;
