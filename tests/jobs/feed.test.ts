/** A job as a numbered sequence: the same for everybody, whoever follows when, with nothing lost or repeated. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { EventLog } from '../../src/events/log.ts';
import { isFeedEntry } from '../../src/jobs/feed-entry.ts';
import { JobFeeds, type JobFeed } from '../../src/jobs/feed.ts';
import { waitFor } from '../support/sandbox.ts';
import { World } from './world.ts';

// A loaded machine is slow, which is no failure.
setDefaultTimeout(30_000);

const ALL = { entries: Infinity, bytes: Infinity };
const follow = (feeds: JobFeeds, { jobs }: World, id: string) => feeds.follow(jobs.folder(id), jobs.activeJob(id));
const entries = (feed: JobFeed) => feed.read(0, ALL);

/** What a follower puts together from the entries, which must be in order, without gap or overlap. */
function told(feed: JobFeed, world: World, id: string): { stdout: string; stderr: string; types: string } {
  const seen = { stdout: 0, stderr: 0 };
  const text = { stdout: '', stderr: '' };
  const all = entries(feed);
  expect(all.map((one) => one.id)).toEqual(all.map((_, index) => index + 1));
  for (const { entry } of all) {
    if (!('from' in entry)) continue;
    expect(entry.from).toBe(seen[entry.type]);
    expect(entry.to).toBeGreaterThan(entry.from);
    seen[entry.type] = entry.to;
    // Each piece by itself is whole characters: a follower decodes them one by one.
    text[entry.type] += new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      readFileSync(world.jobs.folder(id).output(entry.type)).subarray(entry.from, entry.to),
    );
  }
  return {
    ...text,
    types: all
      .map(({ entry }) =>
        entry.type[0] === 's' && entry.type !== 'status' ? 'o' : entry.type === 'status' ? 'S' : 'E',
      )
      .join(''),
  };
}

test('a model: followers come and go, the server too, and the sequence is one and the same', async () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('print' as const),
      stream: fc.constantFrom('stdout' as const, 'stderr' as const),
      text: fc.constantFrom('a\n', 'é', '日本', '🙂🙂', 'x'.repeat(70_000), '🙂'.repeat(20_000)),
      cut: fc.boolean(),
    }),
    fc.record({ do: fc.constantFrom('arrive' as const, 'leave' as const, 'look' as const, 'restart' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      await using world = await World.open();
      const id = world.submit();
      const written = { stdout: '', stderr: '' };
      const rest = { stdout: new Uint8Array(), stderr: new Uint8Array() };
      let feeds = new JobFeeds();
      let followers: Awaited<ReturnType<typeof follow>>[] = [];
      let before: unknown[] = [];
      const unchanged = (feed: JobFeed): void => {
        expect(entries(feed).slice(0, before.length)).toEqual(before as never);
        before = entries(feed);
      };
      for (const now of steps) {
        switch (now.do) {
          case 'print': {
            // A character may come in two halves, the second with the next output.
            const bytes = new TextEncoder().encode(now.text);
            const half = now.cut ? bytes.length - 1 : bytes.length;
            world.runner.run(id).print(rest[now.stream], now.stream);
            world.runner.run(id).print(bytes.subarray(0, half), now.stream);
            rest[now.stream] = bytes.slice(half);
            written[now.stream] += now.text;
            break;
          }
          case 'arrive':
            followers.push(await follow(feeds, world, id));
            break;
          case 'leave':
            followers.shift()?.[Symbol.dispose]();
            break;
          case 'look':
            if (followers[0] !== undefined) unchanged(followers[0].feed);
            await Bun.sleep(1);
            break;
          case 'restart':
            for (const follower of followers) follower[Symbol.dispose]();
            followers = [];
            await world.stop();
            await world.start();
            feeds = new JobFeeds();
            break;
        }
      }
      for (const stream of ['stdout', 'stderr'] as const) world.runner.run(id).print(rest[stream], stream);
      world.runner.run(id).exit(0);
      const last = await follow(feeds, world, id);
      await waitFor('the end', () => last.feed.complete);
      unchanged(last.feed);
      const { types, ...text } = told(last.feed, world, id);
      expect(text).toEqual(written);
      expect(types).toMatch(/^So*E$/);
      for (const follower of [...followers, last]) follower[Symbol.dispose]();
    }),
    { numRuns: 20 },
  );
});

test('a job that nobody follows costs nothing; who comes late gets it all the same', async () => {
  await using world = await World.open();
  const id = world.submit();
  world.runner.run(id).print('early\n');
  expect(existsSync(world.jobs.folder(id).events)).toBe(false);
  world.runner.run(id).exit(3);
  await world.jobs.activeJob(id)?.finished;
  using late = await follow(new JobFeeds(), world, id);
  await waitFor('the end', () => late.feed.complete);
  expect(told(late.feed, world, id)).toEqual({ stdout: 'early\n', stderr: '', types: 'SoE' });
});

