/** What a record shows of an output file, against simple models that hold the whole text. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import {
  LIVE_BYTES,
  readLive,
  readSlice,
  readTail,
  readWhole,
  TAIL_BYTES,
  WHOLE_BYTES,
} from '../../src/jobs/output.ts';
import { Sandbox } from '../support/sandbox.ts';

// A loaded machine is slow, which is no failure.
setDefaultTimeout(30_000);

const box = new Sandbox();
process.on('exit', () => box[Symbol.dispose]());
const path = box.file('output');

function put(content: string | Uint8Array): number {
  writeFileSync(path, content);
  return Buffer.byteLength(content);
}

const lineEnds = (text: string): string => text.replaceAll(/\r\n?/g, '\n');
/** Text of every kind that is awkward to cut. */
const piece = fc.oneof(
  fc.constantFrom('\n', '\r\n', '\r', '\n\r', '\r\r\n', 'é', '日', '🙂', 'a', '\uFEFF', '\0', ' ', '\u2028'),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const anyText = fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(''));
/** Something of the size of a limit around which to cut: filler of odd characters, then the text in question. */
const padded = (text: string, bytes: number, unit = '🙂'): string =>
  unit.repeat(Math.ceil(bytes / Buffer.byteLength(unit))) + text;

test('a small output is shown whole by all readers', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      const bytes = put(text);
      const whole = { text: lineEnds(text), truncated: false };
      expect(await readWhole(path, bytes)).toEqual(whole);
      expect(await readLive(path, bytes)).toEqual(whole);
      expect(await readTail(path, bytes, 1000)).toEqual(whole);
    }),
    { numRuns: 200 },
  );
});

test('the last lines of a small output: a final end of line begins no line, and CR, LF and CRLF each end one', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, fc.integer({ min: 0, max: 12 }), async (text, lines) => {
      const bytes = put(text);
      const all = lineEnds(text).match(/[^\n]*\n|[^\n]+$/g) ?? [];
      const shown = lines === 0 ? [] : all.slice(-lines);
      expect(await readTail(path, bytes, lines)).toEqual({
        text: shown.join(''),
        truncated: shown.length < all.length,
      });
    }),
    { numRuns: 400 },
  );
});

test('the last lines of a large output are found however far back they begin', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(0, 1, 2, 3),
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
      async (shift, lines, ends, closed) => {
        // Lines of 50,000 bytes, so that every few of them need another look further back.
        const all = Array.from({ length: 14 }, (_, index) => `${index}${'é'.repeat(25_000)}`);
        const text = `${'x'.repeat(shift)}${all.join(ends)}${closed ? ends : ''}`;
        const bytes = put(text);
        const shown = `${all.slice(-lines).join('\n')}${closed ? '\n' : ''}`;
        expect(await readTail(path, bytes, lines)).toEqual({ text: shown, truncated: true });
      },
    ),
    { numRuns: 25 },
  );
});

test('one line longer than the limit is cut at its start, between characters', async () => {
  for (const extra of ['', 'a', 'ab', 'abc']) {
    const bytes = put(padded(extra, TAIL_BYTES + 4096));
    const { text, truncated } = await readTail(path, bytes, 1);
    expect(truncated).toBe(true);
    expect(text).toMatch(/^(🙂)+[abc]{0,3}$/u);
    expect(Buffer.byteLength(text)).toBeGreaterThan(TAIL_BYTES - 4);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(TAIL_BYTES);
  }
});

test('a running job shows its last 64 KiB, without half characters at either end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }), async (before, missing) => {
      const content = new TextEncoder().encode(`${'x'.repeat(before)}${padded('', LIVE_BYTES)}🙂`);
      const bytes = put(content.subarray(0, content.length - missing));
      const { text, truncated } = await readLive(path, bytes);
      expect(truncated).toBe(true);
      expect(text).toMatch(/^(🙂)+$/u);
      expect(Buffer.byteLength(text)).toBeGreaterThan(LIVE_BYTES - 8);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LIVE_BYTES);
    }),
    { numRuns: 30 },
  );
});

test('a finished job is whole up to the limit and has head, tail and one line between beyond it', async () => {
  const atLimit = put('x'.repeat(WHOLE_BYTES));
  expect((await readWhole(path, atLimit)).truncated).toBe(false);
  for (const over of [1, 2, 3, 4, 5, 1000]) {
    const body = padded('', WHOLE_BYTES).slice(0, WHOLE_BYTES / 2);
    const bytes = put(`HEAD${body}${'y'.repeat(over)}TAIL`);
    const { text, truncated } = await readWhole(path, bytes);
    const [, head, left, tail] =
      /^(.*)\n\[\.\.\. (\d+) bytes left out, the whole is at the output route \.\.\.\]\n(.*)$/su.exec(text) ?? [];
    expect(truncated).toBe(true);
    expect(Number(left)).toBe(bytes - WHOLE_BYTES);
    expect(head).toMatch(/^HEAD(🙂)+$/u);
    expect(tail).toMatch(/^(🙂)*y+TAIL$/u);
    expect(Buffer.byteLength(`${head}${tail}`)).toBeGreaterThan(WHOLE_BYTES - 8);
  }
});

test('what is not UTF-8 becomes U+FFFD and disturbs nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 50 }), async (content) => {
      const bytes = put(content);
      expect((await readWhole(path, bytes)).text).toBe(
        lineEnds(new TextDecoder('utf-8', { ignoreBOM: true }).decode(content)),
      );
    }),
  );
});

test('a file that is not there, and bytes that are not, read as nothing', async () => {
  expect((await readSlice(box.file('nowhere'), 0, 10)).length).toBe(0);
  put('abc');
  expect([...(await readSlice(path, 2, 10))]).toEqual([0x63]);
  expect((await readSlice(path, 5, 10)).length).toBe(0);
  expect(await readWhole(box.file('nowhere'), 0)).toEqual({ text: '', truncated: false });
});
