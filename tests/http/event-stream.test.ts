/** Followers that leave in the ways a client library and a proxy do. */
import { expect, test } from 'bun:test';
import { inProcess } from '../support/doors.ts';
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

test('a follower that never reads does not hold the job', async () => {
  await using rig = await Rig.start(inProcess);
  const id = await rig.exec(rig.commands.count(2000));
  const response = await rig.request(`/jobs/${id}/events`);
  expect((await rig.finished(id)).status).toBe('completed');
  await response.body?.cancel();
});
