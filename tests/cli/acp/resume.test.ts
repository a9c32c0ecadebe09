/** A link that breaks: the editor notices nothing but time. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { CuttingProxy } from '../../support/cutting-proxy.ts';
import { waitFor } from '../../support/wait.ts';
import { World } from '../world.ts';
import { Editor } from './editor.ts';
import { FakeDoor } from './fake-door.ts';
import type { Message } from './fake-agent.ts';
import { randomOf } from './seeded-random.ts';

let world: World;
beforeAll(() => {
  world = World.empty();
});
afterAll(() => world[Symbol.asyncDispose]());

/** What is said and asked in it is the same each time. */
async function converse(editor: Editor, until: () => boolean): Promise<readonly Message[]> {
  const sessionId = await editor.open();
  for (let turn = 0; turn < 12 || !until(); turn += 1) {
    if (turn >= 400) throw new Error('the link was not cut often enough');
    await editor.prompt(sessionId, `say turn ${turn % 12} has some words of which each is an update`);
    await editor.prompt(sessionId, 'ask');
    await editor.ask('session/set_mode', { sessionId, modeId: 'fast' });
  }
  return editor.transcript;
}

describe('a conversation through a link that is cut 50 times is the uncut one', () => {
  test('at any byte in either direction', async () => {
    using door = new FakeDoor();
    using proxy = new CuttingProxy(door.origin);
    const random = randomOf(1);
    await using editor = new Editor(world, proxy.url);
    await editor.initialize();
    const sessionId = String((await editor.ask('session/new', { cwd: '/', mcpServers: [] }))['sessionId']);
    // Beyond the head of the answer, so that each connection gets somewhere; a cut within it is the next story.
    proxy.cutAt = () => 200 + Math.floor(random() * 3000);
    proxy.cutInputAt = () => 300 + Math.floor(random() * 1500);
    proxy.cut();
    const from = editor.transcript.length;
    let turns = 0;
    while (proxy.cuts < 50) {
      await editor.prompt(sessionId, `say turn ${turns} has some words`);
      await editor.prompt(sessionId, 'ask');
      turns += 1;
    }
    const cut = JSON.stringify(editor.transcript.slice(from));
    expect(proxy.cuts).toBeGreaterThanOrEqual(50);
    expect(door.opened).toBe(1);
    expect(await editor.leave()).toBe(0);

    using plainDoor = new FakeDoor();
    await using plain = new Editor(world, plainDoor.url);
    const plainId = await plain.open();
    const plainFrom = plain.transcript.length;
    for (let turn = 0; turn < turns; turn += 1) {
      await plain.prompt(plainId, `say turn ${turn} has some words`);
      await plain.prompt(plainId, 'ask');
    }
    // Its calls are numbered, so that one that was lost or doubled would show.
    expect(cut).toBe(JSON.stringify(plain.transcript.slice(plainFrom)));
    // Nothing came twice to the agent, either.
    expect(door.messages.filter(({ method }) => method !== 'session/new')).toEqual(
      plainDoor.messages.filter(({ method }) => method !== 'session/new'),
    );
  });

  test('at any frame, before or after it has passed', async () => {
    const random = randomOf(3);
    let cuts = 0;
    using door = new FakeDoor();
    door.cut = (_, { method }) => {
      const isCut = method !== 'initialize' && cuts < 50 && random() < 0.12;
      if (isCut) cuts += 1;
      return isCut;
    };
    await using editor = new Editor(world, door.url);
    const transcript = await converse(editor, () => cuts >= 50);
    using plainDoor = new FakeDoor();
    await using plain = new Editor(world, plainDoor.url);
    const wanted = transcript.length;
    expect(transcript).toEqual([...(await converse(plain, () => plain.transcript.length >= wanted))]);
    expect(cuts).toBe(50);
    expect(door.opened).toBe(1);
  });

  test('in the middle of the upgrade', async () => {
    using door = new FakeDoor();
    using proxy = new CuttingProxy(door.origin);
    await using editor = new Editor(world, proxy.url);
    const sessionId = await editor.open();
    const turn = editor.prompt(sessionId, 'wait');
    await editor.saw('waiting');
    let tries = 0;
    proxy.cutAt = () => ((tries += 1) <= 3 ? tries * 30 : Number.POSITIVE_INFINITY);
    proxy.cut();
    door.sessions.release();
    expect(await turn).toEqual({ stopReason: 'end_turn' });
    expect(editor.said(sessionId)).toBe('waiting end_turn ');
    expect(tries).toBe(4);
  });
});

test('what the editor sends while the link is down goes out when it is back, and people are told of both', async () => {
  using door = new FakeDoor();
  using proxy = new CuttingProxy(door.origin);
  await using editor = new Editor(world, proxy.url);
  const sessionId = await editor.open();
  proxy.down = true;
  proxy.cut();
  await editor.says('the line to the server is broken');
  const turn = editor.prompt(sessionId, 'say late');
  proxy.down = false;
  expect(await turn).toEqual({ stopReason: 'end_turn' });
  expect(editor.said(sessionId)).toBe('late ');
  await editor.says('connected again');
  expect(editor.stderr.trimEnd().split('\n')).toHaveLength(2);
});

test('at the end of input it waits for the link, so that what is queued arrives', async () => {
  using door = new FakeDoor();
  using proxy = new CuttingProxy(door.origin);
  await using editor = new Editor(world, proxy.url);
  const sessionId = await editor.open();
  proxy.down = true;
  proxy.cut();
  await editor.says('the line to the server is broken');
  const params = { sessionId, prompt: [{ type: 'text', text: 'say posthumous' }] };
  void editor.process.stdin.write(JSON.stringify({ jsonrpc: '2.0', id: 'last', method: 'session/prompt', params }));
  void editor.process.stdin.end();
  proxy.down = false;
  expect(await editor.process.exited).toBe(0);
  expect(door.received('session/prompt')).toMatchObject([{ params: { prompt: [{ text: 'say posthumous' }] } }]);
  await waitFor('the end of the connection', () => door.connections === 0);
});

test('a proxy that answers for a server that is away is no reason to give up', async () => {
  using door = new FakeDoor();
  await using editor = new Editor(world, door.url);
  const sessionId = await editor.open();
  const answers = [502, 404, 503, 429].map((status) => new Response('<h1>no</h1>', { status }));
  door.refuse = () => answers.shift();
  door.breakLinks();
  expect(await editor.prompt(sessionId, 'say hi')).toEqual({ stopReason: 'end_turn' });
  expect(answers).toEqual([]);
  expect(door.opened).toBe(1);
});
