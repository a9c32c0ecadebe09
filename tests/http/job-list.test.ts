/** `GET /jobs` when its jobs have more output together than the server should hold in memory. */
import { expect, test } from 'bun:test';
import { inProcess, liveServer } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';

test('the list holds what each job’s own record holds, byte for byte', async () => {
  await using rig = await Rig.start(inProcess);
  expect(await (await rig.request('/jobs')).text()).toBe('[]');
  const ids: string[] = [];
  for (const command of ['echo "ä \\" \\\\ \u2028"', 'head -c 70000 /dev/zero', 'echo x; exit 3', 'true'])
    ids.unshift((await rig.run(command)).jobId);
  for (const query of ['', '?tailLines=1']) {
    const each = await Promise.all(ids.map(async (id) => (await rig.request(`/jobs/${id}${query}`)).text()));
    const list = await rig.request(`/jobs${query}`);
    expect(list.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await list.text()).toBe(`[${each.join(',')}]`);
  }
});

test('a list costs memory for one job’s output, not for that of all', async () => {
  await using rig = await Rig.start(liveServer);
  const jobs = 60;
  const both = 'yes | head -c 1048576; yes | head -c 1048576 >&2';
  const ids = await Promise.all(Array.from({ length: jobs }, () => rig.exec(both)));
  // Without their output: the server would keep the memory that these answers take.
  for (const id of ids)
    await rig.waitFor('it to end', async () => (await rig.job(id, '?wait=5&tailLines=0')).exitCode === 0);
  const memory = async (): Promise<number> => {
    const status = await Bun.file(`/proc/${rig.process.pid}/status`).text();
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  };
  // The baseline includes what the record of one job costs.
  await (await rig.request('/jobs?limit=1')).text();
  const before = await memory();
  const reader = (await rig.request(`/jobs?limit=${jobs}`)).body?.getReader();
  let [bytes, most] = [0, 0];
  for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
    bytes += piece.value.length;
    most = Math.max(most, await memory());
  }
  expect(bytes).toBeGreaterThan(jobs * 2 * 1024 * 1024);
  // Some 150 MiB one by one; 800 when the whole list is made at once.
  expect(most - before).toBeLessThan(400);
}, 120_000);
