/** Sessions that are opened again. */
import { expect, test } from 'bun:test';
import { SessionsWorld } from './world.ts';

const text = (words: string) => [{ type: 'text', text: words }];

/** A session that was used and closed. */
async function closed(world: SessionsWorld): Promise<string> {
  await world.start();
  const { id } = await world.open();
  const turn = world.sessions.find(id)?.session.prompt(text('[[say hi]]'));
  if (turn?.ok) await turn.value.ended;
  await world.sessions.delete(id);
  return id;
}

test('it keeps its title, also when it fails to open', async () => {
  await using world = new SessionsWorld();
  const id = await closed(world);
  expect(world.record(id).title).toBe('[[say hi]]');
  expect(await world.open({ resume: id })).toMatchObject({ state: 'idle', title: '[[say hi]]' });
  await world.sessions.delete(id);
  expect(await world.open({ resume: id, agent: 'false' })).toMatchObject({ state: 'failed', title: '[[say hi]]' });
});
