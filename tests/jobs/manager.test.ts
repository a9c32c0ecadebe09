/** The queue, safe retries, paging, retention, and what a start finds: models over the manager and the store. */
import { Database } from 'bun:sqlite';
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { silentLog } from '../../src/core/log.ts';
import { fingerprintOf, IDEMPOTENCY_MS } from '../../src/jobs/idempotency.ts';
import { JOB_STATUSES, statusOf, type JobRecord, type JobStatus } from '../../src/jobs/record.ts';
import { pruneJobs } from '../../src/jobs/retention.ts';
import { JobStore } from '../../src/jobs/store.ts';
import { Sandbox, settle } from '../support/sandbox.ts';
import { spec, World } from './world.ts';

// A loaded machine is slow, which is no failure.
setDefaultTimeout(30_000);

describe('the queue', () => {
  test('so many run at once, the others wait and start in order of submission', async () => {
    await using world = await World.open({ maxRunning: 2 });
    const ids = Array.from({ length: 6 }, () => world.submit());
    const started = () => [...world.runner.runs.keys()].map((id) => ids.indexOf(id));
    expect(started()).toEqual([0, 1]);
    world.runner.run(ids[1] ?? '').exit(0);
    await settle();
    expect(started()).toEqual([0, 1, 2]);
    world.jobs.activeJob(ids[3] ?? '')?.cancel();
    world.runner.run(ids[0] ?? '').exit(0);
    await settle();
    expect(started()).toEqual([0, 1, 2, 4]);
    expect(statusOf(world.jobs.record(ids[5] ?? '') as JobRecord)).toBe('pending');
  });

  test('a queue of jobs that cannot be started is gone through without a deep stack', async () => {
    await using world = await World.open({ maxRunning: 1 });
    const first = world.submit();
    world.runner.refuse = 'no shell';
    const ids = Array.from({ length: 100 }, () => world.submit());
    world.runner.run(first).exit(0);
    await Promise.all(ids.flatMap((id) => world.jobs.activeJob(id)?.finished ?? []));
    expect(ids.map((id) => world.jobs.record(id)?.outcome?.exitCode)).toEqual(ids.map(() => 1));
  });

  test('a queue survives a restart, in its order', async () => {
    await using world = await World.open({ maxRunning: 1 });
    const ids = Array.from({ length: 4 }, () => world.submit());
    await world.stop();
    await world.start({ maxRunning: 1 });
    for (const id of ids) {
      world.runner.run(id).exit(0);
      await settle();
    }
    expect([...world.runner.runs.keys()]).toEqual(ids);
  });
});

test('safe retries: a model', async () => {
  const HOUR_MS = 60 * 60 * 1000;
  const step = fc.record({
    key: fc.constantFrom('a', 'b'),
    body: fc.constantFrom(1, 2),
    hours: fc.constantFrom(0, 0, 1, 23, 24),
    restart: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      await using world = await World.open();
      const promised = new Map<string, { body: number; id: string; at: number }>();
      const ids = new Set<string>();
      for (const { key, body, hours, restart } of steps) {
        world.clock.advance(hours * HOUR_MS);
        if (restart) {
          await world.stop();
          await world.start();
        }
        const answer = world.jobs.submit(spec(), fingerprintOf(key, { command: 'true', body }));
        const before = promised.get(key);
        if (before !== undefined && world.clock.now() - before.at < IDEMPOTENCY_MS) {
          expect(answer).toEqual(
            before.body === body
              ? { ok: true, value: before.id }
              : { ok: false, failure: { reason: 'idempotency-conflict' } },
          );
          continue;
        }
        if (!answer.ok) throw new Error(answer.failure.reason);
        expect(ids.has(answer.value)).toBe(false);
        ids.add(answer.value);
        promised.set(key, { body, id: answer.value, at: world.clock.now() });
      }
      expect(world.jobs.kept).toBe(ids.size);
    }),
    { numRuns: 25, endOnFailure: true },
  );
});

test('the order of a body’s fields does not make it another body, everything else does', () => {
  expect(fingerprintOf('k', { a: 1, b: { c: [1, 2], d: null } })).toEqual(
    fingerprintOf('k', { b: { d: null, c: [1, 2] }, a: 1 }),
  );
  for (const other of [{ a: 1, b: { c: [2, 1], d: null } }, { a: '1', b: { c: [1, 2], d: null } }, { a: 1 }, {}]) {
    expect(fingerprintOf('k', other).body).not.toBe(fingerprintOf('k', { a: 1, b: { c: [1, 2], d: null } }).body);
  }
});

const outcome = (exitCode: number, timedOut = false): JobRecord['outcome'] => ({
  exitCode,
  timedOut,
  cancelled: false,
  finishedAt: 1,
  warnings: [],
  results: {},
});
function recordOf(seq: number, status: JobStatus): JobRecord {
  const at = {
    pending: {},
    running: { startedAt: 1 },
    completed: { startedAt: 1, outcome: outcome(0) },
    failed: { outcome: outcome(1) },
    timeout: { outcome: outcome(-1, true) },
  }[status];
  return {
    id: seq.toString(16).padStart(12, '0'),
    seq,
    spec: spec(),
    submittedAt: seq,
    startedAt: undefined,
    process: undefined,
    outcome: undefined,
    ...at,
  };
}
const openStore = (box: Sandbox): JobStore => JobStore.open(box.file('jobs.sqlite'), silentLog, () => 7);
const anyStatus = fc.constantFrom(...JOB_STATUSES);

