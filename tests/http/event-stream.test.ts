/** Followers that leave in the ways a client library and a proxy do. */
import { expect, test } from 'bun:test';
import { inProcess } from '../support/doors.ts';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Rig } from '../support/rig.ts';

test('a reader that cancels without aborting its request does not keep the server busy', async () => {
  await using rig = await Rig.start(inProcess);
  const gate = rig.gate();
  const id = await rig.exec(rig.commands.waitForFile(gate.path));
  await rig.running(id);
  const response = await rig.request(`/jobs/${id}/events`);
  const reader = response.body?.getReader();
  // `retry`, then `status`; the next read waits for what is not there yet.
  await reader?.read();
  await reader?.read();
  const waiting = reader?.read();
  await reader?.cancel();
  expect(await waiting).toMatchObject({ done: true });
  // A loop of microtasks would never let this timer fire.
  await Bun.sleep(0);
  expect((await rig.ask('/health')).status).toBe(200);
  gate.open();
  expect((await rig.finished(id)).status).toBe('completed');
});

test('the stream of a job that is removed ends', async () => {
  await using rig = await Rig.start(inProcess, { flags: { 'max-jobs': '1' } });
  const gate = rig.gate();
  await rig.exec(rig.commands.waitForFile(gate.path));
  const waiting = await rig.exec(rig.commands.print('x'));
  const response = await rig.request(`/jobs/${waiting}/events`);
  rmSync(join(rig.place.data, 'jobs', waiting), { recursive: true });
  await rig.post(`/jobs/${waiting}/cancel`);
  // Ends, rather than saying that it is still there until the reader gives up.
  expect(await response.text()).toBe('retry: 1000\n\n');
  gate.open();
});

test('a follower that never reads does not hold the job', async () => {
  await using rig = await Rig.start(inProcess);
  const id = await rig.exec(rig.commands.count(2000));
  const response = await rig.request(`/jobs/${id}/events`);
  expect((await rig.finished(id)).status).toBe('completed');
  await response.body?.cancel();
});
