/** The numbered log: nothing is lost or repeated, in memory, from the file, and across a crash. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { EventLog } from '../../src/events/log.ts';
import { Sandbox } from '../support/sandbox.ts';

// A loaded machine is slow, which is no failure.
setDefaultTimeout(30_000);

/** More than the ring holds, so that readers need the file. */
const MANY = 700;

type Step =
  | { do: 'append'; count: number }
  | { do: 'read'; cursor: number; limit: number }
  | { do: 'reopen'; torn: string }
  | { do: 'find'; remainder: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('append' as const), count: fc.constantFrom(1, 1, 2, 5, MANY) }),
  fc.record({ do: fc.constant('read' as const), cursor: fc.nat(2 * MANY), limit: fc.constantFrom(1, 3, 1000) }),
  fc.record({
    do: fc.constant('reopen' as const),
    torn: fc.constantFrom('', '', '{', '{"n":1', '"half a text', '\0\0'),
  }),
  fc.record({ do: fc.constant('find' as const), remainder: fc.nat(900) }),
);

test('a model: every reader sees entry N under the number N, whoever closed, crashed or came late', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
      using box = new Sandbox();
      const path = box.file('log');
      let log = new EventLog<{ n: number }>(path);
      const model: { n: number }[] = [];
      for (const now of steps) {
        switch (now.do) {
          case 'append':
            for (let count = 0; count < now.count; count += 1) {
              model.push({ n: model.length * 7 });
              expect(log.append(model.at(-1) as { n: number })).toBe(model.length);
            }
            break;
          case 'read':
            expect(log.read(now.cursor, now.limit)).toEqual(
              model.map((entry, index) => ({ id: index + 1, entry })).slice(now.cursor, now.cursor + now.limit),
            );
            break;
          case 'reopen':
            log[Symbol.dispose]();
            if (now.torn !== '' && existsSync(path)) appendFileSync(path, now.torn);
            log = new EventLog(path);
            break;
          case 'find':
            expect(log.findLast(({ n }) => n % 900 === now.remainder)).toEqual(
              model.findLast(({ n }) => n % 900 === now.remainder),
            );
            break;
        }
        expect(log.last).toBe(model.length);
      }
      log[Symbol.dispose]();
    }),
    { numRuns: 60 },
  );
});

test('who waits is told of the next entry, and of the end', async () => {
  using box = new Sandbox();
  const log = new EventLog<number>(box.file('log'));
  let told = 0;
  const wait = () => log.grown.then(() => (told += 1));
  const first = wait();
  await Promise.resolve();
  expect(told).toBe(0);
  log.append(1);
  await first;
  const second = wait();
  log[Symbol.dispose]();
  await second;
  expect(told).toBe(2);
});

test('a log that nobody wrote to makes no file; one that was is its owner’s alone', () => {
  using box = new Sandbox();
  const log = new EventLog<number>(box.file('log'));
  expect(log.read(0, 10)).toEqual([]);
  expect(existsSync(box.file('log'))).toBe(false);
  log.append(1);
  expect(statSync(box.file('log')).mode & 0o777).toBe(0o600);
  log[Symbol.dispose]();
});

test('what could not be written whole leaves nothing behind, and the next entry takes its number', () => {
  using box = new Sandbox();
  // Half of what is meant to be written goes through, as on a disk that is just filling up.
  let full = false;
  const log = new EventLog<string>(box.file('log'), (fd, text) => {
    appendFileSync(fd, full ? text.slice(0, text.length / 2) : text);
    if (full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  });
  log.append('first');
  full = true;
  expect(() => log.append('second')).toThrow('no space');
  expect(log.last).toBe(1);
  full = false;
  expect(log.append('third')).toBe(2);
  expect(readFileSync(box.file('log'), 'utf8')).toBe('"first"\n"third"\n');
  log[Symbol.dispose]();
  using again = new EventLog<string>(box.file('log'));
  expect(again.read(0, 10)).toEqual([
    { id: 1, entry: 'first' },
    { id: 2, entry: 'third' },
  ]);
});
