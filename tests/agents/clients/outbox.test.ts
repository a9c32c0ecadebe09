/** What a client gets that loses its line and comes back. */
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { waitFor } from '../../support/wait.ts';
import { ClientsWorld, type Json } from './world.ts';

let world: ClientsWorld;
beforeEach(async () => {
  world = new ClientsWorld();
  await world.start();
});
afterEach(async () => world[Symbol.asyncDispose]());

const prompt = (sessionId: string, text: string) => ({ sessionId, prompt: [{ type: 'text', text }] });

test('it goes on at any message, and what it gets again is the same', async () => {
  const client = await world.client();
  const sessionId = await client.open();
  await client.prompt(sessionId, '[[updates 20]] [[tool t1|edit|Edit]]');
  const all = [...client.messages];
  for (const after of [0, 1, 7, all.length - 1, all.length]) {
    client.messages.length = 0;
    client.numbers.length = 0;
    client.read(after);
    expect(client.messages).toEqual(all.slice(after));
    expect(client.numbers).toEqual(all.slice(after).map((_, index) => after + index + 1));
  }
});

test('what came while it was away comes when it is back, once', async () => {
  const client = await world.client();
  const sessionId = await client.open();
  const turn = client.request('session/prompt', prompt(sessionId, '[[slow 0.3]] [[updates 5]]'));
  await waitFor('the turn to begin', () => client.said().length > 0);
  const had = client.messages.length;
  client.leave();
  const [session] = world.world.sessions.list();
  await waitFor('the turn to end', () => world.world.sessions.get(session?.id ?? '')?.state === 'idle');
  expect(client.messages).toHaveLength(had);
  client.read();
  expect(await client.answer(turn)).toMatchObject({ result: { stopReason: 'end_turn' } });
  expect(client.said().filter((text) => text.startsWith('update'))).toHaveLength(5);
  expect(client.numbers).toEqual(client.numbers.map((_, index) => index + 1));
});

test('a question that was asked before is the same request, and is answered once', async () => {
  const client = await world.client();
  const sessionId = await client.open();
  const turn = client.request('session/prompt', prompt(sessionId, '[[permission execute|-|ls|List]]'));
  const asked = await client.asked('session/request_permission');
  const at = client.messages.indexOf(asked);
  client.leave();
  client.read(at);
  expect(client.messages.filter(({ method }) => method === 'session/request_permission')).toEqual([asked, asked]);
  const { options } = asked['params'] as { readonly options: readonly { readonly optionId: string }[] };
  for (const _ of [1, 2])
    client.send({ id: asked['id'], result: { outcome: { outcome: 'selected', optionId: options[0]?.optionId } } });
  await client.answer(turn);
  expect(client.said().filter((text) => text.includes('selected'))).toHaveLength(1);
});

test('a reader that comes takes over from the one that is there', async () => {
  const client = await world.client();
  const ends: string[] = [];
  const first = client.connection.outbox.open(undefined, { ready() {}, ended: (why) => void ends.push(why) });
  expect(client.end).toBe('replaced');
  client.read();
  expect(ends).toEqual(['replaced']);
  expect(first.ok && first.value.next()).toBeUndefined();
});

test('a number beyond what was sent is refused', async () => {
  const client = await world.client();
  const { last } = client.connection.outbox;
  expect(client.connection.outbox.open(last + 1, { ready() {}, ended() {} })).toEqual({
    ok: false,
    failure: { reason: 'beyond-last', last },
  });
});

test('a session that was removed leaves its places, and nothing in them', async () => {
  const client = await world.client();
  const sessionId = await client.open();
  await client.prompt(sessionId, '[[updates 600]]');
  await client.ask('session/delete', { sessionId });
  const { numbers } = client;
  const all = numbers.length;
  numbers.length = 0;
  client.messages.length = 0;
  client.read(0);
  expect(numbers).toHaveLength(all);
});

test('a stalled reader holds nothing in memory, and gets all when it reads on', async () => {
  const client = await world.client();
  const [sessionId, other] = [await client.open(), await client.open()];
  const watching = await world.client();
  await watching.ask('session/resume', { sessionId: other, cwd: world.world.folder });
  client.leave();
  client.request('session/prompt', prompt(sessionId, `[[updates 3000]] [[say end]]`));
  // Others are not held up by it.
  await watching.prompt(other, '[[say swift]]');
  expect(watching.said()).toEqual(['swift']);
  const [open] = world.world.sessions.list().filter(({ acpSessionId }) => acpSessionId === sessionId);
  await waitFor('the turn to end', () => world.world.sessions.get(open?.id ?? '')?.state === 'idle');
  client.read();
  await waitFor('the end', () => client.said().at(-1) === 'end');
  expect(client.said().filter((text) => text.startsWith('update'))).toEqual(
    Array.from({ length: 3000 }, (_, index) => `update ${index} `),
  );
});

test('with an outbox for each session, what names a session goes there, and loading is answered after its history', async () => {
  const client = await world.client({ outboxPerSession: true });
  const sessionId = await client.open();
  const read: Json[] = [];
  const reading = client.connection.sessionOutbox(sessionId)?.open(undefined, { ready: pull, ended() {} });
  function pull(): void {
    for (;;) {
      const message = reading?.ok === true ? reading.value.next() : undefined;
      if (message === undefined) return;
      read.push(JSON.parse(message.text) as Json);
    }
  }
  pull();
  const turn = client.request('session/prompt', prompt(sessionId, '[[say hi]]'));
  await waitFor('the answer', () => read.some(({ id }) => id === turn));
  expect(JSON.stringify(read)).toContain('"hi"');
  expect(client.said()).toEqual([]);
  const loaded = client.request('session/load', { sessionId, cwd: world.world.folder, mcpServers: [] });
  await client.answer(loaded);
  expect(read.filter((message) => JSON.stringify(message).includes('"hi"'))).toHaveLength(2);
});
