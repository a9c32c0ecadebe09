/** Very many jobs, and very much output: regression guards with generous bounds, not measurements. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { closeSync, openSync } from 'node:fs';
import type { JobResource } from '../../src/protocol/job.ts';
import { waitFor } from '../support/sandbox.ts';
import { openHome, STORY_MS, type LiveServer } from './live-server.ts';

setDefaultTimeout(STORY_MS);

const MIB = 1024 * 1024;

/** All jobs, page by page. */
async function history(server: LiveServer): Promise<JobResource[]> {
  const all: JobResource[] = [];
  for (let before = ''; ; before = `&before=${all.at(-1)?.jobId}`) {
    const page = await server.json<JobResource[]>(`/jobs?limit=100${before}`);
    all.push(...page);
    if (page.length < 100) return all;
  }
}

describe.skipIf(process.platform === 'win32')('scale', () => {
  test('a thousand jobs run at once, are told apart, and end', async () => {
    using home = openHome();
    await using server = await home.serve();
    // All of them wait to open a FIFO that nobody writes to yet.
    const gate = `${home.path}/gate`;
    Bun.spawnSync(['mkfifo', gate]);
    const ids = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => server.exec(`: <'${gate}'; exit ${index % 200}`)),
    );
    expect(new Set(ids).size).toBe(1000);
    expect(await server.health()).toMatchObject({ jobs: 1000, jobs_active: 1000 });
    const processes = new Set(
      (await history(server))
        .filter(({ status, processAlive }) => status === 'running' && processAlive)
        .map(({ pid }) => pid),
    );
    expect(processes.size).toBe(1000);
    closeSync(openSync(gate, 'r+'));
    await waitFor('all to be done', async () => (await server.health()).jobs_active === 0, STORY_MS);
    const codes = new Map((await history(server)).map(({ jobId, exitCode }) => [jobId, exitCode]));
    expect(ids.map((id) => codes.get(id))).toEqual(ids.map((_, index) => index % 200));
  });

  test('a gigabyte of output does not pass through the server’s memory', async () => {
    using home = openHome();
    await using server = await home.serve();
    await server.finished(await server.exec('echo warm'));
    const before = server.memory;
    const id = await server.exec('head -c 1073741824 /dev/zero');
    let most = before;
    for (let job = await server.job(id); job.exitCode === undefined; job = await server.json(`/jobs/${id}?wait=0.2`))
      most = Math.max(most, server.memory);
    const job = await server.job(id);
    expect(job).toMatchObject({ exitCode: 0, stdoutBytes: 1073741824, stdoutTruncated: true });
    most = Math.max(most, server.memory);
    expect(most - before).toBeLessThan(150 * MIB);
    const slice = await server.fetch(`/jobs/${id}/output?stream=stdout`, { headers: { Range: 'bytes=1073741820-' } });
    expect({ status: slice.status, bytes: (await slice.arrayBuffer()).byteLength }).toEqual({ status: 206, bytes: 4 });
  });
});
