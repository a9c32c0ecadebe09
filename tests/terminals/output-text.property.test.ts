/** Any bytes in any pieces become the text that they would be as a whole, without NUL bytes. */
import { expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { OutputText } from '../../src/terminals/output-text.ts';

/** Bytes on both sides of every border that UTF-8 draws: random ones alone hardly ever make a sequence. */
const BORDERS = [0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xee];
const LEADS = [0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff, 0xbb, 0xfe];
const bytes = fc.oneof(
  fc.array(fc.constantFrom(...BORDERS, ...LEADS), { maxLength: 60 }).map((list) => Uint8Array.from(list)),
  fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => new TextEncoder().encode(text)),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => new TextEncoder().encode(`\ufeff${text}`)),
  fc.uint8Array({ maxLength: 60 }),
);

/** The same bytes, cut at these places. */
function cut(data: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => place % (data.length + 1)).toSorted((a, b) => a - b), data.length];
  return at.slice(1).map((end, index) => data.subarray(at[index], end));
}

const whole = (data: Uint8Array): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(data).replaceAll('\0', '');

test('any pieces give the text of the whole', () => {
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(), { maxLength: 20 }), (data, places) => {
      const text = new OutputText();
      const pieces = cut(data, places).map((piece) => text.take(piece));
      const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
      // Each piece is valid by itself: it can be sent as a frame of its own.
      expect([...pieces, text.end()].map((piece) => strict.decode(piece)).join('')).toBe(whole(data));
    }),
    { numRuns: 3000 },
  );
});

test('no more than three bytes are held back', () => {
  fc.assert(
    fc.property(bytes, (data) => {
      const text = new OutputText();
      const shown = new TextDecoder('utf-8', { ignoreBOM: true }).decode(text.take(data));
      expect(whole(data).length - shown.replaceAll('\0', '').length).toBeLessThanOrEqual(3);
      text.end();
      expect(text.end()).toHaveLength(0);
    }),
    { numRuns: 1000 },
  );
});

test('what is whole UTF-8 without NUL is handed on as it is, not copied', () => {
  const data = new TextEncoder().encode('täglich 漢字 🎉');
  expect(new OutputText().take(data).buffer).toBe(data.buffer);
});
