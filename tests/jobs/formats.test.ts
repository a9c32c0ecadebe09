/** What is on disk says its format: what earlier builds wrote is read, what later ones wrote is left alone. */
import { Database } from 'bun:sqlite';
import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fingerprintOf } from '../../src/jobs/idempotency.ts';
import type { Running, RunRequest } from '../../src/jobs/runner.ts';
import { parseOutcome, parseRecord, parseSubmission } from '../../src/jobs/stored.ts';
import { settle } from '../support/sandbox.ts';
import { spec, World } from './world.ts';

const readJson = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
function change(path: string, more: Record<string, unknown>): void {
  writeFileSync(path, JSON.stringify({ ...readJson(path), ...more }));
}
function loseIndex(world: World): void {
  for (const name of readdirSync(world.box.path)) if (name.startsWith('jobs.sqlite')) rmSync(world.box.file(name));
}
function onIndex(world: World, action: (index: Database) => void): void {
  const index = new Database(world.box.file('jobs.sqlite'));
  action(index);
  index.close();
}
const versionOf = (world: World): unknown => {
  let version: unknown;
  onIndex(world, (index) => (version = index.query('PRAGMA user_version').get()));
  return version;
};

test('what this build writes says that it is format 1', async () => {
  await using world = await World.open();
  const id = world.submit();
  world.jobs.activeJob(id)?.cancel();
  await settle();
  await world.stop();
  expect(readJson(world.jobsFile(id, 'job.json'))).toMatchObject({ format: 1, id, seq: 1 });
  expect(readJson(world.jobsFile(id, 'outcome.json'))).toMatchObject({ format: 1, cancelled: true });
  expect(versionOf(world)).toEqual({ user_version: 1 });
});

describe('what the first builds wrote', () => {
  // As they stand in a data folder of the build before.
  const ROW =
    '{"seq":1,"spec":{"mode":"shell","command":"true","timeoutMs":300000,"background":"keep","plan":{},"labels":{}},"submittedAt":1700000000000,"id":"ID","startedAt":1700000000000,"process":{"pid":4711,"startMark":"12345"}}';
  const JOB =
    '{"seq":1,"spec":{"mode":"shell","command":"true","timeoutMs":300000,"background":"keep","plan":{},"labels":{}},"submittedAt":1700000000000,"id":"ID"}';

  test('a running job is taken up, by the process that its row names', async () => {
    await using world = await World.open();
    const id = world.submit();
    await world.stop();
    writeFileSync(world.jobsFile(id, 'job.json'), JOB.replace('ID', id));
    onIndex(world, (index) => {
      index.run('PRAGMA user_version = 0');
      index.run('UPDATE jobs SET record = ?', [ROW.replace('ID', id)]);
    });
    const adopted: Running['process'][] = [];
    const { runner } = world;
    const shell = {
      start: (request: RunRequest) => runner.start(request),
      adopt: (request: RunRequest, process: Running['process']) => {
        adopted.push(process);
        return runner.adopt(request);
      },
    };
    await world.start({ runners: { shell } });
    expect(adopted).toEqual([{ pid: 4711, startTime: '12345' }]);
    expect(world.log).toEqual([]);
    expect(world.jobs.activeJob(id)?.processAlive).toBe(true);
    runner.run(id).exit(5);
    await settle();
    expect(world.jobs.record(id)?.outcome).toMatchObject({ exitCode: 5 });
    await world.stop();
    expect(versionOf(world)).toEqual({ user_version: 1 });
  });

  test('folders without a format are read back in', async () => {
    await using world = await World.open();
    const id = world.submit();
    world.runner.run(id).vanish({ known: true, exitCode: 137 });
    await settle();
    await world.stop();
    loseIndex(world);
    writeFileSync(world.jobsFile(id, 'job.json'), JOB.replace('ID', id));
    writeFileSync(
      world.jobsFile(id, 'outcome.json'),
      '{"exitCode":137,"timedOut":false,"cancelled":false,"finishedAt":1700000000001,"warnings":[],"results":{}}',
    );
    await world.start();
    expect(world.jobs.record(id)?.outcome).toMatchObject({ exitCode: 137, finishedAt: 1700000000001 });
  });
});

