/** Paging over history, against the list of what was submitted. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { inProcess } from '../support/doors.ts';
import { Rig, type JobView } from '../support/rig.ts';

let rig: Rig;
const newestFirst: { id: string; status: string }[] = [];

beforeAll(async () => {
  rig = await Rig.start(inProcess);
  const { commands } = rig;
  // Submitted faster than they end, so that they end in another order than they were submitted.
  const ids = await Promise.all(Array.from({ length: 60 }, async (_, n) => rig.exec(commands.exit(n % 3))));
  const jobs = await Promise.all(ids.map(async (id) => rig.finished(id)));
  jobs.sort((a, b) => b.submittedAt - a.submittedAt);
  newestFirst.push(...jobs.map(({ jobId, status }) => ({ id: jobId, status })));
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

test('every page size and status yields each job exactly once, newest first', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 100 }),
      fc.constantFrom(undefined, 'completed', 'failed', 'timeout', 'running'),
      async (limit, status) => {
        const seen: JobView[] = [];
        for (;;) {
          const query = new URLSearchParams({ limit: String(limit), tailLines: '0' });
          if (status !== undefined) query.set('status', status);
          const last = seen.at(-1);
          if (last !== undefined) query.set('before', last.jobId);
          const page = await rig.get<JobView[]>(`/jobs?${query.toString()}`);
          expect(page.length).toBeLessThanOrEqual(limit);
          if (page.length === 0) break;
          // A page that repeats jobs would never come to an end.
          expect(seen.length + page.length).toBeLessThanOrEqual(newestFirst.length);
          seen.push(...page);
        }
        const wanted = newestFirst.filter((job) => status === undefined || job.status === status).map(({ id }) => id);
        expect(seen.map(({ jobId }) => jobId).toSorted()).toEqual([...wanted].toSorted());
        expect(seen.map(({ submittedAt }) => submittedAt)).toEqual(
          seen.map(({ submittedAt }) => submittedAt).toSorted((a, b) => b - a),
        );
      },
    ),
    { numRuns: 40 },
  );
});

test('jobs submitted while somebody pages do not disturb the pages to come', async () => {
  const first = await rig.get<JobView[]>('/jobs?limit=10');
  const added = await rig.exec(rig.commands.exit(0));
  const second = await rig.get<JobView[]>(`/jobs?limit=100&before=${first.at(-1)?.jobId}`);
  await rig.finished(added);
  const ids = [...first, ...second].map(({ jobId }) => jobId);
  expect(ids).not.toContain(added);
  expect([...ids].toSorted()).toEqual(newestFirst.map(({ id }) => id).toSorted());
});
