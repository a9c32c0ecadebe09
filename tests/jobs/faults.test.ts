/** Every call of a runner and of a job's folder fails once, in every state: the job ends, says what went wrong, and the next one works. */
import { Database } from 'bun:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { messageOf } from '../../src/core/failure.ts';
import { JobFolder } from '../../src/jobs/folder.ts';
import type { JobRecord } from '../../src/jobs/record.ts';
import { settle } from '../support/sandbox.ts';
import { World } from './world.ts';

const unhandled: unknown[] = [];
const note = (error: unknown) => void unhandled.push(error);
beforeEach(() => process.on('unhandledRejection', note));
afterEach(() => {
  process.off('unhandledRejection', note);
  expect(unhandled.splice(0)).toEqual([]);
});

/** The job is done, told so to those who waited, and another one runs as if nothing had been. */
async function done(world: World, id: string, finished: Promise<void> | undefined): Promise<JobRecord> {
  await settle();
  await finished;
  expect(world.jobs.activeJob(id)).toBeUndefined();
  const next = world.submit();
  world.runner.run(next).exit(0);
  await settle();
  expect(world.jobs.record(next)?.outcome).toMatchObject({ exitCode: 0, warnings: [] });
  return world.jobs.record(id) as JobRecord;
}
const failureOf = (call: Promise<unknown> | undefined): Promise<unknown> | undefined =>
  call?.then(() => undefined, messageOf);
const stderr = (world: World, id: string): Promise<string> => Bun.file(world.jobs.folder(id).output('stderr')).text();

/** What can happen to a running job so that its processes are to be ended. */
const ENDINGS: [string, (world: World, id: string) => void | Promise<void>, object][] = [
  ['cancel', (world, id) => void world.jobs.activeJob(id)?.cancel(), { exitCode: -1, cancelled: true }],
  ['timeout', (world) => world.clock.advance(1000), { exitCode: -1, timedOut: true }],
  ['the end of its shell', (world, id) => world.runner.run(id).exit(3), { exitCode: 3, cancelled: false }],
];

describe('ending the processes fails', () => {
  test.each(ENDINGS)('at %s: the job is done and tells it', async (_, end, outcome) => {
    await using world = await World.open({ maxRunning: 1 });
    const id = world.submit({ timeoutMs: 1000, background: 'end' });
    const finished = world.jobs.activeJob(id)?.finished;
    world.runner.faults.add('end');
    await end(world, id);
    const record = await done(world, id, finished);
    expect(record.outcome).toMatchObject(outcome);
    expect(record.outcome?.warnings).toEqual([
      'not all processes of this job could be ended: end: too many open files',
    ]);
    // The next server reads the same.
    await world.stop();
    await world.start();
    expect(world.jobs.record(id)?.outcome).toEqual(record.outcome as never);
  });

  test.each(ENDINGS)('at %s of a job that an earlier server started', async (_, end, outcome) => {
    await using world = await World.open();
    const id = world.submit({ timeoutMs: 1000, background: 'end' });
    await world.stop();
    await world.start();
    const finished = world.jobs.activeJob(id)?.finished;
    world.runner.faults.add('end');
    await end(world, id);
    expect((await done(world, id, finished)).outcome).toMatchObject({ ...outcome, warnings: [expect.any(String)] });
  });

  test('of a job that was cancelled while it was started: the log tells it', async () => {
    const gate = Promise.withResolvers<void>();
    await using world = new World();
    const { runner } = world;
    const slow = {
      start: async (...request: Parameters<typeof runner.start>) => {
        await gate.promise;
        return runner.start(...request);
      },
    };
    await world.start({ runners: { slow, shell: runner } });
    const id = world.submit({ mode: 'slow' });
    const finished = world.jobs.activeJob(id)?.finished;
    world.jobs.activeJob(id)?.cancel();
    runner.faults.add('end');
    gate.resolve();
    await settle();
    runner.run(id).lose(new Error('lost'));
    expect((await done(world, id, finished)).outcome).toMatchObject({ cancelled: true, warnings: [] });
    expect(world.log).toContain('warn: a job was cancelled while it was started');
  });
});

