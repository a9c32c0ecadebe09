/** What the next server makes of the sessions of one that was killed: its files are as they were at that moment. */
import { expect, test } from 'bun:test';
import type { SessionEntry } from '../../../src/agents/session/entry.ts';
import { SessionsWorld } from './world.ts';

const text = (words: string) => [{ type: 'text', text: words }];
const turnsOf = (log: readonly SessionEntry[], kind: string) =>
  log.filter(({ event }) => event === kind).map(({ data }) => (data as { turn: number }).turn);

/** A session in whose first turn the server was killed, with two prompts that wait. */
async function killed(world: SessionsWorld): Promise<string> {
  await world.start();
  const { id } = await world.open();
  const session = world.sessions.find(id)?.session;
  session?.prompt(text('[[slow 60]]'));
  await world.waitFor('its first word', () => world.log(id).some(({ event }) => event === 'agent_message_chunk'));
  for (const words of ['a', 'b']) session?.prompt(text(words));
  const left = world.keep(id);
  await world.sessions[Symbol.asyncDispose]();
  left();
  return id;
}

test('every prompt that was accepted has one end, and its number is not given again', async () => {
  await using world = new SessionsWorld();
  const id = await killed(world);
  await world.start();
  expect(world.record(id)).toMatchObject({ state: 'closed', turns: 3, queued: 0 });
  expect(world.record(id).error).toContain('in the middle of turn 1');
  expect(world.record(id).lastEventId).toBe(world.log(id).length);
  expect(turnsOf(world.log(id), 'turn_end')).toEqual([1, 2, 3]);
  expect(world.log(id).at(-1)).toMatchObject({ event: 'state', data: { state: 'closed' } });
  await world.open({ resume: id });
  const turn = world.sessions.find(id)?.session.prompt(text('again'));
  expect(turn).toMatchObject({ ok: true, value: { number: 4 } });
});

test('a turn whose end is in the log and not in the record yet has no second end', async () => {
  await using world = new SessionsWorld();
  await world.start();
  const { id } = await world.open();
  const turn = world.sessions.find(id)?.session.prompt(text('hi'));
  if (turn?.ok) await turn.value.ended;
  await world.sessions[Symbol.asyncDispose]();
  world.change(id, { state: 'running' });
  await world.start();
  expect(turnsOf(world.log(id), 'turn_end')).toEqual([1]);
  expect(world.record(id).error).toBe('the server was killed while the session was open');
});

test('a log that cannot be read keeps no server from starting', async () => {
  await using world = new SessionsWorld();
  const id = await killed(world);
  world.append(id, 'no entry at all\n');
  await world.start();
  expect(world.record(id)).toMatchObject({ state: 'closed', queued: 0 });
  expect(world.record(id).error).toContain('the server was killed');
  expect(world.warnings).toEqual(['the log of an agent session could not be completed']);
});

test('a record that says it is another’s is left alone', async () => {
  await using world = new SessionsWorld();
  const id = await killed(world);
  world.change(id, { id: '../../elsewhere' });
  await world.start();
  expect(world.sessions.list()).toEqual([]);
  expect(turnsOf(world.log(id), 'turn_end')).toEqual([]);
});
