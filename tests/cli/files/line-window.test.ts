/** Some lines of bytes that come in pieces. */
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { LineWindow } from '../../../src/cli/files/line-window.ts';

function taken(bytes: Uint8Array, from: number, to: number, pieceSize: number): Buffer {
  const window = new LineWindow(from, to);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length && !window.over; at += pieceSize)
    parts.push(window.take(bytes.subarray(at, at + pieceSize)));
  return Buffer.concat(parts);
}

test('whichever lines, however the pieces are cut: as if the file were split at once', () => {
  const line = fc
    .array(fc.constantFrom('a', 'é', '\r', '\u0a0a', '\u0000'), { maxLength: 4 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      fc.constantFrom('utf8', 'utf16le', 'utf16be'),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 1, max: 5 }),
      (lines, ended, encoding, from, more, pieceSize) => {
        const all = lines.map((text, at) => (at < lines.length - 1 || ended ? `${text}\n` : text));
        const mark = encoding === 'utf8' ? '' : '\ufeff';
        const encode = (text: string) => {
          const bytes = Buffer.from(text, encoding === 'utf8' ? 'utf8' : 'utf16le');
          return encoding === 'utf16be' ? bytes.swap16() : bytes;
        };
        const wanted = all.slice(from - 1, from + more).join('');
        const expected = encode((from === 1 ? mark : '') + wanted);
        expect(taken(encode(mark + all.join('')), from, from + more, pieceSize).toString('hex')).toBe(
          expected.toString('hex'),
        );
      },
    ),
  );
});

test('nothing more is wanted after the last line', () => {
  const window = new LineWindow(1, 2);
  window.take(Buffer.from('a\nb'));
  expect(window.over).toBe(false);
  expect(Buffer.from(window.take(Buffer.from('c\nd\n'))).toString()).toBe('c\n');
  expect(window.over).toBe(true);
});
