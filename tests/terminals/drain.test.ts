/** Terminals of a server that is told to take no more, and then that it may go on. */
import { expect, test } from 'bun:test';
import { World } from './world.ts';

test('none is opened while it drains', async () => {
  await using world = await World.open();
  const { terminals } = world;
  terminals.drain();
  expect(terminals.open({ kind: 'kept', shell: 'sh' })).toEqual({ ok: false, failure: { reason: 'shutting-down' } });
  terminals.resume();
  expect(terminals.open({ kind: 'kept', shell: 'sh' }).ok).toBe(true);
});
