/** Whatever happens to jobs, in whatever order: each ends once, as the first thing that ended it says. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import { statusOf, type JobRecord } from '../../src/jobs/record.ts';
import { settle } from '../support/sandbox.ts';
import { spec, World } from './world.ts';

// A loaded machine is slow, which is no failure.
setDefaultTimeout(30_000);

const MAX_RUNNING = 2;
const TIMEOUT_MS = 1000;

/** What we believe of a job. */
interface Belief {
  id: string;
  at: 'queued' | 'running' | 'done';
  deadline: number;
  background: 'keep' | 'end';
  refused: boolean;
  wrote: boolean;
  input: string[];
  inputClosed: boolean;
  ending?: { exitCode: number; timedOut: boolean; cancelled: boolean };
}
interface Model {
  jobs: Belief[];
  now: number;
  refusing: boolean;
}
type Command = fc.AsyncCommand<Model, World>;

const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(1, list.length)];

/** The queue moves up: jobs start in order of submission while there is room. */
function moveUp(model: Model): void {
  for (const job of model.jobs) {
    if (job.at !== 'queued' || model.jobs.filter(({ at }) => at === 'running').length >= MAX_RUNNING) continue;
    if (model.refusing) finish(job, { exitCode: 1, timedOut: false, cancelled: false }, true);
    else Object.assign(job, { at: 'running', deadline: model.now + TIMEOUT_MS });
  }
}
function finish(job: Belief, ending: NonNullable<Belief['ending']>, refused = false): void {
  Object.assign(job, { at: 'done', ending, refused });
}
const byItself = (exitCode: number) => ({ exitCode, timedOut: false, cancelled: false });

function checkAll(model: Model, { jobs, runner }: World): void {
  for (const belief of model.jobs) {
    const record = jobs.record(belief.id) as JobRecord;
    expect({
      id: belief.id,
      status: statusOf(record) === 'pending' ? 'queued' : record.outcome === undefined ? 'running' : 'done',
    }).toEqual({ id: belief.id, status: belief.at });
    expect(jobs.activeJob(belief.id) !== undefined).toBe(belief.at !== 'done');
    if (belief.ending !== undefined) expect(record.outcome).toMatchObject(belief.ending);
    const run = runner.runs.get(belief.id);
    expect(run?.written ?? []).toEqual(belief.input);
    expect(run?.inputClosed ?? false).toBe(belief.inputClosed);
    const { exitCode, timedOut, cancelled } = belief.ending ?? {};
    const because = timedOut
      ? ['timeout']
      : cancelled
        ? ['cancel']
        : exitCode !== undefined && belief.background === 'end'
          ? ['background']
          : [];
    if (run !== undefined) expect(run.endings).toEqual(because);
  }
  expect(jobs.active).toBe(model.jobs.filter(({ at }) => at !== 'done').length);
  expect(jobs.kept).toBe(model.jobs.length);
}

const command = (
  name: string,
  run: (model: Model, world: World) => Promise<void> | void,
  check: (model: Readonly<Model>) => boolean = () => true,
): Command => ({
  toString: () => name,
  check,
  run: async (model, world) => {
    await run(model, world);
    await settle();
    moveUp(model);
    checkAll(model, world);
  },
});

const submit = fc.constantFrom('keep' as const, 'end' as const).map((background) =>
  command(`submit(${background})`, (model, world) => {
    const id = world.submit({ background, timeoutMs: TIMEOUT_MS });
    model.jobs.push({
      id,
      at: 'queued',
      deadline: Infinity,
      background,
      refused: false,
      wrote: false,
      input: [],
      inputClosed: false,
    });
  }),
);
const exit = fc.tuple(fc.nat(9), fc.integer({ min: 0, max: 255 })).map(([at, code]) =>
  command(`exit(${at}, ${code})`, (model, world) => {
    const job = pick(
      model.jobs.filter((one) => one.at === 'running'),
      at,
    );
    if (job === undefined) return;
    world.runner.run(job.id).exit(code);
    finish(job, byItself(code));
  }),
);
const vanish = fc.nat(9).map((at) =>
  command(`vanish(${at})`, (model, world) => {
    const job = pick(
      model.jobs.filter((one) => one.at === 'running'),
      at,
    );
    if (job === undefined) return;
    world.runner.run(job.id).vanish();
    finish(job, byItself(-1));
  }),
);
const cancel = fc.tuple(fc.nat(9), fc.boolean()).map(([at, twice]) =>
  command(`cancel(${at}${twice ? ', twice' : ''})`, (model, world) => {
    const job = pick(model.jobs, at);
    if (job === undefined) return;
    const active = world.jobs.activeJob(job.id);
    expect(active?.cancel() ?? false).toBe(job.at !== 'done');
    if (twice && job.at === 'running') expect(active?.cancel()).toBe(true);
    if (twice && job.at === 'queued') expect(active?.cancel()).toBe(false);
    if (job.at !== 'done') finish(job, { exitCode: -1, timedOut: false, cancelled: true });
  }),
);
const pass = fc.integer({ min: 1, max: 1500 }).map((ms) =>
  command(`pass(${ms} ms)`, (model, world) => {
    world.clock.advance(ms);
    model.now += ms;
    for (const job of model.jobs)
      if (job.at === 'running' && job.deadline <= model.now)
        finish(job, { exitCode: -1, timedOut: true, cancelled: false });
  }),
);
const input = fc.tuple(fc.nat(9), fc.string({ maxLength: 4 })).map(([at, text]) =>
  command(`input(${at}, ${JSON.stringify(text)})`, async (model, world) => {
    const job = pick(model.jobs, at);
    const active = job === undefined ? undefined : world.jobs.activeJob(job.id);
    if (job === undefined || active === undefined) return;
    const refusal = await active.write(new TextEncoder().encode(text));
    expect(refusal).toBe(job.at !== 'running' ? 'not-running' : job.inputClosed ? 'stdin-closed' : undefined);
    if (refusal === undefined) job.input.push(text);
  }),
);
const eof = fc.nat(9).map((at) =>
  command(`eof(${at})`, async (model, world) => {
    const job = pick(model.jobs, at);
    const active = job === undefined ? undefined : world.jobs.activeJob(job.id);
    if (job === undefined || active === undefined) return;
    expect(await active.closeInput()).toBe(
      job.at !== 'running' ? 'not-running' : job.inputClosed ? 'stdin-closed' : undefined,
    );
    if (job.at === 'running') job.inputClosed = true;
  }),
);
const refuse = fc.boolean().map((refusing) =>
  command(`refusing = ${refusing}`, (model, world) => {
    model.refusing = refusing;
    world.runner.refuse = refusing ? 'no such shell' : undefined;
  }),
);
const restart = fc.constantFrom('exit', 'vanish', 'stay').map((meanwhile) =>
  command(`restart(${meanwhile})`, async (model, world) => {
    const running = model.jobs.filter(({ at }) => at === 'running');
    await world.stop();
    for (const job of running) {
      expect(world.runner.run(job.id).released).toBe(true);
      if (meanwhile === 'stay') continue;
      const run = world.runner.run(job.id);
      if (meanwhile === 'exit') run.exit(7);
      else run.vanish();
      finish(job, byItself(meanwhile === 'exit' ? 7 : -1));
    }
    // Input that was ended stays ended for the program; the next server has not told it so.
    for (const job of running) if (job.at === 'running') world.runner.run(job.id).inputClosed = job.inputClosed = false;
    await world.start({ maxRunning: MAX_RUNNING });
  }),
);

