/** Close codes of WebSockets (RFC 6455, 7.4.1), and the one that inherited clients know for a wrong key. */
export const CLOSE = {
  normal: 1000,
  goingAway: 1001,
  policyViolation: 1008,
  internalError: 1011,
  tryAgainLater: 1013,
  unauthorized: 3401,
} as const;
