/**
 * How many bytes text is as UTF-8. Offsets in a terminal count those, and the page gets text: encoding a megabyte only
 * to see its length would cost more than drawing it.
 */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x800) {
      bytes += 2;
      // Two units of UTF-16, four bytes.
      if (isHigh(code) && isLow(text.charCodeAt(at + 1))) at += 1;
    } else if (code >= 0x80) bytes += 1;
  }
  return bytes;
}

const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;