test('paging: pages put together are the whole history, newest first, whatever is written and what still waits to be', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyStatus, fc.boolean(), anyStatus), { maxLength: 30 }),
      fc.option(anyStatus, { nil: undefined }),
      fc.integer({ min: 1, max: 7 }),
      (history, status, limit) => {
        using box = new Sandbox();
        using store = openStore(box);
        const model: JobRecord[] = [];
        for (const [index, [first, flush, later]] of history.entries()) {
          store.put(recordOf(index + 1, first), 0);
          if (flush) store.flush();
          model.push(recordOf(index + 1, later));
          store.put(recordOf(index + 1, later), 0);
        }
        const expected = model.filter((record) => status === undefined || statusOf(record) === status).toReversed();
        const pages: JobRecord[] = [];
        for (let before: number | undefined; ; before = pages.at(-1)?.seq) {
          const page = store.page({ limit, before, status });
          pages.push(...page);
          if (page.length < limit) break;
        }
        expect(pages.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
        for (const record of model) expect(statusOf(store.get(record.id) as JobRecord)).toBe(statusOf(record));
        expect(store.unfinished().map(({ seq }) => seq)).toEqual(
          model.filter(({ outcome: end }) => end === undefined).map(({ seq }) => seq),
        );
      },
    ),
    { numRuns: 40 },
  );
});

test('retention: over the number or the weight the oldest finished go, down to the limits, never one that runs, never below the last hundred', () => {
  const job = fc.tuple(
    fc.constantFrom<JobStatus>('running', 'pending', 'completed', 'completed', 'failed', 'timeout'),
    fc.integer({ min: 0, max: 100 }),
  );
  const limits = fc.record({ jobs: fc.integer({ min: 100, max: 160 }), bytes: fc.integer({ min: 0, max: 9000 }) });
  fc.assert(
    fc.property(fc.array(job, { minLength: 90, maxLength: 200 }), limits, (jobs, keep) => {
      using box = new Sandbox();
      using store = openStore(box);
      jobs.forEach(([status, bytes], index) => store.put(recordOf(index + 1, status), bytes));
      const gone: string[] = [];
      while (pruneJobs(store, keep, (id) => gone.push(id) > 0).removed > 0);
      // The model: from the oldest, while there are more than a hundred and one of the limits is passed.
      const finished = jobs
        .map(([status, bytes], index) => ({ ...recordOf(index + 1, status), bytes }))
        .filter((record) => record.outcome !== undefined);
      const expected: string[] = [];
      const over = () =>
        finished.length > keep.jobs || finished.reduce((sum, { bytes }) => sum + bytes, 0) > keep.bytes;
      while (finished.length > 100 && over()) expected.push(finished.shift()?.id ?? '');
      expect(gone).toEqual(expected);
      expect(store.ids()).toEqual(
        new Set(jobs.map((_, index) => recordOf(index + 1, 'pending').id).filter((id) => !gone.includes(id))),
      );
    }),
    // Each run fills a database: making a failure small would take minutes.
    { numRuns: 30, endOnFailure: true },
  );
});

test('retention: a folder that cannot be removed keeps its row, and does not stand in the way of those behind it', () => {
  using box = new Sandbox();
  using store = openStore(box);
  for (let seq = 1; seq <= 300; seq += 1) store.put(recordOf(seq, 'completed'), 1);
  // More than a batch of them, and the oldest.
  const stuck = new Set(Array.from({ length: 60 }, (_, index) => recordOf(index + 1, 'completed').id));
  let failing = 0;
  for (let pass = 0; pass < 10; pass += 1)
    failing = pruneJobs(store, { jobs: 100, bytes: 1e9 }, (id) => !stuck.has(id), failing).failed;
  expect(failing).toBe(60);
  expect(store.totals()).toMatchObject({ kept: 160, bytes: 160 });
  for (const id of stuck) expect(store.get(id)).toBeDefined();
  stuck.clear();
  while (pruneJobs(store, { jobs: 100, bytes: 1e9 }, () => true, failing).removed > 0);
  expect(store.totals().kept).toBe(100);
});

