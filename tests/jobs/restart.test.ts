/** What a start finds: the folders are the truth, the index may be behind or gone. */
import { Database } from 'bun:sqlite';
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { JobFolder } from '../../src/jobs/folder.ts';
import { fingerprintOf } from '../../src/jobs/idempotency.ts';
import type { JobRecord } from '../../src/jobs/record.ts';
import { settle, waitFor } from '../support/sandbox.ts';
import { FakeRun, spec, World } from './world.ts';

// A loaded machine is slow, which is no failure.
setDefaultTimeout(30_000);

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

  test.each([
    ['', 'The server was killed while it started this command, and there is no sign that it ran'],
    ['hello', 'The server was not running when this command ended, and its exit code was not recorded'],
  ])('a server that was killed while it started a command that printed %p', async (printed, note) => {
    await using world = await World.open();
    const id = world.submit();
    world.runner.run(id).print(printed);
    await world.stop();
    for (const file of readdirSync(world.box.path)) if (file.startsWith('jobs.sqlite')) rmSync(world.box.file(file));
    // No process was written down, none is found, and none has left an exit code.
    const adopt = async ({ folder }: { folder: JobFolder }) => {
      const run = new FakeRun(folder, new Set(), undefined, { pid: 0, startTime: '' });
      run.vanish();
      return run;
    };
    await world.start({ runners: { shell: { start: () => ({ refused: 'never' }), adopt } } });
    await waitFor('the end', () => world.jobs.record(id)?.outcome);
    expect(readFileSync(world.jobsFile(id, 'stderr'), 'utf8')).toBe(note);
    expect(world.jobs.record(id)?.outcome).toMatchObject({ exitCode: -1 });
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
    expect(world.jobs.page(10, undefined).map(brief)).toEqual(before.map(brief));
    world.runner.run(running).exit(5);
    await settle();
    expect(world.jobs.record(running)?.outcome).toMatchObject({ exitCode: 5 });
    expect(world.submit()).not.toBe(running);
    expect(world.jobs.page(1, undefined)[0]?.seq).toBe(6);
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
