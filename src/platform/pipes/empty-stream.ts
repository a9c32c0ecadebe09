/** A stream that has ended, for output that goes elsewhere. */
export const emptyStream = (): ReadableStream<Uint8Array> =>
  new ReadableStream({ start: (controller) => controller.close() });
