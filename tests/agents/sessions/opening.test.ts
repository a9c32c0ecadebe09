/** Sessions that are opened, and opened again. */
import { expect, test } from 'bun:test';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptedAgentLine } from '../../support/agents/scripted.ts';
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

test('a DELETE that comes while it is opened waits for that, and closes it', async () => {
  await using world = new SessionsWorld();
  const id = await closed(world);
  const opened = world.sessions.open({ resume: id });
  expect(await world.sessions.delete(id)).toBe('closed');
  expect((await opened).ok).toBe(true);
  expect(world.record(id)).toMatchObject({ state: 'closed' });
  expect(world.log(id).length).toBe(world.record(id).lastEventId);
});

test('one whose agent is still being ended is opened when that is done', async () => {
  await using world = new SessionsWorld();
  await world.start();
  const { id } = await world.open({ agent: scriptedAgentLine('--ignore-eof', '--ignore-term') });
  const ending = world.sessions.delete(id);
  await world.waitFor('the end to begin', () => world.record(id).state === 'closed');
  expect(await world.open({ resume: id })).toMatchObject({ state: 'idle' });
  expect(await ending).toBe('closed');
});

test('an end of the server that comes while it is opened leaves no agent behind', async () => {
  await using world = new SessionsWorld();
  const id = await closed(world);
  const opened = world.sessions.open({ resume: id });
  await world.sessions[Symbol.asyncDispose]();
  expect((await opened).ok).toBe(true);
  expect(world.record(id)).toMatchObject({ state: 'closed' });
});

test('secrets of a session are nowhere on disk: neither those of its environment nor of its MCP servers', async () => {
  await using world = new SessionsWorld();
  await world.start();
  const env = [{ name: 'TOKEN', value: 'sesame' }];
  const mcpServers = [{ name: 'tools', command: 'tools', args: [], env }];
  const { id } = await world.open({ env: { TOKEN: 'sesame' }, mcpServers });
  await world.sessions.delete(id);
  for (const file of ['session.json', 'events.jsonl'])
    expect(readFileSync(world.path(id, file), 'utf8')).not.toContain('sesame');
});

test('one that cannot be stored is refused, and takes no place', async () => {
  await using world = new SessionsWorld();
  await world.start({ maxOpen: 1 });
  rmSync(world.root, { recursive: true });
  writeFileSync(world.root, 'no folder');
  for (const _time of [1, 2]) {
    expect(await world.sessions.open({ agent: scriptedAgentLine() })).toMatchObject({
      ok: false,
      failure: { reason: 'session-not-stored' },
    });
  }
});

test('a working directory that is not absolute begins at the server’s own, and the agent is told the whole path', async () => {
  await using world = new SessionsWorld();
  await world.start();
  mkdirSync(join(world.folder, 'below'));
  const { id, cwd } = await world.open({ cwd: 'below' });
  expect(cwd).toBe(join(world.folder, 'below'));
  const turn = world.sessions.find(id)?.session.prompt(text('[[cwd]]'));
  expect(turn?.ok === true && (await turn.value.ended).text).toBe(`cwd=${cwd} session=${cwd}`);
});