describe('the end cannot be watched', () => {
  test('of a running job: it fails, says why, and nothing of it runs on', async () => {
    await using world = await World.open({ maxRunning: 1 });
    const id = world.submit();
    const finished = world.jobs.activeJob(id)?.finished;
    world.runner.run(id).lose(new Error('too many open files'));
    expect((await done(world, id, finished)).outcome).toMatchObject({ exitCode: -1, cancelled: false });
    expect(await stderr(world, id)).toBe('The server could no longer watch this command: too many open files');
    expect(world.runner.run(id).endings).toEqual(['background']);
  });

  test('of a job that is being ended, or has been left to the next server: nothing comes of it', async () => {
    await using world = await World.open();
    const [cancelled, left] = [world.submit(), world.submit()];
    const finished = world.jobs.activeJob(cancelled)?.finished;
    world.jobs.activeJob(cancelled)?.cancel();
    world.runner.run(cancelled).lose(new Error('lost'));
    expect((await done(world, cancelled, finished)).outcome).toMatchObject({ cancelled: true });
    await world.stop();
    world.runner.run(left).lose(new Error('lost'));
    await settle();
  });

  test('since the job cannot be taken up: the start goes on with the others', async () => {
    await using world = await World.open();
    const [id, other] = [world.submit(), world.submit()];
    await world.stop();
    world.runner.faults.add('adopt');
    await world.start();
    await settle();
    expect(world.jobs.record(id)?.outcome).toMatchObject({ exitCode: -1 });
    expect(await stderr(world, id)).toContain('adopt: too many open files');
    expect(world.jobs.activeJob(other)).toBeDefined();
  });
});

describe('input', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);

  test('a write that fails is told to its caller, and those behind it go through', async () => {
    await using world = await World.open();
    const id = world.submit();
    const job = world.jobs.activeJob(id);
    world.runner.faults.add('write');
    const first = job?.write(bytes('first'));
    const second = job?.write(bytes('second'));
    expect(await failureOf(first)).toBe('write: too many open files');
    expect(await second).toBeUndefined();
    expect(await job?.nudge(bytes('\n'))).toBeUndefined();
    expect(world.runner.run(id).written).toEqual(['second', '\n']);
    const finished = job?.finished;
    world.runner.run(id).exit(0);
    await done(world, id, finished);
  });

  test('an end of input that fails can be tried again', async () => {
    await using world = await World.open();
    const id = world.submit();
    const job = world.jobs.activeJob(id);
    world.runner.faults.add('closeInput');
    expect(await failureOf(job?.closeInput())).toBe('closeInput: too many open files');
    expect(await job?.closeInput()).toBeUndefined();
    expect(await job?.closeInput()).toBe('stdin-closed');
    const finished = job?.finished;
    world.runner.run(id).exit(0);
    await done(world, id, finished);
  });

  test('a nudge that finds no room is taken back: it does not arrive later', async () => {
    await using world = await World.open();
    const id = world.submit();
    const run = world.runner.run(id);
    let given: AbortSignal | undefined;
    run.write = (_data: Uint8Array, signal?: AbortSignal) => {
      given = signal;
      return new Promise<'stdin-full'>((resolve) =>
        signal?.addEventListener('abort', () => resolve('stdin-full'), { once: true }),
      );
    };
    const job = world.jobs.activeJob(id);
    const first = job?.nudge(bytes('\n'));
    expect(await job?.nudge(bytes('\n'))).toBe('stdin-full');
    expect(await first).toBe('stdin-full');
    expect(given?.aborted).toBe(true);
  });
});