describe('what a later build wrote', () => {
  test.each(['job.json', 'outcome.json'])('a folder with a later %s is left as it is and not shown', async (file) => {
    await using world = await World.open();
    const [later, known] = [world.submit(), world.submit()];
    for (const id of [later, known]) world.jobs.activeJob(id)?.cancel();
    await settle();
    await world.stop();
    loseIndex(world);
    change(world.jobsFile(later, file), { format: 2, exitCode: 'none', spec: 7, seq: 5 });
    const before = readFileSync(world.jobsFile(later, file), 'utf8');
    await world.start();
    expect(world.jobs.record(later)).toBeUndefined();
    expect(world.jobs.page(10, undefined).map(({ id }) => id)).toEqual([known]);
    expect(world.log).toContain('warn: job folders of a later version are left as they are and not shown');
    expect(readFileSync(world.jobsFile(later, file), 'utf8')).toBe(before);
    // Its number is not given away.
    const next = world.jobs.record(world.submit())?.seq;
    expect(next).toBe(file === 'job.json' ? 6 : 3);
  });

  test('also where the index says that the job runs, and nothing of it is ended', async () => {
    await using world = await World.open();
    const id = world.submit();
    await world.stop();
    writeFileSync(world.jobsFile(id, 'outcome.json'), '{"format":2}');
    await world.start();
    expect(world.jobs.record(id)).toBeUndefined();
    expect(world.runner.run(id).endings).toEqual([]);
    expect(readFileSync(world.jobsFile(id, 'outcome.json'), 'utf8')).toBe('{"format":2}');
    expect(world.jobs.record(world.submit())?.seq).toBe(2);
  });

  test('an index is set aside whole, and made again from the folders', async () => {
    await using world = await World.open();
    const id = world.submit();
    world.runner.run(id).exit(4);
    await settle();
    await world.stop();
    onIndex(world, (index) => {
      index.run('PRAGMA user_version = 2');
      index.run('ALTER TABLE jobs RENAME TO commands');
    });
    await world.start();
    expect(world.log[0]).toBe(
      'error: the job index is of a later version: it is set aside and made again from the job folders',
    );
    expect(world.jobs.record(id)?.outcome).toMatchObject({ exitCode: 4 });
    const aside = new Database(world.box.file(`jobs.sqlite.newer-${world.clock.now()}`));
    expect(aside.query('SELECT id FROM commands').all()).toEqual([{ id }]);
    aside.close();
  });
});

test('a row that holds a job in part is damage, not a job', async () => {
  await using world = await World.open();
  const id = world.submit();
  await world.stop();
  onIndex(world, (index) => index.run(`UPDATE jobs SET record = json_remove(record, '$.spec.timeoutMs')`));
  await world.start();
  expect(world.log[0]).toContain('the job index is damaged');
  expect(world.jobs.record(id)?.spec).toEqual(spec());
});

describe('what lacks a field, or has another type there, is not read', () => {
  const submission = { id: 'a', seq: 1, submittedAt: 1, spec: spec(), idempotency: { key: 'k', body: 'b' } };
  const outcome = { exitCode: 0, timedOut: false, cancelled: false, finishedAt: 1, warnings: ['w'], results: {} };
  const record = { ...submission, startedAt: 2, process: { pid: 1, startTime: 't' }, outcome };
  const cases: [string, object, (text: string) => unknown, string[]][] = [
    ['a submission', submission, parseSubmission, []],
    ['an outcome', outcome, parseOutcome, []],
    ['a row', record, parseRecord, ['idempotency']],
    [
      'what was asked for',
      spec(),
      (text) => parseSubmission(JSON.stringify({ ...submission, spec: JSON.parse(text) })),
      [],
    ],
    ['a process', record.process, (text) => parseRecord(JSON.stringify({ ...record, process: JSON.parse(text) })), []],
  ];
  test.each(cases)('%s', (_, whole, parse, ignored) => {
    expect(parse(JSON.stringify(whole))).toBeDefined();
    for (const field of Object.keys(whole).filter((name) => !ignored.includes(name)))
      expect(parse(JSON.stringify({ ...whole, [field]: [null] }))).toBeUndefined();
    expect(parse(JSON.stringify({ ...whole, labels: { n: 1 } })) === undefined).toBe('labels' in whole);
    for (const text of ['', 'null', '[]', '7', '{"id":']) expect(parseOutcome(text)).toBeUndefined();
  });
});

describe('the idempotency key', () => {
  const submit = (world: World, key: string, body: unknown) => world.jobs.submit(spec(), fingerprintOf(key, body));

  test('is restored from the folders alone', async () => {
    await using world = await World.open();
    const first = submit(world, 'k', { n: 1 });
    await world.stop();
    loseIndex(world);
    await world.start();
    expect(submit(world, 'k', { n: 1 })).toEqual(first);
    expect(submit(world, 'k', { n: 2 })).toEqual({ ok: false, failure: { reason: 'idempotency-conflict' } });
    expect(world.jobs.kept).toBe(1);
  });

  test('of two jobs belongs to the newer one, whose time it is', async () => {
    await using world = await World.open();
    submit(world, 'k', 1);
    for (let other = 0; other < 5; other += 1) {
      world.clock.advance(24 * 60 * 60 * 1000);
      submit(world, 'k', other);
    }
    const newest = submit(world, 'k', 4);
    await world.stop();
    loseIndex(world);
    await world.start();
    expect(submit(world, 'k', 4)).toEqual(newest);
  });

  test('stands in job.json before anything is started', async () => {
    await using world = await World.open();
    const { runner } = world;
    const seen: unknown[] = [];
    const start = runner.start.bind(runner);
    runner.start = (request) => {
      seen.push(readJson(request.folder.file('job.json'))['idempotency']);
      return start(request);
    };
    submit(world, 'k', 1);
    expect(seen).toEqual([fingerprintOf('k', 1)]);
  });
});
