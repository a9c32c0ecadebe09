/** Both streams of a job in the order in which they came: any part of them, from any server, whatever happened meanwhile. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import { appendFileSync, existsSync, mkdirSync, rmdirSync, statSync, truncateSync, utimesSync } from 'node:fs';
import { silentLog } from '../../src/core/log.ts';
import { JobFolder, type OutputStream } from '../../src/jobs/folder.ts';
import { JobClock } from '../../src/jobs/timeline/job-clock.ts';
import { OutputSampler } from '../../src/jobs/timeline/sampler.ts';
import { readTimeline, type TimelineEntry } from '../../src/jobs/timeline/timeline.ts';
import { FakeClock, Sandbox, waitFor } from '../support/sandbox.ts';
import { World } from './world.ts';

setDefaultTimeout(30_000);

/** A job's folder without a job: output is what the test writes into it. */
function jobFolder(box: Sandbox, id = '0123456789ab') {
  const folder = JobFolder.claim(box.path, () => id);
  folder.createOutput();
  return {
    folder,
    print: (stream: OutputStream, text: string | Uint8Array) => appendFileSync(folder.output(stream), text),
    /** Both were last written at these times, in ms. */
    writtenAt: (stdout: number, stderr: number) => {
      utimesSync(folder.output('stdout'), stdout / 1000, stdout / 1000);
      utimesSync(folder.output('stderr'), stderr / 1000, stderr / 1000);
    },
  };
}

const whole = (folder: JobFolder, done = true) => readTimeline(folder, { from: 0, limit: 1e9, done });
const shown = (entries: readonly TimelineEntry[]): string[] =>
  entries.map(({ stream, text }) => `${stream === 'stdout' ? 'o' : 'e'}:${text}`);

test('output between two samples is in the order of its streams, and samples are in theirs', async () => {
  using box = new Sandbox();
  const { folder, print, writtenAt } = jobFolder(box);
  const clock = new JobClock(folder, 1000);
  print('stderr', 'warning\n');
  writtenAt(1000, 1050);
  clock.note(1100);
  print('stdout', 'one\n');
  print('stderr', 'before it\n');
  writtenAt(1150, 1120);
  clock.note(1200);
  print('stdout', 'two\n');
  print('stderr', 'at the same time\n');
  writtenAt(1250, 1250);
  clock.close(1300);
  const { entries, total } = await whole(folder);
  expect(entries.map(({ at, stream, offset, bytes, text }) => [at, stream, offset, bytes, text])).toEqual([
    [1050, 'stderr', 0, 8, 'warning\n'],
    [1120, 'stderr', 8, 10, 'before it\n'],
    [1150, 'stdout', 0, 4, 'one\n'],
    [1250, 'stdout', 4, 4, 'two\n'],
    [1250, 'stderr', 18, 17, 'at the same time\n'],
  ]);
  expect(total).toBe(43);
});

test('a file system that does not say when a file was written, or says it by another clock', async () => {
  using box = new Sandbox();
  const { folder, print, writtenAt } = jobFolder(box);
  const clock = new JobClock(folder, 1000);
  print('stdout', 'a');
  writtenAt(1050, 1050);
  clock.note(1100);
  clock.note(1200);
  print('stdout', 'b');
  writtenAt(1050, 1050);
  clock.note(1300);
  print('stdout', 'c');
  writtenAt(9000, 9000);
  clock.note(1400);
  expect((await whole(folder)).entries.map(({ at }) => at)).toEqual([1050, 1300, 1400]);
});

test('a job that is over at once, or prints on one stream only, costs no file; its times are those of its files', async () => {
  using box = new Sandbox();
  const { folder, print, writtenAt } = jobFolder(box);
  const clock = new JobClock(folder, 1000);
  print('stderr', 'no such file\n');
  writtenAt(1000, 1040);
  clock.close(1050);
  expect(existsSync(folder.clock)).toBe(false);
  expect((await whole(folder)).entries).toEqual([
    { at: 1040, stream: 'stderr', offset: 0, bytes: 13, text: 'no such file\n' },
  ]);
});

test('a job of an earlier build, or whose clock could not be written: all of stdout, then all of stderr', async () => {
  using box = new Sandbox();
  const { folder, print } = jobFolder(box);
  print('stderr', 'e');
  print('stdout', 'o');
  expect(shown((await whole(folder)).entries)).toEqual(['o:o', 'e:e']);
  expect(await whole(folder, false)).toEqual({ from: 0, to: 0, total: 0, entries: [] });
});

test('half a row, or one of zeros, left by a crash is written over by the next server', async () => {
  for (const harm of [
    (path: string) => truncateSync(path, statSync(path).size - 7),
    (path: string) => (truncateSync(path, statSync(path).size - 18), truncateSync(path, statSync(path).size + 18)),
  ]) {
    using box = new Sandbox();
    const { folder, print } = jobFolder(box);
    const first = new JobClock(folder, 1000);
    print('stderr', 'one,');
    first.note(1100);
    print('stdout', 'two,');
    first.note(1200);
    harm(folder.clock);
    const second = new JobClock(folder, 1000);
    print('stderr', 'three');
    second.note(1300);
    second.close(1300);
    const { entries } = await whole(folder);
    expect(shown(entries)[0]).toBe('e:one,');
    expect(entries.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)).toEqual(['two,']);
    expect(entries.filter(({ stream }) => stream === 'stderr').map(({ text }) => text)).toEqual(['one,', 'three']);
  }
});

