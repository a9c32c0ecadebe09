import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { ID_PATTERN, newSecret, newId, type RandomBytes } from '../../src/core/id.ts';

const ALL_BYTES: RandomBytes = (size) => Uint8Array.from({ length: size }, (_, index) => 255 - index);

test('a job id is 12 lower-case hex digits, made of the random bytes and nothing else', () => {
  expect(newId(ALL_BYTES)).toBe('fffefdfcfbfa');
  expect(newId(() => new Uint8Array(6))).toBe('000000000000');
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (bytes) => {
      expect(newId(() => bytes)).toMatch(/^[0-9a-f]{12}$/);
      expect(newId(() => bytes)).toMatch(ID_PATTERN);
    }),
  );
});

test('the pattern takes nothing that could be a path or another id', () => {
  for (const text of [
    '',
    'fffefdfcfbf',
    'fffefdfcfbfa0',
    'FFFEFDFCFBFA',
    '../efdfcfbfa',
    'fffefdfcfbfa\n',
    ' fffefdfcfbf',
  ]) {
    expect({ text, matches: ID_PATTERN.test(text) }).toEqual({ text, matches: false });
  }
});

test('an API key carries 256 bits as base64url without padding', () => {
  const key = newSecret(ALL_BYTES);
  expect(key).toMatch(/^[\w-]{43}$/);
  expect([...Uint8Array.fromBase64(key, { alphabet: 'base64url' })]).toEqual([...ALL_BYTES(32)]);
});

test('the default generator does not repeat itself', () => {
  expect(new Set(Array.from({ length: 1000 }, () => newId())).size).toBe(1000);
  expect(newSecret()).not.toBe(newSecret());
});
