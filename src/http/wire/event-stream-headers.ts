/** Headers of every answer of Server-Sent Events. */
export const EVENT_STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Tells nginx not to gather the stream.
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
} as const;
