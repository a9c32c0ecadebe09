/** The server is killed, stopped, told twice; what it started does not care, and the next one knows how it all went. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../support/sandbox.ts';
import { isAlive, openHome, STORY_MS, type LiveServer } from './live-server.ts';

setDefaultTimeout(STORY_MS);

const posix = describe.skipIf(process.platform === 'win32');

posix('kill -9 of the server', () => {
  test('with jobs of all kinds: every fate is right after the next start, and none runs for ever', async () => {
    using home = openHome();
    const first = await home.serve('--max-jobs', '8', '--kill-grace', '0.3');
    const go = join(home.path, 'go');
    const untilGo = `while [ ! -e '${go}' ]; do sleep 0.05; done`;
    // The first four end by themselves or are ended; the other eight last, and fill every place there is.
    const ids = {
      done: await first.exec('echo done'),
      failed: await first.exec('echo no >&2; exit 9'),
      timedOut: await first.exec('sleep 1000', { timeout: 0.05 }),
      cancelled: await first.exec('sleep 1000'),
      ends: await first.exec(`echo early; ${untilGo}; echo late; exit 3`),
      trapped: await first.exec(`trap 'echo trap; exit 21' EXIT; echo on; ${untilGo}`),
      execed: await first.exec(`exec sh -c "echo on; ${untilGo}; exit 22"`),
      signalled: await first.exec(`${untilGo}; kill -TERM $$`),
      shot: await first.exec('echo on; sleep 1000'),
      overdue: await first.exec('echo on; trap "" TERM; sleep 1000; sleep 1000', { timeout: 2 }),
      stays: await first.exec('echo on; setsid sleep 1000 & echo $!; wait'),
      background: await first.exec(`echo on; setsid sleep 1000 & echo $!; ${untilGo}`, { background: 'end' }),
    };
    await first.post(`/jobs/${ids.cancelled}/cancel`, {});
    for (const id of [ids.done, ids.failed, ids.timedOut, ids.cancelled]) await first.finished(id);
    const running = await Promise.all(
      [ids.ends, ids.trapped, ids.execed, ids.shot, ids.overdue, ids.stays, ids.background].map((id) =>
        first.wrote(id, '\n'),
      ),
    );
    const waitingIds = await Promise.all(Array.from({ length: 6 }, (_, index) => first.exec(`echo waited ${index}`)));
    await first.killed();

    // Nobody is there: some end, one is shot and can tell nobody, the others go on.
    process.kill(running[3]?.pid ?? 0, 'SIGKILL');
    writeFileSync(go, '');
    const exits = [ids.ends, ids.trapped, ids.execed, ids.signalled].map((id) =>
      Bun.file(join(home.dataDir, 'jobs', id, 'exit')),
    );
    await waitFor('their exit codes on disk', async () =>
      (await Promise.all(exits.map((file) => file.exists()))).every(Boolean),
    );

    await using second = await home.serve('--max-jobs', '8', '--kill-grace', '0.3');
    expect(await second.job(ids.stays)).toMatchObject({ status: 'running', processAlive: true });
    expect((await second.post(`/jobs/${ids.stays}/cancel`, {})).status).toBe(200);

    const told = Object.fromEntries(
      await Promise.all(Object.entries(ids).map(async ([name, id]) => [name, await second.finished(id)] as const)),
    );
    const brief = Object.fromEntries(
      Object.entries(told).map(([name, { status, exitCode }]) => [name, [status, exitCode]]),
    );
    expect(brief).toEqual({
      done: ['completed', 0],
      failed: ['failed', 9],
      ends: ['failed', 3],
      trapped: ['failed', 21],
      execed: ['failed', 22],
      signalled: ['failed', 143],
      shot: ['failed', -1],
      overdue: ['timeout', -1],
      stays: ['failed', -1],
      timedOut: ['timeout', -1],
      cancelled: ['failed', -1],
      background: ['completed', 0],
    });
    expect(told['ends']?.stdout).toBe('early\nlate\n');
    expect(told['trapped']?.stdout).toBe('on\ntrap\n');
    expect(told['shot']?.stderr).toContain('not running when this command ended');
    expect(told['cancelled']).toMatchObject({ cancelled: true, stderr: 'Command cancelled' });
    expect(told['overdue']).toMatchObject({ timedOut: true, stderr: 'Command timed out' });
    const leftBehind = [told['background'], told['stays']].map((job) => Number(job?.stdout?.split('\n')[1]));
    expect(leftBehind.map(isAlive)).toEqual([false, false]);
    expect(isAlive(running[4]?.pid ?? 0)).toBe(false);
    for (const [index, id] of waitingIds.entries())
      expect(await second.finished(id)).toMatchObject({ stdout: `waited ${index}\n`, exitCode: 0 });
    expect(await second.health()).toMatchObject({ jobs: 18, jobs_active: 0, problems: [] });
  });

  test('again and again while jobs come in: none of those that were promised is lost or runs twice', async () => {
    using home = openHome();
    const ids: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const server = await home.serve();
      const submitting = Promise.allSettled(
        Array.from({ length: 25 }, async (_, index) =>
          ids.push(await server.exec(`echo ${round}-${index} >> '${home.path}/ran'; exit ${index}`)),
        ),
      );
      // In the middle of it, somewhere else each time.
      await waitFor('some of them', () => ids.length >= round * 4 + 3);
      await server.killed();
      await submitting;
    }
    await using last = await home.serve();
    const jobs = await Promise.all(ids.map((id) => last.finished(id)));
    // Killed between opening its files and starting it: that it never ran can be told from one that ran only by what it did.
    const known = jobs.filter((job) => job.exitCode !== -1);
    expect(known.map(({ command, exitCode }) => [command, exitCode])).toEqual(
      known.map(({ command }) => [command, Number(/exit (\d+)$/.exec(command)?.[1])]),
    );
    const ran = (await Bun.file(join(home.path, 'ran')).text()).split('\n').slice(0, -1);
    expect(new Set(ran).size).toBe(ran.length);
    for (const { command } of known) expect(ran).toContain(/^echo (\S+)/.exec(command)?.[1] ?? '');
    expect(jobs.length - known.length).toBeLessThanOrEqual(4 * 2);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('a submission that is tried again after it, under its key, runs once', async () => {
    using home = openHome();
    const submit = async (server: LiveServer, key: string): Promise<string | undefined> => {
      const answer = await server.fetch('/exec', {
        method: 'POST',
        body: JSON.stringify({ command: `echo ${key} >> '${home.path}/ran'` }),
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
      });
      return ((await answer.json()) as { jobId?: string }).jobId;
    };
    const keys = Array.from({ length: 60 }, (_, index) => `key-${index}`);
    const told = new Map<string, string>();
    const first = await home.serve();
    const submitting = Promise.allSettled(
      keys.map(async (key) => {
        const id = await submit(first, key);
        if (id !== undefined) told.set(key, id);
      }),
    );
    // The index is not written yet, and some are in their folders whose answers nobody has heard.
    await waitFor('some answers', () => told.size >= 10);
    await first.killed();
    await submitting;

    await using second = await home.serve();
    for (const key of keys) {
      const id = (await submit(second, key)) ?? '';
      expect(id).toBe(told.get(key) ?? id);
      await second.finished(id);
    }
    const ran = (await Bun.file(join(home.path, 'ran')).text()).split('\n').slice(0, -1);
    expect(new Set(ran).size).toBe(ran.length);
    expect(await second.health()).toMatchObject({ jobs: keys.length });
  });
});

posix('stopping the server', () => {
  test('Ctrl-C once leaves the jobs running, says so, and the next start takes them up', async () => {
    using home = openHome();
    const first = await home.serve();
    const go = join(home.path, 'go');
    const id = await first.exec(`echo on; while [ ! -e '${go}' ]; do sleep 0.05; done; exit 4`);
    const { pid } = await first.wrote(id, 'on');
    first.signal('SIGINT');
    expect(await first.exited).toBe(0);
    expect(first.stderr).toBe(
      'agent-server: stopping; 1 job goes on and will be taken up by the next start. Press Ctrl-C again within 3 seconds to end them too.\n',
    );
    expect(isAlive(pid ?? 0)).toBe(true);
    await using second = await home.serve();
    expect(await second.job(id)).toMatchObject({ status: 'running', pid });
    writeFileSync(go, '');
    expect(await second.finished(id)).toMatchObject({ exitCode: 4, stdout: 'on\n' });
  });

  test('twice within three seconds ends them, with all they started', async () => {
    using home = openHome();
    const first = await home.serve('--kill-grace', '0.3');
    const ids = await Promise.all([
      first.exec('echo on; setsid sleep 1000 & echo $!; wait'),
      first.exec('trap "" TERM; echo on; echo $$; sleep 1000; sleep 1000'),
    ]);
    const pids = await Promise.all(
      ids.map(async (id) =>
        Number(await waitFor('its pid', async () => /on\n(\d+)\n/.exec((await first.job(id)).stdout ?? '')?.[1])),
      ),
    );
    first.signal('SIGINT');
    await waitFor('the word about a second Ctrl-C', () => first.stderr.includes('again'));
    first.signal('SIGINT');
    expect(await first.exited).toBe(0);
    expect(pids.map(isAlive)).toEqual([false, false]);
    await using second = await home.serve();
    for (const id of ids)
      expect(await second.job(id)).toMatchObject({ status: 'failed', cancelled: true, exitCode: -1 });
  });

  test('SIGTERM leaves them too and does not wait for a second thought', async () => {
    using home = openHome();
    const first = await home.serve();
    const id = await first.exec('echo on; sleep 1000');
    const { pid } = await first.wrote(id, 'on');
    const before = performance.now();
    first.signal('SIGTERM');
    expect(await first.exited).toBe(0);
    expect(performance.now() - before).toBeLessThan(2500);
    expect(first.stderr).toBe('agent-server: stopping; 1 job goes on and will be taken up by the next start\n');
    expect(isAlive(pid ?? 0)).toBe(true);
  });

  test('with nothing to leave it just stops', async () => {
    using home = openHome();
    const server = await home.serve();
    await server.finished(await server.exec('true'));
    server.signal('SIGINT');
    expect(await server.exited).toBe(0);
    expect(server.stderr).toBe('agent-server: stopping\n');
    expect(readdirSync(join(home.dataDir, 'jobs'))).toHaveLength(1);
  });
});
