/** The stdio agent with a real server, and an agent of its own behind it. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptedAgent } from '../../support/agents/scripted.ts';
import { CuttingProxy } from '../../support/cutting-proxy.ts';
import { World } from '../world.ts';
import { Editor, failureOf } from './editor.ts';
import { randomOf } from './seeded-random.ts';

/** A server with one agent; its folder for agents is `work`. */
async function start(...flags: readonly string[]): Promise<World & { readonly work: string }> {
  const world = World.empty();
  const work = join(world.folder, 'work');
  mkdirSync(work);
  mkdirSync(world.data, { mode: 0o700 });
  const command = scriptedAgent(...flags);
  writeFileSync(join(world.data, 'config.json'), JSON.stringify({ agents: { scripted: { command } } }));
  await world.startServer('--acp-agent', 'scripted', '--acp-cwd', work);
  return Object.assign(world, { work });
}

const keyOf = (world: World) => ({ env: { AGENT_SERVER_KEY: world.key } });

describe.each([
  ['door A', ''],
  ['door B', '/acp/ws'],
])('by %s', (_, path) => {
  test('a conversation: in the folder of the server, with a permission, to the end of input', async () => {
    await using world = await start();
    await using editor = new Editor(world, world.url + path, keyOf(world));
    expect(await editor.initialize()).toMatchObject({ agentCapabilities: { loadSession: true } });
    const { sessionId } = (await editor.ask('session/new', { cwd: '/not/there', mcpServers: [] })) as {
      sessionId: string;
    };
    expect(await editor.prompt(sessionId, '[[say Hello]][[cwd]]')).toMatchObject({ stopReason: 'end_turn' });
    expect(editor.said(sessionId)).toContain(`Hellocwd=${world.work} session=${world.work}`);
    const asked = editor.prompt(sessionId, '[[permission execute|-|make]]');
    await editor.saw('session/request_permission');
    expect(await asked).toMatchObject({ stopReason: 'end_turn' });
    const turn = editor.prompt(sessionId, '[[slow 60]]');
    await editor.saw('tick 0');
    editor.tell('session/cancel', { sessionId });
    expect(await turn).toMatchObject({ stopReason: 'cancelled' });
    expect(await editor.leave()).toBe(0);
    expect(editor.stderr).toBe('');
  });
});

test('an editor that comes back finds its session, with what was said', async () => {
  await using world = await start();
  await using first = new Editor(world, world.url, keyOf(world));
  const sessionId = await first.open(world.work);
  await first.prompt(sessionId, '[[say one]]');
  expect(await first.leave()).toBe(0);
  await using second = new Editor(world, world.url, keyOf(world));
  await second.initialize();
  await second.ask('session/load', { sessionId, cwd: world.work, mcpServers: [] });
  await second.prompt(sessionId, '[[say two]]');
  expect(second.said(sessionId)).toBe('onetwo');
});

test('a link that is cut 50 times at any byte: the transcript is the uncut one', async () => {
  await using world = await start();
  using proxy = new CuttingProxy(world.url);
  const random = randomOf(4);
  const say = (one: Editor, id: string) => one.prompt(id, '[[updates 20]][[permission execute|-|make]]');
  await using editor = new Editor(world, proxy.url, keyOf(world));
  const sessionId = await editor.open(world.work);
  proxy.cutAt = () => 400 + Math.floor(random() * 4000);
  proxy.cutInputAt = () => 400 + Math.floor(random() * 2000);
  proxy.cut();
  let turns = 0;
  for (; proxy.cuts < 50; turns += 1) await say(editor, sessionId);
  await using plain = new Editor(world, world.url, keyOf(world));
  const plainId = await plain.open(world.work);
  for (let turn = 0; turn < turns; turn += 1) await say(plain, plainId);
  // Ids of sessions and of calls are not the same twice.
  const shown = (one: Editor, id: string) =>
    JSON.stringify(one.transcript)
      .replaceAll(id, 'SESSION')
      .replaceAll(/call-\d+/g, 'CALL');
  expect(shown(editor, sessionId)).toBe(shown(plain, plainId));
});

test('a restart of the server: the session goes on, the turn that was lost is answered', async () => {
  await using world = await start();
  const { port } = new URL(world.url);
  await using editor = new Editor(world, world.url, keyOf(world));
  const sessionId = await editor.open(world.work);
  await editor.prompt(sessionId, '[[say one]]');
  const turn = failureOf(editor.prompt(sessionId, '[[slow 60]]'));
  await editor.saw('tick 0');
  await world.killServer();
  await world.startServer('--port', port, '--acp-agent', 'scripted', '--acp-cwd', world.work);
  expect(await turn).toContain('the connection to the server was lost');
  expect(await editor.prompt(sessionId, '[[say two]]')).toMatchObject({ stopReason: 'end_turn' });
  expect(editor.said(sessionId)).toMatch(/^one(tick \d+ )+two$/);
});

test('an agent that is not there, and a wrong key, are one line and exit code 1', async () => {
  await using world = await start();
  const nobody = await world.cli(['acp', '--agent', 'nobody']);
  expect(nobody).toMatchObject({ code: 1, stdout: '' });
  expect(nobody.stderr).toMatch(/^agent-server: the server says: .*nobody.*; see npm start -- agents\n$/);
  const wrong = await world.cli(['acp'], { env: { AGENT_SERVER_KEY: 'wrong' } });
  expect(wrong).toMatchObject({ code: 1, stdout: '' });
  expect(wrong.stderr).toContain('the server does not accept this API key (given by AGENT_SERVER_KEY)');
});
