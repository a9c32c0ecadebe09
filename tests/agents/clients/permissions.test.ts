/** What an agent asks, and several clients may answer. */
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { waitFor } from '../../support/wait.ts';
import { ClientsWorld, type Client, type Json } from './world.ts';

let world: ClientsWorld;
beforeEach(async () => {
  world = new ClientsWorld();
  await world.start();
});
afterEach(async () => world[Symbol.asyncDispose]());

const ASK = '[[permission execute|-|ls|List]]';
const optionOf = (asked: Json): string => {
  const { options } = asked['params'] as { readonly options: readonly { readonly optionId: string }[] };
  return options[0]?.optionId ?? '';
};
const select = (client: Client, asked: Json, optionId = optionOf(asked)) =>
  client.send({ id: asked['id'], result: { outcome: { outcome: 'selected', optionId } } });
const prompt = (sessionId: string, text: string) => ({ sessionId, prompt: [{ type: 'text', text }] });
const pending = () => world.world.sessions.pendingPermissions;

async function two() {
  const [first, second] = [await world.client(), await world.client()];
  const sessionId = await first.open();
  await second.ask('session/resume', { sessionId, cwd: world.world.folder });
  return { first, second, sessionId };
}

test('all who are attached are asked; the first answer counts, and the others are told', async () => {
  const { first, second, sessionId } = await two();
  const turn = first.request('session/prompt', prompt(sessionId, ASK));
  const [mine, theirs] = [
    await first.asked('session/request_permission'),
    await second.asked('session/request_permission'),
  ];
  select(second, theirs);
  expect(await first.answer(turn)).toMatchObject({ result: { stopReason: 'end_turn' } });
  expect(first.said().join('')).toContain(`selected ${optionOf(theirs)}`);
  expect(first.messages).toContainEqual(
    expect.objectContaining({ method: '$/cancel_request', params: { requestId: mine['id'] } }) as Json,
  );
  expect(second.messages.some(({ method }) => method === '$/cancel_request')).toBe(false);
  // Too late: nothing is asked any more.
  select(first, mine);
  await first.prompt(sessionId, 'x');
});

test('the question is the agent’s own, with what it has sent', async () => {
  const { first, sessionId } = await two();
  const turn = first.request('session/prompt', prompt(sessionId, ASK));
  const asked = await first.asked('session/request_permission');
  expect(asked['params']).toMatchObject({ sessionId, toolCall: { title: 'List' } });
  select(first, asked);
  await first.answer(turn);
});

test('an answer by REST is an answer to all', async () => {
  const { first, second, sessionId } = await two();
  const turn = first.request('session/prompt', prompt(sessionId, ASK));
  await first.asked('session/request_permission');
  const [session] = world.world.sessions.list();
  const open = world.world.sessions.find(session?.id ?? '');
  const [waiting] = open?.session.permissions.pending ?? [];
  expect(open?.session.permissions.answer(waiting?.id ?? '', { reply: 'once' }).ok).toBe(true);
  await first.answer(turn);
  for (const client of [first, second])
    await waitFor('the word of it', () => client.messages.some(({ method }) => method === '$/cancel_request'));
});

test('“cancelled” from who has not prompted is no answer', async () => {
  const { first, second, sessionId } = await two();
  const turn = first.request('session/prompt', prompt(sessionId, ASK));
  const theirs = await second.asked('session/request_permission');
  second.send({ id: theirs['id'], result: { outcome: { outcome: 'cancelled' } } });
  expect(pending()).toBe(1);
  const mine = await first.asked('session/request_permission');
  first.send({ id: mine['id'], result: { outcome: { outcome: 'cancelled' } } });
  await first.answer(turn);
  expect(first.said().join('')).toContain('cancelled');
});

test('an option that was not offered, or an error, is as good as turning away', async () => {
  const { first, sessionId } = await two();
  for (const answer of [
    { result: { outcome: { outcome: 'selected', optionId: 'none' } } },
    { error: { code: -32601, message: 'no such method' } },
    { result: null },
  ]) {
    const before = first.messages.findLast(({ method }) => method === 'session/request_permission');
    const turn = first.request('session/prompt', prompt(sessionId, ASK));
    const asked = await first.asked('session/request_permission', before?.['id'] as number | undefined);
    first.send({ id: asked['id'], ...answer });
    await first.answer(turn);
  }
  expect(first.said().filter((text) => text.includes('cancelled'))).toHaveLength(3);
});

test('with nobody attached it waits, and who comes next is asked anew', async () => {
  const first = await world.client();
  const sessionId = await first.open();
  first.request('session/prompt', prompt(sessionId, ASK));
  await first.asked('session/request_permission');
  first.connection.close();
  expect(pending()).toBe(1);
  const second = await world.client();
  const loaded = await second.ask('session/load', { sessionId, cwd: world.world.folder, mcpServers: [] });
  const asked = await second.asked('session/request_permission');
  // After the history, which tells of it no question of its own.
  expect(second.messages.indexOf(asked)).toBeGreaterThan(second.messages.indexOf(loaded));
  expect(second.messages.filter(({ method }) => method === 'session/request_permission')).toHaveLength(1);
  select(second, asked);
  await waitFor('the turn to go on', () =>
    second
      .said()
      .join('')
      .includes(`selected ${optionOf(asked)}`),
  );
});

test('a cancelled turn answers what it has asked, at once', async () => {
  const { first, second, sessionId } = await two();
  const turn = first.request('session/prompt', prompt(sessionId, ASK));
  await second.asked('session/request_permission');
  first.send({ method: 'session/cancel', params: { sessionId } });
  expect(await first.answer(turn)).toMatchObject({ result: { stopReason: 'cancelled' } });
  expect(pending()).toBe(0);
  await waitFor('the other to hear it', () => second.messages.some(({ method }) => method === '$/cancel_request'));
});