describe('a start', () => {
  /** The row says running, as it does when the server was killed before the index was written. */
  async function killedBeforeIndex(world: World, id: string): Promise<void> {
    const unfinished = { ...(world.jobs.record(id) as JobRecord), outcome: undefined };
    await world.stop();
    const index = new Database(world.box.file('jobs.sqlite'));
    index.run(`UPDATE jobs SET status = 'running', record = ? WHERE id = ?`, [JSON.stringify(unfinished), id]);
    index.close();
  }

  test('believes the folder: a timeout that the index missed is still a timeout', async () => {
    await using world = await World.open();
    const id = world.submit({ timeoutMs: 10 });
    world.clock.advance(10);
    await settle();
    const before = world.jobs.record(id)?.outcome;
    expect(before).toMatchObject({ timedOut: true });
    await killedBeforeIndex(world, id);
    await world.start();
    expect(world.jobs.record(id)?.outcome).toEqual(before);
    expect(world.jobs.active).toBe(0);
  });

  test('knows the exit code of a job that was killed from outside and could not write one, also without the index', async () => {
    await using world = await World.open();
    const id = world.submit();
    world.runner.run(id).vanish({ known: true, exitCode: 137 });
    await settle();
    await world.stop();
    for (const file of readdirSync(world.box.path)) if (file.startsWith('jobs.sqlite')) rmSync(world.box.file(file));
    await world.start();
    expect(world.jobs.record(id)?.outcome).toMatchObject({ exitCode: 137 });
    expect(world.log).toContain('info: jobs read back in from their folders');
  });

  test('ends the background of a job whose shell ended while no server was there, also without the index', async () => {
    await using world = await World.open();
    const id = world.submit({ background: 'end' });
    await world.stop();
    world.runner.run(id).exit(3);
    for (const file of readdirSync(world.box.path)) if (file.startsWith('jobs.sqlite')) rmSync(world.box.file(file));
    await world.start();
    await settle();
    expect(world.runner.run(id).endings).toEqual(['background']);
    expect(world.jobs.record(id)?.outcome).toMatchObject({ exitCode: 3 });
  });

  test('goes on ending what the last server had begun to end, and remembers why', async () => {
    await using world = await World.open();
    const id = world.submit();
    world.runner.run(id).print('so far');
    world.runner.run(id).folder.noteEnding('cancel');
    await world.stop();
    await world.start();
    await settle();
    expect(world.runner.run(id).endings).toEqual(['cancel']);
    expect(world.jobs.record(id)?.outcome).toMatchObject({ exitCode: -1, cancelled: true });
  });

  test('reads a lost index back from the folders: order, fates, labels, and what still runs', async () => {
    await using world = await World.open({ maxRunning: 4 });
    const [done, failed, cancelled, running, waiting] = Array.from({ length: 5 }, (_, index) =>
      world.submit({ command: `c${index}`, labels: { n: String(index) } }),
    ) as [string, string, string, string, string];
    world.runner.run(done).exit(0);
    world.runner.run(failed).exit(9);
    world.jobs.activeJob(cancelled)?.cancel();
    await settle();
    const before = [waiting, running, cancelled, failed, done].map((id) => world.jobs.record(id) as JobRecord);
    const brief = ({ id, seq, spec: asked, outcome: end }: JobRecord) => ({
      id,
      seq,
      asked,
      exitCode: end?.exitCode,
      cancelled: end?.cancelled,
    });
    await world.stop();
    for (const file of readdirSync(world.box.path)) if (file.startsWith('jobs.sqlite')) rmSync(world.box.file(file));
    await world.start({ maxRunning: 4 });
    expect(world.jobs.page(10, undefined, undefined).map(brief)).toEqual(before.map(brief));
    world.runner.run(running).exit(5);
    await settle();
    expect(world.jobs.record(running)?.outcome).toMatchObject({ exitCode: 5 });
    expect(world.submit()).not.toBe(running);
    expect(world.jobs.page(1, undefined, undefined)[0]?.seq).toBe(6);
  });

  test('throws away a folder that nobody was told of, and nothing that holds output', async () => {
    await using world = await World.open();
    await world.stop();
    for (const id of ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc']) mkdirSync(world.box.file('jobs', id));
    writeFileSync(world.box.file('jobs', 'bbbbbbbbbbbb', 'job.json'), '{"id":"bbb');
    writeFileSync(world.box.file('jobs', 'cccccccccccc', 'job.json'), '\0\0\0\0');
    writeFileSync(world.box.file('jobs', 'cccccccccccc', 'stdout'), 'the only copy');
    mkdirSync(world.box.file('jobs', 'not-a-job'));
    await world.start();
    expect(new Set(readdirSync(world.box.file('jobs')))).toEqual(new Set(['cccccccccccc', 'not-a-job']));
    expect(world.log).toEqual(['warn: a job folder cannot be read and is left as it is']);
    expect(world.jobs.kept).toBe(0);
  });

  test('a folder that cannot be made fails the submission and leaves nothing', async () => {
    await using world = await World.open();
    rmSync(world.box.file('jobs'), { recursive: true });
    writeFileSync(world.box.file('jobs'), 'in the way');
    expect(world.jobs.submit(spec(), fingerprintOf('k', 1))).toMatchObject({
      ok: false,
      failure: { reason: 'storage-failed' },
    });
    expect(world.jobs.kept).toBe(0);
    rmSync(world.box.file('jobs'));
    mkdirSync(world.box.file('jobs'));
    expect(world.jobs.submit(spec(), fingerprintOf('k', 2))).toMatchObject({ ok: true });
  });
});