test('a model of a job’s life', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.commands([submit, submit, exit, vanish, cancel, pass, input, eof, refuse, restart], { maxCommands: 25 }),
      async (commands) => {
        const world = await World.open({ maxRunning: MAX_RUNNING });
        await using _ = world;
        await fc.asyncModelRun(() => ({ model: { jobs: [], now: 0, refusing: false }, real: world }), commands);
      },
    ),
    { numRuns: 40, endOnFailure: false },
  );
});

test('what a job says about its own end on stderr', async () => {
  await using world = await World.open();
  const stderr = async (id: string) => Bun.file(world.jobs.folder(id).output('stderr')).text();
  const [timeout, cancelled, lost, talkative, talkativeLost] = Array.from({ length: 5 }, () =>
    world.submit({ timeoutMs: 1000 }),
  ) as [string, string, string, string, string];
  world.runner.run(talkative).print('my own words\n', 'stderr');
  world.runner.run(talkativeLost).print('my own words\n', 'stderr');
  world.jobs.activeJob(cancelled)?.cancel();
  world.runner.run(lost).vanish();
  world.runner.run(talkativeLost).vanish();
  await settle();
  world.clock.advance(1000);
  await settle();
  expect(await stderr(timeout)).toBe('Command timed out');
  expect(await stderr(cancelled)).toBe('Command cancelled');
  expect(await stderr(lost)).toContain('was not running');
  expect(await stderr(talkative)).toBe('my own words\n');
  expect(await stderr(talkativeLost)).toMatch(/^my own words\n\nThe server was not running/);
});

test('a job that took long to be taken up again has only the rest of its time', async () => {
  await using world = await World.open();
  const id = world.submit({ timeoutMs: 10_000 });
  world.clock.advance(6000);
  await world.stop();
  world.clock.advance(3000);
  await world.start();
  world.clock.advance(999);
  await settle();
  expect(world.jobs.activeJob(id)).toBeDefined();
  world.clock.advance(1);
  await settle();
  expect(world.jobs.record(id)?.outcome).toMatchObject({ timedOut: true, exitCode: -1 });
});

test('no timer is left behind by a job that is done', async () => {
  await using world = await World.open();
  const ids = [world.submit(), world.submit(), world.submit({ timeoutMs: 5 })];
  world.runner.run(ids[0] ?? '').exit(0);
  world.jobs.activeJob(ids[1] ?? '')?.cancel();
  world.clock.advance(5);
  await settle();
  expect(world.jobs.active).toBe(0);
  expect(world.clock.pending).toBe(0);
});

test('a mode that this server does not have fails its jobs with a word, also those that waited', async () => {
  await using world = await World.open({ runners: {} });
  const id = world.submit();
  await settle();
  expect(world.jobs.record(id)?.outcome?.exitCode).toBe(1);
  expect(await Bun.file(world.jobs.folder(id).output('stderr')).text()).toContain('cannot run jobs of that mode');
});

test('a manager that goes down takes no more jobs', async () => {
  await using world = await World.open();
  const jobs = world.jobs;
  const id = world.submit();
  await jobs.cancelAll();
  expect(jobs.record(id)?.outcome).toMatchObject({ cancelled: true });
  expect(jobs.submit(spec())).toEqual({ ok: false, failure: { reason: 'shutting-down' } });
});
