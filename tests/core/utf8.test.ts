/** Text that is cut anywhere: no character is lost, and nothing is held back that is not the beginning of one. */
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { continuationBytes, decodeUtf8, lengthOfWhole, unfinishedBytes, wholeCharacters } from '../../src/core/utf8.ts';

const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
const text = fc
  .array(fc.constantFrom('a', '\n', 'é', '日', '🙂', '\uFEFF', '\0'), { maxLength: 12 })
  .map((all) => all.join(''));
/** Bytes on both sides of every border that UTF-8 draws: random ones alone hardly ever make a sequence. */
const bytes = fc
  .array(fc.constantFrom(0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xef, 0xf0, 0xf4, 0xff), { maxLength: 12 })
  .map((list) => Uint8Array.from(list));
const encode = (whole: string): Uint8Array => new TextEncoder().encode(whole);

test('text that is cut anywhere: both halves decode to the whole once the cut character has its rest', () => {
  fc.assert(
    fc.property(text, fc.nat(40), (whole, place) => {
      const all = encode(whole);
      const cut = Math.min(place, all.length);
      const head = wholeCharacters(all.subarray(0, cut));
      expect(strict.decode(head) + strict.decode(all.subarray(head.length))).toBe(whole);
      expect(cut - head.length).toBe(unfinishedBytes(all.subarray(0, cut)));
      // From the other side: what the cut has left of a character is skipped, and nothing else.
      const tail = all.subarray(cut);
      expect(whole.endsWith(strict.decode(tail.subarray(continuationBytes(tail))))).toBe(true);
      expect(continuationBytes(tail) === 0).toBe(head.length === cut);
      expect(lengthOfWhole(all, place)).toBe(head.length);
    }),
    { numRuns: 500 },
  );
});

test('of any bytes at most three are held back, and only what begins a character without its rest', () => {
  fc.assert(
    fc.property(bytes, (given) => {
      const held = unfinishedBytes(given);
      expect(held).toBeLessThanOrEqual(3);
      const rest = given.subarray(given.length - held);
      if (held === 0) return;
      expect(rest[0]).toBeGreaterThanOrEqual(0xc0);
      expect(continuationBytes(rest.subarray(1))).toBe(held - 1);
    }),
    { numRuns: 1000 },
  );
});

test('more than three bytes that continue belong to no character', () => {
  expect(continuationBytes(new Uint8Array(5).fill(0x80))).toBe(3);
});

test('what is not UTF-8 becomes U+FFFD, and a byte order mark stays', () => {
  expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xff))).toBe('\uFEFFa\uFFFD');
});
