/** Paging and retention: models over the store. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import { silentLog } from '../../src/core/log.ts';
import { JOB_STATUSES, statusOf, type JobRecord, type JobStatus } from '../../src/jobs/record.ts';
import { pruneJobs } from '../../src/jobs/retention.ts';
import { JobStore } from '../../src/jobs/store.ts';
import { Sandbox } from '../support/sandbox.ts';
import { recordOf } from './records.ts';

// A loaded machine is slow, which is no failure.
setDefaultTimeout(30_000);

const openStore = (box: Sandbox): JobStore => JobStore.open(box.file('jobs.sqlite'), silentLog, () => 7);
const anyStatus = fc.constantFrom(...JOB_STATUSES);
const anyCommand = fc.constantFrom('make all', 'MAKE it', 'é', '100% "sure"');

test('paging: pages put together are the whole history, newest first, whatever is written and what still waits to be', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyStatus, fc.boolean(), anyStatus, anyCommand, fc.boolean()), { maxLength: 30 }),
      fc.record({
        status: fc.option(anyStatus, { nil: undefined }),
        cancelled: fc.option(fc.boolean(), { nil: undefined }),
        find: fc.option(fc.constantFrom('', 'make', 'É', '%', '"'), { nil: undefined }),
      }),
      fc.integer({ min: 1, max: 7 }),
      (history, filter, limit) => {
        using box = new Sandbox();
        using store = openStore(box);
        const model: JobRecord[] = [];
        for (const [index, [first, flush, later, command, cancelled]] of history.entries()) {
          store.put(recordOf(index + 1, first), 0);
          if (flush) store.flush();
          const record = recordOf(index + 1, later);
          const { spec, outcome } = record;
          const now = {
            ...record,
            spec: { ...spec, command },
            outcome: outcome === undefined ? undefined : { ...outcome, cancelled },
          };
          model.push(now);
          store.put(now, 0);
        }
        const { status, cancelled, find = '' } = filter;
        const expected = model
          .filter((record) => status === undefined || statusOf(record) === status)
          .filter(({ outcome }) => cancelled === undefined || cancelled === (outcome?.cancelled === true))
          .filter(({ spec }) => spec.command.toLowerCase().includes(find.toLowerCase()))
          .toReversed();
        const pages: JobRecord[] = [];
        for (let before: number | undefined; ; before = pages.at(-1)?.seq) {
          const page = store.page({ limit, before, ...filter });
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
