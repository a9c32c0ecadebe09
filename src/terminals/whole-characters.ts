/** UTF-8 that is valid, and cut only where a character ends. */

// A BOM in the middle of a program's output is a character like any other.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export const decodeWhole = (text: Uint8Array): string => decoder.decode(text);

/** Whether the byte continues a character rather than beginning one. */
export const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** Bytes of the whole characters within the first `limit` bytes. */
export function lengthOfWhole(text: Uint8Array, limit: number): number {
  let length = Math.min(limit, text.length);
  while (length > 0 && isContinuation(text[length])) length -= 1;
  return length;
}
