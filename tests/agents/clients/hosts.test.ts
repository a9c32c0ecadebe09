/** Whose files and terminals an agent uses: this machine’s, or those that its client offers. */
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeClock } from '../../support/sandbox.ts';
import { waitFor } from '../../support/wait.ts';
import { ClientsWorld } from './world.ts';

let world: ClientsWorld;
beforeEach(() => {
  world = new ClientsWorld();
});
afterEach(async () => world[Symbol.asyncDispose]());

const FILES = { fs: { readTextFile: true, writeTextFile: true } };

test('files are this machine’s, whatever the client offers', async () => {
  await world.start();
  const client = await world.client({}, FILES);
  const sessionId = await client.open();
  writeFileSync(join(world.world.folder, 'here.txt'), 'on this machine');
  await client.prompt(sessionId, `[[read ${join(world.world.folder, 'here.txt')}]]`);
  expect(client.said()).toEqual(['read: on this machine']);
  expect(client.messages.some(({ method }) => method === 'fs/read_text_file')).toBe(false);
});

test('a client that is the host is asked for its files, and its refusal is the agent’s', async () => {
  await world.start();
  const client = await world.client({ host: 'client' }, FILES);
  const sessionId = await client.open();
  const turn = client.request('session/prompt', {
    sessionId,
    prompt: [{ type: 'text', text: '[[read /there]] [[write /there|text]]' }],
  });
  const read = await client.asked('fs/read_text_file');
  expect(read['params']).toMatchObject({ sessionId, path: '/there' });
  client.send({ id: read['id'], result: { content: 'on the client’s' } });
  const write = await client.asked('fs/write_text_file');
  client.send({ id: write['id'], error: { code: -32002, message: 'no such place', data: { path: '/there' } } });
  await client.answer(turn);
  expect(client.said()[0]).toBe('read: on the client’s');
  expect(client.said()[1]).toContain('-32002 no such place');
  expect(() => readFileSync('/there')).toThrow();
});

test('a client that is away has thirty seconds to come back, then the agent is told', async () => {
  const clock = new FakeClock();
  await world.start([], { clock });
  const client = await world.client({ host: 'client' }, FILES);
  const sessionId = await client.open();
  const turn = client.request('session/prompt', {
    sessionId,
    prompt: [{ type: 'text', text: '[[read /there]]' }],
  });
  await client.asked('fs/read_text_file');
  // However long a client takes that is there, it is waited for.
  clock.advance(300_000);
  expect(client.said()).toEqual([]);
  client.leave();
  clock.advance(29_000);
  client.connection.attach()[Symbol.dispose]();
  clock.advance(29_000);
  expect(client.said()).toEqual([]);
  clock.advance(2000);
  client.read();
  await client.answer(turn);
  expect(client.said()[0]).toContain('the client has been away for 30 s');
});

test('each client that is the host has an agent of its own, and sees exactly its own capabilities there', async () => {
  await world.start();
  const client = await world.client({ host: 'client' }, {});
  const other = await world.client({ host: 'client' }, FILES);
  await client.open();
  await other.open();
  expect(world.processes).toHaveLength(2);
  await waitFor('both', () => world.world.sessions.count === 2);
});
