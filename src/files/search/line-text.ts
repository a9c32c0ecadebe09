/** A line of a file as a row shows it: however long it is, only what is around a match is looked at. */

/** Characters of a line, before and behind the beginning of a match. */
const SHOWN_BEFORE = 200;
const SHOWN_BEHIND = 1000;
/** Bytes of a character at most. */
const WIDEST = 4;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** What the line is around a match that begins at this byte. */
export function shown(bytes: Uint8Array, start: number): string {
  // Most lines are: all of it.
  if (bytes.length <= SHOWN_BEFORE) return withoutEnd(decoder.decode(bytes));
  const from = boundary(bytes, start - WIDEST * (SHOWN_BEFORE + 1));
  const before = decoder.decode(bytes.subarray(from, start));
  const behind = withoutEnd(decoder.decode(bytes.subarray(start, start + WIDEST * (SHOWN_BEHIND + 2))));
  const first = lastOf(before, SHOWN_BEFORE);
  const end = firstOf(behind, SHOWN_BEHIND);
  return `${first > 0 ? '…' : ''}${before.slice(first)}${behind.slice(0, end)}${end < behind.length ? '…' : ''}`;
}

const withoutEnd = (text: string): string => text.replace(/\r?\n[^]*$/, '');

/** Where so many characters end; one of two units is one. */
function firstOf(text: string, characters: number): number {
  let at = 0;
  for (let left = characters; left > 0 && at < text.length; left -= 1)
    at += (text.codePointAt(at) ?? 0) > 0xff_ff ? 2 : 1;
  return at;
}

/** Where the last so many characters begin. */
function lastOf(text: string, characters: number): number {
  let at = text.length;
  for (let left = characters; left > 0 && at > 0; left -= 1)
    at -= at > 1 && (text.codePointAt(at - 2) ?? 0) > 0xff_ff ? 2 : 1;
  return at;
}

/** Columns of matches of one line, from 1, in characters. They are asked for in order, so that no byte is read twice. */
export function columnsOf(bytes: Uint8Array): (start: number) => number {
  let at = 0;
  let characters = 0;
  return (start) => {
    for (const piece = 64 * 1024; at < start;) {
      const to = at + piece >= start ? start : boundary(bytes, at + piece);
      const text = decoder.decode(bytes.subarray(at, to));
      characters += text.length;
      // A character of two units is one.
      for (const _pair of text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g)) characters -= 1;
      at = to;
    }
    return characters + 1;
  };
}

/** The beginning of the character that this byte is in, as far as the bytes are UTF-8. */
function boundary(bytes: Uint8Array, at: number): number {
  let from = Math.max(0, at);
  for (let back = 1; back < WIDEST && from > 0 && ((bytes[from] ?? 0) & 0xc0) === 0x80; back += 1) from -= 1;
  return from;
}
