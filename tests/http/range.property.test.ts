/** The Range parser against a model that does it byte by byte, as RFC 9110, section 14.1.2, describes it. */
import { expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { parseRange } from '../../src/http/wire/range.ts';

const sizes = fc.oneof(fc.constant(0), fc.nat(50));
const numbers = fc.oneof(fc.nat(60), fc.constant(999_999_999_999_999));

/** The positions of `0 … size-1` that a range names. */
const positions = (size: number, wanted: (at: number) => boolean): number[] =>
  Array.from({ length: size }, (_, at) => at).filter(wanted);

function named(header: string, size: number): number[] | 'unsatisfiable' | undefined {
  const range = parseRange(header, size);
  return typeof range === 'object' ? positions(size, (at) => at >= range.from && at < range.to) : range;
}

const orUnsatisfiable = (list: number[]) => (list.length === 0 ? 'unsatisfiable' : list);

test('FROM-TO, FROM- and -LAST name the bytes the RFC says', () => {
  fc.assert(
    fc.property(numbers, numbers, sizes, (first, last, size) => {
      const span = last < first ? undefined : orUnsatisfiable(positions(size, (at) => at >= first && at <= last));
      expect(named(`bytes=${first}-${last}`, size)).toEqual(span);
      expect(named(`bytes=${first}-`, size)).toEqual(orUnsatisfiable(positions(size, (at) => at >= first)));
      expect(named(`bytes=-${last}`, size)).toEqual(orUnsatisfiable(positions(size, (at) => at >= size - last)));
    }),
    { numRuns: 2000 },
  );
});

test('what it gives back is always inside the file and never empty', () => {
  const headers = fc.oneof(
    fc.string(),
    fc.stringMatching(/^bytes=[0-9-]{0,20}$/),
    fc.stringMatching(/^bytes=\d{0,20}-\d{0,20}(,\d*-\d*)?$/),
  );
  fc.assert(
    fc.property(headers, sizes, (header, size) => {
      const range = parseRange(header, size);
      if (typeof range !== 'object') return;
      expect(range.from).toBeGreaterThanOrEqual(0);
      expect(range.to).toBeGreaterThan(range.from);
      expect(range.to).toBeLessThanOrEqual(size);
    }),
    { numRuns: 2000 },
  );
});

test('no header is no range', () => expect(parseRange(undefined, 10)).toBeUndefined());
