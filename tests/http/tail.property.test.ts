/** `tailLines` against a model that reads everything and splits it into lines. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { readTail } from '../../src/jobs/output.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-server-tail-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lines with their line ends; text after the last line end is a line too. */
const linesOf = (text: string): string[] => text.replaceAll(/\r\n?/g, '\n').match(/[^\n]*\n|[^\n]+$/g) ?? [];

async function tailOf(text: string, lines: number) {
  const path = join(folder, 'output');
  const bytes = new TextEncoder().encode(text);
  writeFileSync(path, bytes);
  return readTail(path, bytes.length, lines);
}

const piece = fc.oneof(
  fc.constantFrom('\n', '\r\n', '\r', 'a', '', 'é', '€', '👩‍🚀', 'a line'),
  fc.string({ unit: 'grapheme', maxLength: 5 }),
);
const texts = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

test('the last N lines, whatever they are made of', async () => {
  await fc.assert(
    fc.asyncProperty(texts, fc.nat(12), async (text, lines) => {
      const all = linesOf(text);
      const last = lines === 0 ? [] : all.slice(-lines);
      const { text: got, truncated } = await tailOf(text, lines);
      expect(got).toBe(last.join(''));
      expect(truncated).toBe(last.length < all.length);
    }),
    { numRuns: 800 },
  );
});

test('the same where the lines are longer than one look into the file', async () => {
  const long = fc.array(fc.tuple(fc.integer({ min: 0, max: 60_000 }), fc.constantFrom('\n', '\r\n')), {
    minLength: 1,
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(long, fc.integer({ min: 1, max: 13 }), async (sizes, lines) => {
      const text = sizes.map(([size, end], index) => `${index}${'é'.repeat(size / 4)}${end}`).join('');
      expect((await tailOf(text, lines)).text).toBe(linesOf(text).slice(-lines).join(''));
    }),
    { numRuns: 60 },
  );
});

test('one line without end is cut to a bound, at a character', async () => {
  const { text, truncated } = await tailOf('€'.repeat(500_000), 5);
  expect(truncated).toBe(true);
  expect(text).toBe('€'.repeat(Math.floor((1024 * 1024) / 3)));
});
