/** Text frames of `/ports/{port}/tcp`: what is said beside the bytes of the connection. */
export type TcpFrame =
  /** The connection stands. */
  | { readonly type: 'open' }
  /** That side has said all it has to say. */
  | { readonly type: 'eof' }
  /** With `acknowledge=1`: bytes of the other side that were taken so far, all together. */
  | { readonly type: 'taken'; readonly bytes: number };

/** Undefined for what is none. */
export function readTcpFrame(text: string): TcpFrame | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    if (typeof frame !== 'object' || frame === null || !('type' in frame)) return undefined;
    const { type } = frame;
    if (type === 'open' || type === 'eof') return { type };
    const bytes = 'bytes' in frame ? frame.bytes : undefined;
    return type === 'taken' && typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0
      ? { type, bytes }
      : undefined;
  } catch {
    return undefined;
  }
}
