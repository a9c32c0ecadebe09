/** A manager that is told to take no more, and then that it may go on: an update that did not come about. */
import { expect, test } from 'bun:test';
import { spec, World } from './world.ts';

test('neither takes nor starts anything while it drains, and goes on where it was', async () => {
  await using world = await World.open({ maxRunning: 1 });
  const { jobs, runner } = world;
  const running = world.submit();
  const waiting = world.submit();
  jobs.drain();
  expect(jobs.submit(spec())).toEqual({ ok: false, failure: { reason: 'shutting-down' } });
  runner.run(running).exit(0);
  await jobs.activeJob(running)?.finished;
  expect([...runner.runs.keys()]).toEqual([running]);
  jobs.resume();
  expect([...runner.runs.keys()]).toEqual([running, waiting]);
  runner.run(waiting).exit(0);
  await jobs.activeJob(waiting)?.finished;
  runner.run(world.submit()).exit(0);
});
