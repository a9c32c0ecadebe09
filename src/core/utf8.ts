/**
 * UTF-8 that is cut into pieces: where characters begin and end (RFC 3629, section 3).
 *
 * A lead byte says how many bytes its character has, and every further one begins with the bits 10. Bytes that are no
 * UTF-8 count as characters of their own: only what may still become a character is ever held back.
 */

// A BOM in the middle of a program's output is a character like any other.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text; U+FFFD for what is not UTF-8. */
export const decodeUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes);

/** Whether the byte continues a character rather than beginning one. */
export const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** How many bytes at the start (0 to 3) belong to a character that began before them. */
export function continuationBytes(bytes: Uint8Array): number {
  let count = 0;
  while (count < 3 && isContinuation(bytes[count])) count += 1;
  return count;
}

/** How many bytes at the end (0 to 3) may be the beginning of a character whose rest is missing. */
export function unfinishedBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (!isContinuation(byte)) return back < lengthBegunBy(byte) ? back : 0;
  }
  return 0;
}

/** Without the last character, where its bytes are not all there. */
export const wholeCharacters = (bytes: Uint8Array): Uint8Array =>
  bytes.subarray(0, bytes.length - unfinishedBytes(bytes));

/** How many of the first `limit` bytes of valid UTF-8 are whole characters. */
export function lengthOfWhole(bytes: Uint8Array, limit: number): number {
  let length = Math.min(limit, bytes.length);
  while (length > 0 && isContinuation(bytes[length])) length -= 1;
  return length;
}

function lengthBegunBy(lead: number): number {
  if (lead < 0x80) return 1;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}
