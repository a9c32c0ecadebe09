/** A server that does not know the connection any more: the conversation goes on, and nothing is shown twice. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { waitFor } from '../../support/wait.ts';
import { World } from '../world.ts';
import { Editor, failureOf } from './editor.ts';
import { FakeDoor } from './fake-door.ts';

let world: World;
beforeAll(() => {
  world = World.empty();
});
afterAll(() => world[Symbol.asyncDispose]());

describe.each([
  ['the same pieces', false],
  ['other pieces', true],
])('a restart, and a replay in %s', (_, merges) => {
  test('opens the sessions again without what the editor has; the next turns are as before', async () => {
    using door = new FakeDoor();
    door.sessions.mergesReplay = merges;
    await using editor = new Editor(world, door.url);
    const first = await editor.open('/home/me/one');
    const second = String((await editor.ask('session/new', { cwd: '/home/me/two', mcpServers: [] }))['sessionId']);
    await editor.prompt(first, 'say one two three');
    await editor.prompt(second, 'say four five');
    const before = editor.transcript.length;
    door.restart();
    // What is sent until it is noticed may have arrived, and is not sent again.
    await editor.says('the line to the server is broken');
    expect(await editor.prompt(first, 'say six')).toEqual({ stopReason: 'end_turn' });
    expect(await editor.prompt(second, 'ask')).toEqual({ stopReason: 'end_turn' });
    expect(editor.said(first)).toBe('one two three six ');
    expect(editor.said(second)).toBe('four five {"outcome":"selected","optionId":"yes"} ');
    expect(editor.transcript.slice(before).map(({ method, answered }) => method ?? answered)).toEqual([
      'session/update',
      'session/prompt',
      'session/request_permission',
      'session/update',
      'session/prompt',
    ]);
    expect(door.opened).toBe(2);
    // With the folder of each, as it was sent the first time.
    expect(door.received('session/load').map(({ params }) => params)).toEqual([
      { cwd: '/srv/work', mcpServers: [], sessionId: first },
      { cwd: '/srv/work', mcpServers: [], sessionId: second },
    ]);
    expect(door.received('initialize')[1]).toMatchObject({ params: door.received('initialize')[0]?.['params'] });
  });

  test('a turn that was lost is answered with an error, after what of it had not come', async () => {
    using door = new FakeDoor();
    door.sessions.mergesReplay = merges;
    await using editor = new Editor(world, door.url);
    const sessionId = await editor.open();
    await editor.prompt(sessionId, 'say before');
    const turn = editor.prompt(sessionId, 'wait');
    turn.catch(() => {});
    await editor.saw('waiting');
    // What the agent did while nobody could hear it.
    door.sessions.histories.get(sessionId)?.push({
      sessionUpdate: 'agent_message_chunk',
      content: { type: 'text', text: 'unheard ' },
    });
    door.restart();
    expect(await failureOf(turn)).toContain(
      'the connection to the server was lost, and with it what has become of this',
    );
    expect(editor.said(sessionId)).toBe('before waiting unheard ');
    expect(await editor.prompt(sessionId, 'say after')).toEqual({ stopReason: 'end_turn' });
    expect(editor.said(sessionId)).toBe('before waiting unheard after ');
  });
});

test('a permission that was asked before is taken back, and its late answer is none to a later one', async () => {
  using door = new FakeDoor();
  const questions: { readonly signal: AbortSignal; readonly answer: (optionId: string) => void }[] = [];
  await using editor = new Editor(world, door.url, {
    answers: (_, __, signal) => {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      const answer = (optionId: string) => resolve({ outcome: { outcome: 'selected', optionId } });
      questions.push({ signal, answer });
      return promise;
    },
  });
  const sessionId = await editor.open();
  const lost = editor.prompt(sessionId, 'ask');
  lost.catch(() => {});
  await waitFor('the first question', () => questions.length === 1);
  door.restart();
  expect(await failureOf(lost)).toContain('was lost');
  expect(questions[0]?.signal.aborted).toBe(true);
  // The agent that is new has the same ids for its requests.
  const turn = editor.prompt(sessionId, 'ask');
  await waitFor('the second question', () => questions.length === 2);
  questions[0]?.answer('late');
  expect(await editor.ask('_acme/after', {})).toBeDefined();
  questions[1]?.answer('yes');
  await turn;
  expect(editor.said(sessionId)).toBe('{"outcome":"selected","optionId":"yes"} ');
  expect(door.received(undefined)).toMatchObject([{ id: 0, result: { outcome: { optionId: 'yes' } } }]);
});

test('a restart before the answer to initialize: it is asked again', async () => {
  using door = new FakeDoor();
  let isFirst = true;
  door.cut = () => {
    if (isFirst) door.restart();
    const isCut = isFirst;
    isFirst = false;
    return isCut;
  };
  await using editor = new Editor(world, door.url);
  const sessionId = await editor.open();
  expect(await editor.prompt(sessionId, 'say hello')).toEqual({ stopReason: 'end_turn' });
  expect(door.opened).toBe(2);
});

test('at the end of input it waits until sessions are open again, so that what is queued arrives', async () => {
  using door = new FakeDoor();
  await using editor = new Editor(world, door.url);
  const sessionId = await editor.open();
  // Long enough for the end of input to be seen first.
  let refusals = 4;
  door.refuse = () => ((refusals -= 1) >= 0 ? new Response('not yet', { status: 503 }) : undefined);
  door.restart();
  await editor.says('the line to the server is broken');
  const params = { sessionId, prompt: [{ type: 'text', text: 'say posthumous' }] };
  void editor.process.stdin.write(JSON.stringify({ jsonrpc: '2.0', id: 'last', method: 'session/prompt', params }));
  void editor.process.stdin.end();
  expect(await editor.process.exited).toBe(0);
  expect(door.messages.map(({ method }) => method)).toEqual([
    'initialize',
    'session/new',
    'initialize',
    'session/load',
    'session/prompt',
  ]);
});

test('a restart while an editor loads a session: it gets the whole of it once, and its answer', async () => {
  using door = new FakeDoor();
  await using editor = new Editor(world, door.url);
  const old = door.sessions.make();
  const words = ['a ', 'b ', 'c ', 'd '];
  for (const text of words)
    door.sessions.histories.get(old)?.push({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
  await editor.initialize();
  let updates = 0;
  door.cut = (direction, { method }) => {
    if (direction === 'out' && method === 'session/update' && (updates += 1) === 2) door.restart();
    return false;
  };
  expect(await editor.ask('session/load', { sessionId: old, cwd: '/', mcpServers: [] })).toEqual({});
  expect(editor.said(old)).toBe(words.join(''));
});

test('a session that cannot be opened again says so when it is used, the others go on', async () => {
  using door = new FakeDoor();
  await using editor = new Editor(world, door.url);
  const gone = await editor.open();
  const stays = String((await editor.ask('session/new', { cwd: '/', mcpServers: [] }))['sessionId']);
  door.sessions.histories.delete(gone);
  door.restart();
  await editor.says('the line to the server is broken');
  await editor.prompt(stays, 'say fine');
  expect(editor.said(stays)).toBe('fine ');
  await editor.says(`the session ${gone} could not be opened again: no such session`);
});

test('a tail that is gone (410) is a restart, too', async () => {
  using door = new FakeDoor();
  await using editor = new Editor(world, door.url);
  const sessionId = await editor.open();
  door.refuse = ({ headers }) =>
    headers.has('acp-connection-id') ? Response.json({ error: 'not kept any more' }, { status: 410 }) : undefined;
  door.breakLinks();
  await editor.says('the line to the server is broken');
  expect(await editor.prompt(sessionId, 'say hello')).toEqual({ stopReason: 'end_turn' });
  expect(door.opened).toBe(2);
});
