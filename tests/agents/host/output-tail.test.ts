import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { OutputTail } from '../../../src/agents/host/output-tail.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('what fits is kept whole', () => {
  const tail = new OutputTail(10);
  tail.append(bytes('hello'));
  tail.append(bytes('world'));
  expect([tail.text(true), tail.truncated]).toEqual(['helloworld', false]);
});

test('beyond the limit the oldest goes, a character of which only a part is left as a whole', () => {
  const tail = new OutputTail(4);
  tail.append(bytes('ab€'));
  expect([tail.text(true), tail.length, tail.truncated]).toEqual(['b€', 4, true]);
  tail.append(bytes('cd'));
  expect(tail.text(true)).toBe('cd');
});

test('a character that comes in two pieces is shown when it is whole', () => {
  const tail = new OutputTail(100);
  const euro = bytes('€');
  tail.append(euro.subarray(0, 2));
  expect(tail.text(true)).toBe('');
  // Its rest will not come.
  expect(tail.text(false)).toBe('�');
  tail.append(euro.subarray(2));
  expect(tail.text(true)).toBe('€');
});

test('a limit of zero keeps nothing and says so', () => {
  const tail = new OutputTail(0);
  expect([tail.text(false), tail.truncated]).toEqual(['', false]);
  tail.append(bytes('x'));
  expect([tail.text(false), tail.truncated, tail.length]).toEqual(['', true, 0]);
});

test('what was left out is not connected with what comes after it', () => {
  const tail = new OutputTail(100);
  tail.append(bytes('old'));
  tail.skip();
  tail.append(bytes('new'));
  expect([tail.text(false), tail.truncated]).toEqual(['new', true]);
});

test('whatever comes in whatever pieces: the end of it is kept, and never more than the limit', () => {
  fc.assert(
    fc.property(fc.nat(20_000), fc.array(fc.string({ unit: 'grapheme', maxLength: 9000 })), (limit, pieces) => {
      const tail = new OutputTail(limit);
      for (const piece of pieces) tail.append(bytes(piece));
      const whole = pieces.join('');
      const text = tail.text(false);
      expect(tail.length).toBe(Math.min(limit, bytes(whole).length));
      expect(whole.endsWith(text)).toBe(true);
      expect(tail.length - bytes(text).length).toBeLessThanOrEqual(3);
      expect(tail.truncated).toBe(bytes(whole).length > limit);
    }),
  );
});
