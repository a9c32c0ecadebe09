/** Finding a text against looking at each place. */
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { findAll } from '../../../src/files/edit/find-all.ts';

const letters = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom('a', 'a', 'a', 'b'), minLength: least, maxLength: most });

test('every place is found, also those that overlap, of short texts and of long ones', () => {
  const part = fc.integer({ min: 0, max: 300 });
  fc.assert(
    fc.property(
      letters(1, 300),
      part,
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 4 }),
      (unit, from, length, times) => {
        const text = unit.repeat(times);
        const start = from % text.length;
        const wanted = text.slice(start, start + length);
        const places = [...text].keys().filter((at) => text.startsWith(wanted, at));
        expect([...findAll(text, wanted)]).toEqual([...places]);
      },
    ),
  );
});

test('none is found where it is not, and thousands are where there are thousands', () => {
  expect([...findAll('aaab', 'ba')]).toEqual([]);
  expect([...findAll('a'.repeat(200), `${'a'.repeat(100)}b`)]).toEqual([]);
  expect([...findAll('a'.repeat(5000), 'aa')]).toEqual(Array.from({ length: 4999 }, (_, at) => at));
});