describe('the stop', () => {
  test('one job that cannot be released does not keep the others', async () => {
    await using world = await World.open();
    const ids = [world.submit(), world.submit()];
    world.runner.faults.add('release');
    await world.stop();
    expect(ids.map((id) => world.runner.run(id).released)).toEqual([false, true]);
    expect(world.log).toContain('warn: the handles of a job that goes on could not be released');
  });

  test('a runner that cannot be closed: its jobs are ended one by one', async () => {
    await using world = new World();
    const { runner } = world;
    const bound = {
      start: (...request: Parameters<typeof runner.start>) => runner.start(...request),
      close: async () => {
        throw new Error('cannot close');
      },
    };
    await world.start({ runners: { bound, shell: runner } });
    const [ended, kept] = [world.submit({ mode: 'bound' }), world.submit()];
    await world.stop();
    expect(runner.run(ended).endings).toEqual(['cancel']);
    expect(runner.run(kept).endings).toEqual([]);
    expect(world.log.join()).toContain('a runner could not be closed');
  });
});

describe('a call of the job’s folder fails', () => {
  /** The next use of that method or property throws. */
  function failOnce(name: string): Disposable {
    const was = Object.getOwnPropertyDescriptor(JobFolder.prototype, name);
    if (was === undefined) throw new Error(`a folder has no ${name}`);
    const restore = () => Object.defineProperty(JobFolder.prototype, name, was);
    const fail = () => {
      restore();
      throw new Error(`${name}: input/output error`);
    };
    Object.defineProperty(JobFolder.prototype, name, was.get ? { ...was, get: fail } : { ...was, value: fail });
    return { [Symbol.dispose]: () => void restore() };
  }

  const CALLS = ['noteEnding', 'outputStat', 'appendNote', 'saveOutcome', 'exitCode', 'outputBytes'];
  test.each(CALLS.flatMap((call) => ENDINGS.map(([how, end]) => [call, how, end] as const)))(
    '%s at %s',
    async (call, _, end) => {
      await using world = await World.open({ maxRunning: 1 });
      const id = world.submit({ timeoutMs: 1000 });
      const finished = world.jobs.activeJob(id)?.finished;
      {
        using _failing = failOnce(call);
        await end(world, id);
        await settle();
      }
      await done(world, id, finished);
    },
  );

  test.each(['startedAt', 'exitedAt'])('%s of a job that an earlier server started', async (call) => {
    await using world = await World.open();
    const id = world.submit();
    await world.stop();
    // Killed before the index was told that the job runs.
    const index = new Database(world.box.file('jobs.sqlite'));
    index.run(`UPDATE jobs SET status = 'pending', record = json_remove(record, '$.startedAt')`);
    index.close();
    using _failing = failOnce(call);
    await world.start();
    const finished = world.jobs.activeJob(id)?.finished;
    world.runner.run(id).exit(4);
    expect((await done(world, id, finished)).outcome).toMatchObject({ exitCode: 4 });
  });

  test('the machine cannot say what is wrong with it', async () => {
    let calls = 0;
    const warnings = (): string[] => {
      calls += 1;
      if (calls === 1) throw new Error('statfs failed');
      return [];
    };
    await using world = await World.open({ warnings });
    const id = world.submit();
    const finished = world.jobs.activeJob(id)?.finished;
    world.runner.run(id).exit(0);
    expect((await done(world, id, finished)).outcome).toMatchObject({ exitCode: 0, warnings: ['statfs failed'] });
  });
});

test('polls that are over leave nothing behind on the job', async () => {
  await using world = await World.open();
  const id = world.submit();
  const job = world.jobs.activeJob(id);
  const polls = Array.from({ length: 1000 }, () => world.jobs.finished(id, 10, new AbortController().signal));
  const gone = new AbortController();
  const left = world.jobs.finished(id, 10_000, gone.signal);
  expect(job?.whenFinished.waiting).toBe(1001);
  gone.abort();
  world.clock.advance(10);
  expect(new Set(await Promise.all([...polls, left]))).toEqual(new Set([false]));
  expect(job?.whenFinished.waiting).toBe(0);
  const last = world.jobs.finished(id, 10, new AbortController().signal);
  world.runner.run(id).exit(0);
  expect(await last).toBe(true);
  expect(job?.whenFinished.waiting).toBe(0);
});