test('a model: any print, sample and restart, read in parts of any size from any position', async () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('print' as const),
      stream: fc.constantFrom('stdout' as const, 'stderr' as const),
      text: fc.constantFrom('a\n', 'é', '日本', '🙂🙂', 'x'.repeat(3000)),
      cut: fc.boolean(),
    }),
    fc.record({ do: fc.constantFrom('sample' as const, 'restart' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.integer({ min: 4, max: 40 }), async (steps, limit) => {
      using box = new Sandbox();
      const { folder, print } = jobFolder(box);
      let clock = new JobClock(folder, 0);
      let now = 1_000_000_000;
      const written = { stdout: '', stderr: '' };
      const rest = { stdout: new Uint8Array(), stderr: new Uint8Array() };
      for (const one of steps) {
        now += 20_000;
        switch (one.do) {
          case 'sample':
            clock.note(now);
            break;
          case 'restart':
            clock = new JobClock(folder, 0);
            break;
          case 'print': {
            const bytes = new TextEncoder().encode(one.text);
            const half = one.cut ? bytes.length - 1 : bytes.length;
            print(one.stream, Buffer.concat([rest[one.stream], bytes.subarray(0, half)]));
            rest[one.stream] = bytes.slice(half);
            written[one.stream] += one.text;
          }
        }
      }
      for (const stream of ['stdout', 'stderr'] as const) print(stream, rest[stream]);
      const running = (await whole(folder, false)).entries;
      clock.close(now);
      const all = await whole(folder);
      // What was told while it ran is still so.
      expect(all.entries.slice(0, running.length)).toEqual([...running]);
      const read: TimelineEntry[] = [];
      let from = 0;
      while (from < all.total) {
        const part = await readTimeline(folder, { from, limit, done: true });
        expect(part).toMatchObject({ from, total: all.total });
        expect(part.to).toBeGreaterThan(from);
        expect(part.to).toBeLessThanOrEqual(from + limit);
        read.push(...part.entries);
        from = part.to;
      }
      for (const stream of ['stdout', 'stderr'] as const) {
        for (const entries of [read, all.entries]) {
          const own = entries.filter((entry) => entry.stream === stream);
          expect(own.map(({ text }) => text).join('')).toBe(written[stream]);
          expect(own.map(({ offset }) => offset)).toEqual(
            own.map((_, index) => own.slice(0, index).reduce((sum, { bytes }) => sum + bytes, 0)),
          );
        }
      }
      // Any position, also one inside of a character, is answered with whole characters that hold it.
      for (let position = 0; position < Math.min(all.total, 60); position += 1) {
        const part = await readTimeline(folder, { from: position, limit, done: true });
        expect(part.from).toBeLessThanOrEqual(position);
        expect(part.from).toBeGreaterThan(position - 4);
        expect(part.to).toBeGreaterThan(position);
        expect(part.entries.map(({ text }) => text).join('')).not.toContain('\ufffd');
      }
    }),
    { numRuns: 60 },
  );
});

test('the older a job, the fewer its samples', () => {
  using box = new Sandbox();
  const { folder, print } = jobFolder(box);
  const clock = new JobClock(folder, 0);
  const day = 24 * 60 * 60 * 1000;
  const rows = () => statSync(folder.clock).size / 18;
  for (let now = day; now < day + 10_000; now += 100) {
    print('stdout', '.');
    clock.note(now);
  }
  expect(rows()).toBeLessThan(13);
  expect(rows()).toBeGreaterThan(8);
});

test('of a thousand silent jobs the one that prints is looked at every time, and all others in turn', () => {
  using box = new Sandbox();
  const clock = new FakeClock();
  using sampler = new OutputSampler(clock, silentLog);
  const jobs = Array.from({ length: 1000 }, (_, index) => {
    const id = index.toString(16).padStart(12, '0');
    const job = jobFolder(box, id);
    sampler.add(id, job.folder, clock.now());
    return job;
  });
  const look = (times: number) => {
    for (let time = 0; time < times; time += 1) {
      clock.advance(100);
      sampler.sample();
    }
  };
  look(60);
  const [busy, late] = [jobs[500], jobs[501]];
  busy?.print('stdout', '.');
  late?.print('stdout', '.');
  look(10);
  expect(existsSync(late?.folder.clock ?? '')).toBe(true);
  for (let time = 0; time < 10; time += 1) {
    busy?.print('stdout', '.');
    look(1);
  }
  expect(statSync(busy?.folder.clock ?? '').size / 18).toBe(11);
  expect(existsSync(jobs[0]?.folder.clock ?? '')).toBe(false);
});

test('a clock that cannot be written stops nothing; what it missed is noted later', async () => {
  await using world = await World.open();
  const id = world.submit();
  const folder = world.jobs.folder(id);
  mkdirSync(folder.clock);
  world.runner.run(id).print('one\n');
  const warned = () => world.log.filter((line) => line.includes('cannot be recorded'));
  await waitFor('a warning', () => warned().length > 0);
  rmdirSync(folder.clock);
  await waitFor('the first row', () => existsSync(folder.clock));
  world.runner.run(id).exit(0);
  await waitFor('the end', () => world.jobs.record(id)?.outcome);
  expect(warned()).toHaveLength(1);
  expect(shown((await whole(folder)).entries)).toEqual(['o:one\n']);
});

test('the next server goes on where the last one stopped', async () => {
  await using world = await World.open();
  const id = world.submit();
  const folder = world.jobs.folder(id);
  const noted = (bytes: number) => waitFor(`${bytes} bytes`, async () => (await whole(folder, false)).total >= bytes);
  world.runner.run(id).print('one\n', 'stderr');
  await noted(4);
  await world.stop();
  world.runner.run(id).print('two\n');
  await world.start();
  await noted(8);
  world.runner.run(id).print('three\n', 'stderr');
  await noted(14);
  world.runner.run(id).exit(0);
  await waitFor('the end', () => world.jobs.record(id)?.outcome);
  expect(shown((await whole(folder)).entries)).toEqual(['e:one\n', 'o:two\n', 'e:three\n']);
});
