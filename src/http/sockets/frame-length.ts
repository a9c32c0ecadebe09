/** How long a text frame is, in bytes of UTF-8. */

/** Whether it has more bytes than that. A UTF-16 unit is one to three bytes of UTF-8: mostly their number alone decides. */
export function isLongerThan(frame: string | Uint8Array, bytes: number): boolean {
  if (frame.length > bytes) return true;
  return typeof frame === 'string' && frame.length * 3 > bytes && Buffer.byteLength(frame) > bytes;
}
