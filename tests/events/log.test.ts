/** The numbered log: nothing is lost or repeated, in memory, from the file, and across a crash. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { EventLog, type LogOptions } from '../../src/events/log.ts';
import { Sandbox } from '../support/sandbox.ts';

// A loaded machine is slow, which is no failure.
setDefaultTimeout(30_000);

const isAny = (_value: unknown): _value is unknown => true;
const open = (path: string, options?: LogOptions): Promise<EventLog<unknown>> => EventLog.open(path, isAny, options);
const ALL = { entries: Infinity, bytes: Infinity };
const MEMORY = { entries: 20, bytes: 2000 };

/** More than memory holds, and than a segment of the file. */
const MANY = 700;
/** One entry that is larger than memory, and one that is larger than a segment. */
const SIZES = [1, 1, 40, 3000, 70_000];

type Step =
  | { do: 'append'; count: number; size: number }
  | { do: 'read'; cursor: number; limits: { entries: number; bytes: number } }
  | { do: 'reopen'; torn: string };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('append' as const),
    count: fc.constantFrom(1, 1, 2, 5, MANY),
    size: fc.constantFrom(...SIZES),
  }),
  fc.record({
    do: fc.constant('read' as const),
    cursor: fc.oneof(fc.nat(20), fc.nat(2 * MANY)),
    limits: fc.record({ entries: fc.constantFrom(1, 3, 1000), bytes: fc.constantFrom(0, 100, 100_000, Infinity) }),
  }),
  fc.record({
    do: fc.constant('reopen' as const),
    torn: fc.constantFrom('', '', '{', '{"n":1', '"half a text', '\0\0'),
  }),
);

test('a model: every reader sees entry N under the number N, whoever closed, crashed or came late', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      using box = new Sandbox();
      const path = box.file('log');
      let log = await open(path, { memory: MEMORY });
      const model: string[] = [];
      for (const now of steps) {
        switch (now.do) {
          case 'append':
            for (let count = 0; count < (now.size > 1000 ? 2 : now.count); count += 1) {
              model.push(`${model.length}${'x'.repeat(now.size)}`);
              expect(log.append(model.at(-1))).toBe(model.length);
            }
            break;
          case 'read': {
            const after = model.slice(now.cursor, now.cursor + now.limits.entries);
            let bytes = 0;
            // Two quotes and the end of the line come to each.
            const fit = after.filter((text, index) => (bytes += text.length + 3) <= now.limits.bytes || index === 0);
            expect(log.read(now.cursor, now.limits)).toEqual(
              fit.map((entry, index) => ({ id: now.cursor + index + 1, entry })),
            );
            break;
          }
          case 'reopen':
            log[Symbol.dispose]();
            if (now.torn !== '' && existsSync(path)) appendFileSync(path, now.torn);
            log = await open(path, { memory: MEMORY });
            break;
        }
        expect(log.last).toBe(model.length);
      }
      expect(log.read(0, ALL).map(({ entry }) => entry)).toEqual(model);
      log[Symbol.dispose]();
    }),
    { numRuns: 60 },
  );
});

test('who waits is notified of the next entry, and of the end', async () => {
  using box = new Sandbox();
  const log = await open(box.file('log'));
  const never = new AbortController().signal;
  const first = log.grown.wait(never, 10_000);
  log.append(1);
  expect(await first).toBe(true);
  const second = log.grown.wait(never, 10_000);
  log[Symbol.dispose]();
  expect(await second).toBe(true);
  expect(() => log.append(2)).toThrow('closed');
});

test('a log that nobody wrote to makes no file; one that was written to is its owner’s alone', async () => {
  using box = new Sandbox();
  using log = await open(box.file('log'));
  expect(log.read(0, ALL)).toEqual([]);
  expect(existsSync(box.file('log'))).toBe(false);
  log.append(1);
  expect(statSync(box.file('log')).mode & 0o777).toBe(0o600);
});

test('what could not be written whole leaves nothing behind, and the next entry takes its number', async () => {
  using box = new Sandbox();
  // Half of what is meant to be written goes through, as on a disk that is just filling up.
  let full = false;
  const log = await open(box.file('log'), {
    memory: { entries: 0, bytes: 0 },
    appendText: (fd, text) => {
      appendFileSync(fd, full ? text.slice(0, text.length / 2) : text);
      if (full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    },
  });
  log.append('first');
  full = true;
  expect(() => log.append('second')).toThrow('no space');
  expect(log.read(0, ALL)).toEqual([{ id: 1, entry: 'first' }]);
  full = false;
  expect(log.append('third')).toBe(2);
  expect(readFileSync(box.file('log'), 'utf8')).toBe('"first"\n"third"\n');
  log[Symbol.dispose]();
  using again = await open(box.file('log'));
  expect(again.read(0, ALL)).toEqual([
    { id: 1, entry: 'first' },
    { id: 2, entry: 'third' },
  ]);
});

test('memory holds the newest entries within both of its bounds, and the file has the rest', async () => {
  using box = new Sandbox();
  using log = await open(box.file('log'), { memory: { entries: 3, bytes: 100 } });
  for (const entry of [1, 2, 3, 4, 5]) log.append(entry);
  rmSync(box.file('log'));
  expect(log.read(2, ALL).map(({ entry }) => entry)).toEqual([3, 4, 5]);
  expect(() => log.read(1, ALL)).toThrow('ENOENT');
  log.append('x'.repeat(80));
  expect(log.read(4, ALL)).toHaveLength(2);
  log.append('x'.repeat(100));
  expect(() => log.read(6, ALL)).toThrow('ENOENT');
});

test('an entry that is not what the room keeps is told, not passed on', async () => {
  using box = new Sandbox();
  writeFileSync(box.file('log'), '1\n"two"\nthree\n');
  using log = await EventLog.open(box.file('log'), (value): value is number => typeof value === 'number');
  expect(() => log.read(0, ALL)).toThrow('entry 2');
  expect(() => log.read(2, ALL)).toThrow('entry 3');
  expect(log.read(0, { entries: 1, bytes: 0 })).toEqual([{ id: 1, entry: 1 }]);
});

test('a log of hundreds of megabytes is opened, followed and read without being in memory', async () => {
  using box = new Sandbox();
  const path = box.file('log');
  const text = 'x'.repeat(999_997);
  const LINES = 300;
  for (let line = 0; line < LINES; line += 1) appendFileSync(path, `"${text}"\n`);
  Bun.gc(true);
  const before = process.memoryUsage().rss;
  let most = before;
  using log = await open(path);
  for (let after = 0; after < LINES + 50;) {
    if (after >= LINES) log.append(text);
    const entries = log.read(after, { entries: 16, bytes: 64 * 1024 });
    expect(entries).toHaveLength(1);
    after = entries.at(-1)?.id ?? expect.unreachable();
    Bun.gc(true);
    most = Math.max(most, process.memoryUsage().rss);
  }
  expect(most - before).toBeLessThan(100_000_000);
});

test('who only reads changes nothing: what looks like half a line may be one that another is writing', async () => {
  using sandbox = new Sandbox();
  const path = sandbox.file('log');
  writeFileSync(path, '1\n2');
  using reader = await open(path);
  expect(reader.read(0, ALL)).toEqual([{ id: 1, entry: 1 }]);
  appendFileSync(path, '3\n');
  expect(readFileSync(path, 'utf8')).toBe('1\n23\n');
  using later = await open(path);
  expect(later.read(0, ALL)).toEqual([
    { id: 1, entry: 1 },
    { id: 2, entry: 23 },
  ]);
});
