import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { BLOCK_BYTES, readBlocks } from '../../src/console/page/output/block-reader.ts';
import { OutputDocument } from '../../src/console/page/output/output-document.ts';
import {
  OutputLayout,
  type ReadTimeline,
  type Sizes,
  type StreamName,
} from '../../src/console/page/output/output-layout.ts';
import { fromScaled, scaledHeight, toScaled } from '../../src/console/page/output/scroll-scale.ts';

const never = new AbortController().signal;

/** A timeline in steps of sizes: what came between two of them is first of standard output. */
function timelineOf(steps: readonly Sizes[]): ReadTimeline {
  const sizes = [{ stdout: 0, stderr: 0 }, ...steps];
  const entries = sizes.slice(1).flatMap((step, index) =>
    (['stdout', 'stderr'] as const).map((stream) => {
      const offset = sizes[index]?.[stream] ?? 0;
      return { stream, offset, bytes: step[stream] - offset, time: index, text: '' };
    }),
  );
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  return (from, limit) => {
    let position = 0;
    const part = entries.flatMap((entry) => {
      const first = Math.max(0, from - position);
      const last = Math.min(entry.bytes, from + limit - position);
      position += entry.bytes;
      return first < last ? [{ ...entry, offset: entry.offset + first, bytes: last - first }] : [];
    });
    const to = Math.min(from + limit, total);
    return Promise.resolve({ from: Math.min(from, total), to, total, complete: to === total, entries: part });
  };
}

/** A job whose files are strings; `steps` are in what sizes they came. */
async function jobOf(files: Readonly<Record<StreamName, string>>, steps: readonly Sizes[] = []) {
  const bytes = { stdout: Buffer.from(files.stdout), stderr: Buffer.from(files.stderr) };
  const sizes = { stdout: bytes.stdout.length, stderr: bytes.stderr.length };
  const layout = new OutputLayout(timelineOf([...steps, sizes]));
  layout.grow(sizes);
  await layout.order(never);
  const read = (stream: StreamName, from: number, to: number) => Promise.resolve(bytes[stream].subarray(from, to));
  return { layout, read, bytes };
}

const unit = fc.constantFrom('word', '\n', '\r', '😀', '\u001b[31m', 'x'.repeat(5000), 'y'.repeat(70_000), '\n\n');
const text = fc.array(unit, { maxLength: 30 }).map((parts) => parts.join(''));

