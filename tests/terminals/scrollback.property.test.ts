/** Any text in any pieces, read from any offset: nothing lost that is kept, nothing split, never more than the capacity. */
import { expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { Scrollback } from '../../src/terminals/scrollback.ts';

const encode = (some: string): Uint8Array => new TextEncoder().encode(some);
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

// Long enough in all to go round more than one block of 64 KiB.
const text = fc
  .tuple(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.oneof(fc.nat(3), fc.nat(9000)))
  .map(([some, times]) => some.repeat(times));
const pieces = fc.array(text, { maxLength: 30 });
const capacity = fc.oneof(fc.integer({ min: 4, max: 100 }), fc.constantFrom(4096, 65_536, 65_537, 200_000));

/** Reads on and on from there, at most `limit` bytes at once. */
function readAll(scrollback: Scrollback, since: number, limit: number): { at: number; bytes: Uint8Array } {
  const first = scrollback.read(since, limit);
  const read = [first.bytes.slice()];
  for (let { next } = first; next < scrollback.end;) {
    const piece = scrollback.read(next, limit);
    expect(piece.at).toBe(next);
    expect(piece.bytes.length).toBeGreaterThan(0);
    expect(piece.bytes.length).toBeLessThanOrEqual(limit);
    strict.decode(piece.bytes);
    read.push(piece.bytes.slice());
    next = piece.next;
  }
  return { at: first.at, bytes: Buffer.concat(read) };
}

test('what is kept is the end of what came, whole characters of it', () => {
  fc.assert(
    fc.property(pieces, capacity, (texts, most) => {
      const scrollback = new Scrollback(most);
      for (const one of texts) {
        scrollback.append(encode(one));
        expect(scrollback.end - scrollback.start).toBeLessThanOrEqual(most);
      }
      const all = Buffer.from(texts.join(''));
      expect(scrollback.end).toBe(all.length);
      // Not less either than whole characters force it to.
      if (all.length > most) expect(scrollback.end - scrollback.start).toBeGreaterThan(most - 4);
      else expect(scrollback.start).toBe(0);
      const { bytes } = scrollback.read(0, most);
      expect(strict.decode(bytes)).toBe(all.subarray(scrollback.start).toString());
    }),
    { numRuns: 200 },
  );
});

test('replay and live together are everything, from any offset', () => {
  fc.assert(
    fc.property(
      pieces,
      pieces,
      capacity,
      fc.double({ min: -0.1, max: 1.1, noNaN: true }),
      fc.integer({ min: 4, max: 70_000 }),
      (before, after, most, share, limit) => {
        const scrollback = new Scrollback(most);
        for (const one of before) scrollback.append(encode(one));
        const since = Math.round(scrollback.end * share);
        const replay = readAll(scrollback, since, limit);
        let got: Uint8Array = replay.bytes;
        let cursor = replay.at + got.length;
        let lost = false;
        for (const one of after) {
          scrollback.append(encode(one));
          if (cursor < scrollback.start) lost = true;
          if (lost) break;
          got = Buffer.concat([got, readAll(scrollback, cursor, limit).bytes]);
          cursor = replay.at + got.length;
        }
        const all = Buffer.from([...before, ...after].join(''));
        expect(strict.decode(got)).toBe(all.subarray(replay.at, replay.at + got.length).toString());
        if (!lost) expect(replay.at + got.length).toBe(all.length);
        // It begins where it was asked to, or at the next character that is still there.
        const asked = Math.min(Math.max(since, 0), replay.at + replay.bytes.length);
        expect(replay.at).toBeGreaterThanOrEqual(asked);
        if (since >= scrollback.start && !lost) expect(replay.at - asked).toBeLessThanOrEqual(3);
      },
    ),
    { numRuns: 200 },
  );
});

test('one that is empty answers everything with nothing', () => {
  const scrollback = new Scrollback(100);
  for (const since of [-1, 0, 7, Number.POSITIVE_INFINITY])
    expect(scrollback.read(since, 10)).toMatchObject({ at: 0, next: 0, bytes: { length: 0 } });
});