test('half a character that nothing follows is told with the end', async () => {
  await using world = await World.open();
  const id = world.submit();
  world.runner.run(id).print(new Uint8Array([0x61, 0xf0, 0x9f]));
  using one = await follow(new JobFeeds(), world, id);
  await waitFor('the whole character', () => entries(one.feed).length === 2);
  expect(entries(one.feed)[1]?.entry).toEqual({ type: 'stdout', from: 0, to: 1, other: 0 });
  world.runner.run(id).exit(0);
  await waitFor('the end', () => one.feed.complete);
  expect(
    entries(one.feed)
      .slice(2)
      .map(({ entry }) => entry),
  ).toEqual([{ type: 'stdout', from: 1, to: 3, other: 0 }, { type: 'end' }]);
});

test('a disk that takes no more holds the sequence up and does not break it', async () => {
  await using world = await World.open();
  let full = true;
  let refused = 0;
  const feeds = new JobFeeds((path) =>
    EventLog.open(path, isFeedEntry, {
      appendText: (fd, text) => {
        if (full && text.includes('stdout')) {
          refused += 1;
          throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        }
        appendFileSync(fd, text);
      },
    }),
  );
  const id = world.submit();
  world.runner.run(id).print('text\n');
  using one = await follow(feeds, world, id);
  await waitFor('a refused write', () => refused > 0);
  world.runner.run(id).exit(0);
  await world.jobs.activeJob(id)?.finished;
  expect(one.feed.complete).toBe(false);
  full = false;
  await waitFor('the end', () => one.feed.complete);
  expect(told(one.feed, world, id)).toEqual({ stdout: 'text\n', stderr: '', types: 'SoE' });
});

test('a job that is removed under its followers closes their feed', async () => {
  await using world = await World.open();
  const id = world.submit();
  // Nothing was written down of its sequence yet, so nothing can be any more.
  world.jobs.folder(id).remove();
  using one = await follow(new JobFeeds(), world, id);
  world.jobs.activeJob(id)?.cancel();
  expect(await one.feed.changed.wait(new AbortController().signal, 10_000)).toBe(true);
  expect(one.feed).toMatchObject({ ended: true, complete: false });
  expect(one.feed.read(0, ALL)).toEqual([]);
});

test('a follower that is behind when its job is removed has nothing left to read', async () => {
  await using world = await World.open();
  const id = world.submit();
  const memory = { entries: 2, bytes: 1000 };
  using one = await follow(new JobFeeds((path) => EventLog.open(path, isFeedEntry, { memory })), world, id);
  for (let line = 1; line <= 4; line += 1) {
    world.runner.run(id).print('a line\n');
    await waitFor('it in the sequence', () => one.feed.last === line + 1);
  }
  world.jobs.folder(id).remove();
  expect(one.feed.read(3, ALL).map((entry) => entry.id)).toEqual([4, 5]);
  expect(one.feed.read(0, ALL)).toEqual([]);
  expect(one.feed).toMatchObject({ ended: true, complete: false });
});

test('a log of an earlier build, in which an entry tells of its own stream only, is gone on with where it ends', async () => {
  await using world = await World.open();
  const id = world.submit();
  const run = world.runner.run(id);
  run.print('once', 'stderr');
  run.print('x'.repeat(2000));
  const old = [
    { type: 'status' },
    { type: 'stderr', from: 0, to: 4 },
    // More than are looked at in one go.
    ...Array.from({ length: 2000 }, (_, from) => ({ type: 'stdout', from, to: from + 1 })),
  ];
  writeFileSync(world.jobs.folder(id).events, old.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  run.print('more', 'stderr');
  run.exit(0);
  using one = await follow(new JobFeeds(), world, id);
  await waitFor('the end', () => one.feed.complete);
  expect(told(one.feed, world, id)).toMatchObject({ stdout: 'x'.repeat(2000), stderr: 'oncemore' });
});

test('the newest entry tells where both streams end: a long log without stderr is not read to its beginning', async () => {
  await using world = await World.open();
  const id = world.submit();
  world.runner.run(id).print('xx');
  // What is not read is not found to be wrong.
  writeFileSync(
    world.jobs.folder(id).events,
    'no entry\n'.repeat(2000) + '{"type":"stdout","from":0,"to":2,"other":0}\n',
  );
  world.runner.run(id).exit(0);
  const reads: number[] = [];
  const feeds = new JobFeeds(async (path) => {
    const log = await EventLog.open(path, isFeedEntry);
    const read = log.read.bind(log);
    log.read = (after, limits) => {
      reads.push(after);
      return read(after, limits);
    };
    return log;
  });
  using one = await follow(feeds, world, id);
  expect(reads).toEqual([2000, 2000]);
  await waitFor('the end', () => one.feed.complete);
});

test('who follows and leaves, leaves nothing behind on a job that runs on', async () => {
  await using world = await World.open({ maxRunning: 1 });
  const running = world.submit();
  const waiting = world.submit();
  for (const id of [running, waiting]) {
    const job = world.jobs.activeJob(id);
    using one = await follow(new JobFeeds(), world, id);
    const waiters = () => (job?.whenStarted.waiting ?? 0) + (job?.whenFinished.waiting ?? 0);
    await waitFor('the feed to wait for the job', () => waiters() === 1);
    one[Symbol.dispose]();
    await waitFor('nobody to wait', () => waiters() === 0);
  }
});
