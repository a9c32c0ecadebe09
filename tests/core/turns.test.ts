/** So many at once, in the order in which they came, and nobody waits for ever. */
import { expect, test } from 'bun:test';
import { Turns } from '../../src/core/turns.ts';
import { FakeClock, settle } from '../support/sandbox.ts';

const stays = new AbortController().signal;

test('the others come in their order, each once one has left', async () => {
  const turns = new Turns(2, new FakeClock());
  const first = await turns.take(stays);
  using _second = await turns.take(stays);
  const came: string[] = [];
  const third = turns.take(stays).then((turn) => (came.push('third'), turn));
  const fourth = turns.take(stays).then((turn) => (came.push('fourth'), turn));
  await settle();
  expect(came).toEqual([]);
  first?.[Symbol.dispose]();
  // Only once, whoever says so again.
  first?.[Symbol.dispose]();
  await settle();
  expect(came).toEqual(['third']);
  (await third)?.[Symbol.dispose]();
  expect(await fourth).toBeDefined();
  expect(came).toEqual(['third', 'fourth']);
});

test('who waits for 30 seconds, or leaves, gets none and takes none from others', async () => {
  const clock = new FakeClock();
  const turns = new Turns(1, clock);
  const held = await turns.take(stays);
  const leaving = new AbortController();
  const left = turns.take(leaving.signal);
  const late = turns.take(stays);
  leaving.abort();
  expect(await left).toBeUndefined();
  clock.advance(30_000);
  expect(await late).toBeUndefined();
  held?.[Symbol.dispose]();
  expect(await turns.take(leaving.signal)).toBeUndefined();
  expect(await turns.take(stays)).toBeDefined();
});
