/** The queue and safe retries: stories and a model over the manager. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import { fingerprintOf, IDEMPOTENCY_MS } from '../../src/jobs/idempotency.ts';
import { statusOf, type JobRecord } from '../../src/jobs/record.ts';
import { settle } from '../support/sandbox.ts';
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