describe('output in blocks', () => {
  test('whatever it is and in whatever steps it came: each byte is in one block, in order', async () => {
    const steps = fc.array(fc.record({ stdout: fc.nat(400_000), stderr: fc.nat(400_000) }));
    await fc.assert(
      fc.asyncProperty(text, text, steps, fc.integer({ min: 1, max: 4 }), async (stdout, stderr, raw, atOnce) => {
        const sizes = { stdout: Buffer.byteLength(stdout), stderr: Buffer.byteLength(stderr) };
        const inOrder = (stream: StreamName) =>
          raw.map((step) => Math.min(step[stream], sizes[stream])).toSorted((a, b) => a - b);
        const [out, err] = [inOrder('stdout'), inOrder('stderr')];
        const inside = out.map((size, index) => ({ stdout: size, stderr: err[index] ?? 0 }));
        const { layout, read, bytes } = await jobOf({ stdout, stderr }, inside);
        const count = Math.ceil(layout.size('both') / BLOCK_BYTES);
        const found: Record<StreamName, Uint8Array[]> = { stdout: [], stderr: [] };
        for (let first = 0; first < count; first += atOnce) {
          const end = Math.min(first + atOnce, count);
          for (const block of await readBlocks({ layout, shown: 'both', read }, first, end, never))
            for (const piece of block.pieces) found[piece.stream].push(piece.bytes);
        }
        for (const stream of ['stdout', 'stderr'] as const)
          expect(Buffer.concat(found[stream]).equals(bytes[stream])).toBe(true);
      }),
    );
  });

  test('lines stay whole wherever the other stream comes between', async () => {
    const { layout, read } = await jobOf({ stdout: 'half whole\nlast\n', stderr: 'trouble\n' }, [
      { stdout: 5, stderr: 0 },
      { stdout: 5, stderr: 8 },
    ]);
    const output = new OutputDocument(layout, 'both', read);
    await output.load(0, never);
    expect(output.block(0)?.rows.map(({ stream, text: line }) => [stream, line])).toEqual([
      ['stdout', 'half whole'],
      ['stderr', 'trouble'],
      ['stdout', 'last'],
    ]);
  });

  test('what grows while it is read is read again, and until then what was read is shown', async () => {
    let file = 'one\ntw';
    const layout = new OutputLayout(timelineOf([]));
    layout.grow({ stdout: 6, stderr: 0 });
    const output = new OutputDocument(layout, 'stdout', (_stream, from, to) => {
      const bytes = Buffer.from(file).subarray(from, to);
      if (file === 'one\ntw') {
        file = 'one\ntwo\n';
        layout.grow({ stdout: 8, stderr: 0 });
        output.grown();
      }
      return Promise.resolve(bytes);
    });
    const rows = () => output.block(0)?.rows.map((row) => row.text);
    await output.load(0, never);
    expect(rows()).toEqual(['one', 'tw']);
    expect(output.isCurrent(0)).toBe(false);
    await output.load(0, never);
    expect(rows()).toEqual(['one', 'two']);
    expect(output.isCurrent(0)).toBe(true);
  });

  test('a progress bar longer than a block is one line, and stands for what came last', async () => {
    const steps = Array.from({ length: 20_000 }, (_, step) => `\r\u001b[32mstep ${step} of many\u001b[0m`).join('');
    const { layout, read } = await jobOf({ stdout: `first\n${steps}\ndone\n`, stderr: '' });
    const output = new OutputDocument(layout, 'stdout', read);
    const rows: string[] = [];
    for (let block = 0; block < output.blockCount; block += 1) {
      await output.load(block, never);
      rows.push(...(output.block(block)?.rows ?? []).map((row) => row.text));
    }
    expect(output.blockCount).toBeGreaterThan(5);
    expect(rows).toEqual(['first', 'step 19999 of many', 'done']);
  });

  test('colours go on over blocks once the one before is known; lines are counted as they are read', async () => {
    const { layout, read } = await jobOf({ stdout: `\u001b[31m${'red\n'.repeat(40_000)}`, stderr: '' });
    const output = new OutputDocument(layout, 'both', read);
    await output.load(1, never);
    expect(output.block(1)?.rows[0]?.runs[0]?.style).toEqual({});
    expect(output.linesBefore(1)).toBeUndefined();
    await output.load(0, never);
    await output.load(1, never);
    expect(output.block(1)?.rows[0]?.runs[0]?.style).toEqual({ color: 1 });
    expect(output.linesBefore(1)).toBe(output.block(0)?.rows.length ?? 0);
  });

  test('few blocks stay in memory', async () => {
    const { layout, read } = await jobOf({ stdout: 'a line\n'.repeat(1_000_000), stderr: '' });
    const output = new OutputDocument(layout, 'stdout', read);
    for (let block = 0; block < output.blockCount; block += 1) await output.load(block, never);
    const kept = Array.from({ length: output.blockCount }, (_, block) => output.block(block)).filter(Boolean);
    expect(kept.length).toBeLessThan(33);
    expect(output.linesBefore(output.blockCount)).toBe(1_000_000);
  });
});

test('the scroll bar of a long output reaches every place, and is to scale at both ends', () => {
  const height = fc.double({ min: 1, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(height, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
      const there = toScaled(all * share, all);
      expect(there).toBeGreaterThanOrEqual(0);
      expect(there).toBeLessThanOrEqual(scaledHeight(all));
      expect(Math.abs(fromScaled(there, all) - all * share)).toBeLessThanOrEqual(1 + all * 1e-6);
    }),
  );
  expect(toScaled(90_000, 1e9)).toBe(90_000);
  expect(scaledHeight(1e9) - toScaled(1e9 - 90_000, 1e9)).toBe(90_000);
});
