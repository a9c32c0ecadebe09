/** The disk that holds the data folder fills up while jobs write, and is cleared again. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { waitFor } from '../support/sandbox.ts';
import { SmallDisk, smallDiskMissing } from '../support/small-disk.ts';
import { openHome, STORY_MS } from './live-server.ts';

setDefaultTimeout(STORY_MS);

const whyNot = smallDiskMissing();
if (whyNot !== undefined) console.warn(`a full disk is not tested: no small disk can be mounted here (${whyNot})`);

describe.skipIf(whyNot !== undefined)('a full disk', () => {
  test('fails the job’s own writes, is told in the job and in /health, and the server lives', async () => {
    using disk = new SmallDisk();
    using home = openHome(join(disk.path, 'data'));
    await using server = await home.serve();
    expect(await server.health()).toMatchObject({ disk: { full: false }, problems: [] });
    // The job fills the disk itself, and its writes fail as they would in a shell: cat says so and exits with 1.
    const id = await server.exec('head -c 20000000 /dev/zero || echo "exit $?" >/dev/null; exit 6');
    const job = await server.finished(id);
    expect(job).toMatchObject({ status: 'failed', exitCode: 6 });
    expect(job.stdoutBytes).toBeGreaterThan(5_000_000);
    expect(job.stdoutBytes).toBeLessThan(8_400_000);
    expect(job.warnings?.join()).toContain('full');
    const health = await server.health();
    expect(health.disk.full).toBe(true);
    expect(health.problems.join()).toContain('full');
    // All that only reads goes on.
    expect((await server.json<unknown[]>('/jobs')).length).toBe(1);
    expect((await (await server.fetch(`/jobs/${id}/output?stream=stdout`)).arrayBuffer()).byteLength).toBe(
      job.stdoutBytes ?? 0,
    );
  });

  test('refuses a submission with 507 and leaves nothing of it; all is well again once there is room', async () => {
    using disk = new SmallDisk();
    using home = openHome(join(disk.path, 'data'));
    await using server = await home.serve();
    const before = await server.exec('echo before; read go; echo after; exit 3');
    await server.wrote(before, 'before');
    // One who follows already must not be lost, nor take the server along.
    const followed = (await server.fetch(`/jobs/${before}/events`)).text();
    const untold = await server.exec('echo early; read go; echo late');
    await server.wrote(untold, 'early');
    disk.fill();
    // One who comes now would be told of nothing.
    const follower = await server.fetch(`/jobs/${untold}/events`);
    expect(follower.status).toBe(507);
    expect(((await follower.json()) as { error: string }).error).toMatch(
      /^the events of the job could not be stored: ENOSPC: .*; make room on the disk/,
    );
    for (const headers of [{}, { 'Idempotency-Key': 'retry-me' }]) {
      const refused = await server.fetch('/exec', {
        method: 'POST',
        body: '{"command":"true"}',
        headers: { 'Content-Type': 'application/json', ...headers },
      });
      expect(refused.status).toBe(507);
      expect(refused.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(((await refused.json()) as { error: string }).error).toContain('could not be stored');
    }
    expect(await server.health()).toMatchObject({ jobs: 2, disk: { full: true } });
    // What was refused has its entry in the audit log, which has to wait once its last page is full.
    await waitFor('the audit log to say that it cannot be written', async () => {
      await server.post('/jobs/none/cancel', {});
      return (await server.health()).problems.some((problem) => problem.startsWith('the audit log cannot be written'));
    });
    // It ends while there is no room to note anything.
    expect(await (await server.post(`/jobs/${before}/nudge`, {})).json()).toMatchObject({ nudged: true });
    const ended = await server.finished(before);
    // Its echo failed with the disk full; what the shell makes of that is the shell's.
    expect(ended.exitCode).toBe(3);
    expect(ended.warnings?.join()).toContain('full');

    disk.clear();
    await waitFor('a server without problems', async () => (await server.health()).problems.length === 0);
    const audited = await server.json<{ route: string; status: number }[]>('/audit?after=0');
    expect(audited.filter(({ route, status }) => route === '/exec' && status === 507)).toHaveLength(2);
    const retried = await server.fetch('/exec', {
      method: 'POST',
      body: '{"command":"true"}',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'retry-me' },
    });
    expect(retried.status).toBe(202);
    const after = await server.finished(await server.exec('echo fine'));
    expect(after).toMatchObject({ exitCode: 0, stdout: 'fine\n' });
    expect(after.warnings).toBeUndefined();
    expect(await followed).toMatch(/event: end/);
    await server.post(`/jobs/${untold}/nudge`, {});
    const told = await (await server.fetch(`/jobs/${untold}/events`)).text();
    // In one event or two: the sampler of output may have looked between them.
    expect(told).toMatch(/event: status[^]*"text":"early\\n[^]*late\\n"[^]*event: end/);
    // A list is made from the index, which is therefore written by now.
    await server.json('/jobs');
    await server.killed();
    await using next = await home.serve();
    // What could only be noted later was.
    expect(await next.job(before)).toMatchObject({ status: 'failed', exitCode: 3 });
  });

  test('and a server that is started on it either says why not, or serves what there is', async () => {
    using disk = new SmallDisk();
    using home = openHome(join(disk.path, 'data'));
    const first = await home.serve();
    const id = await first.exec('echo kept');
    await first.finished(id);
    await first[Symbol.asyncDispose]();
    disk.fill();
    const outcome = await home.serve().catch((error: unknown) => String(error));
    if (typeof outcome === 'string') {
      expect(outcome).toMatch(/^Error: the server ended with 1: agent-server: [^\n]*\n$/);
    } else {
      await using second = outcome;
      expect(await second.job(id)).toMatchObject({ stdout: 'kept\n', exitCode: 0 });
    }
    disk.clear();
    await using third = await home.serve();
    expect(await third.job(id)).toMatchObject({ stdout: 'kept\n', exitCode: 0 });
  });
});
