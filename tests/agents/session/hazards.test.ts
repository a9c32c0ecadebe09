/** What real agents have been seen to do, and a host must survive. */
import { expect, test } from 'bun:test';
import { MAX_LINE_BYTES } from '../../../src/agents/connection/message-stream.ts';
import { OWN_EVENTS } from '../../../src/agents/session/entry.ts';
import { AGENT_EVENTS } from '../../../src/protocol/agents.ts';
import { isAlive, runningMarked } from '../../support/rig-processes.ts';
import { ended, say, World } from './world.ts';

test('text that is no JSON, and JSON that is no message, are reported and passed over', async () => {
  await using world = new World();
  const session = await world.open('--banner');
  expect(await say(session, '[[garbage]][[odd-json]][[say still here]]')).toEndWith('still here');
  expect(world.of('warning').length).toBeGreaterThan(2);
  expect(world.of('warning')[0]).toEqual({ text: 'not JSON: Scripted Agent 1.0' });
});

test('an update of a call that was never announced', async () => {
  await using world = new World();
  const session = await world.open();
  await say(session, '[[orphan-update x1]]');
  expect(world.of('tool_call_update')).toMatchObject([{ toolCallId: 'x1' }]);
});

test('no update passes for an event of the server, or breaks out of its line', async () => {
  await using world = new World();
  const session = await world.open();
  const kinds = [...OWN_EVENTS, 'x\ndata: {}\n\nid: 99', '', 7, null];
  await say(session, kinds.map((kind) => `[[kind ${JSON.stringify(kind)}]]`).join(''));
  expect(world.kinds).toEqual(['prompt', ...kinds.map(() => 'update'), 'turn_end']);
  expect(world.of('update').map(({ sessionUpdate }) => sessionUpdate)).toEqual(kinds);
  await say(session, '[[kind "of_a_later_version"]]');
  expect(world.kinds).toContain('of_a_later_version');
});

test('the events of the server are those that the API page names', () => {
  expect([...OWN_EVENTS]).toEqual([...AGENT_EVENTS]);
});

test('what the agent tells of another session is no part of the turn', async () => {
  await using world = new World();
  const session = await world.open();
  expect(await say(session, '[[other-session helper]][[say mine]]')).toBe('mine');
  expect(world.of('other_session')).toMatchObject([{ update: { content: { text: 'helper' } } }]);
  expect(world.of('agent_message_chunk')).toHaveLength(1);
});

test('unknown requests are refused', async () => {
  await using world = new World();
  const session = await world.open();
  expect(await say(session, '[[unknown-request]]')).toContain('-32601');
});

test('a line of a megabyte is a message like others', async () => {
  await using world = new World();
  const session = await world.open();
  const { text } = await ended(session, `[[big ${1024 * 1024 - 100}]][[say end]]`);
  expect(text.length).toBeGreaterThan(1024 * 1024 - 1000);
  expect(JSON.stringify(world.of('agent_message_chunk')[0]).length).toBeGreaterThan(1024 * 1024 - 1000);
});

test('a line of 100 MB is passed on; one that is longer than any is passed over', async () => {
  await using world = new World();
  const lengths: number[] = [];
  const log = {
    append: ({ event, data }: { event: string; data: unknown }) => {
      if (event === 'agent_message_chunk') lengths.push(JSON.stringify(data).length);
      if (event === 'warning') world.entries.push({ at: 0, event, data });
    },
    [Symbol.dispose]() {},
  };
  const session = await world.open('', {}, { log });
  await say(session, '[[big 100000000]]');
  expect(lengths).toEqual([expect.any(Number)]);
  expect(lengths[0]).toBeGreaterThan(99_000_000);
  await say(session, `[[big ${MAX_LINE_BYTES + 10}]]`);
  expect(lengths).toHaveLength(1);
  expect(world.of('warning')).toEqual([{ text: expect.stringContaining('a line of ') }]);
  expect(await say(session, '[[say alive]]')).toBe('alive');
}, 60_000);

test('10,000 updates in a turn: none is lost, in order', async () => {
  await using world = new World();
  const session = await world.open();
  await say(session, '[[updates 10000]]');
  expect(world.of('agent_message_chunk').map(({ content }) => (content as { text: string }).text)).toEqual(
    Array.from({ length: 10_000 }, (_, index) => `update ${index} `),
  );
});

test('a child and a daemon that the agent leaves behind are ended with it', async () => {
  await using world = new World();
  const session = await world.open();
  const marker = String(100_000_000 + Math.floor(Math.random() * 800_000_000));
  await say(session, `[[child ${marker}]]`);
  await world.waitFor('both', () => runningMarked(marker).length === 2);
  await session.close();
  expect(runningMarked(marker)).toEqual([]);
});

test('and so they are when it dies by itself', async () => {
  await using world = new World();
  const session = await world.open();
  const marker = String(100_000_000 + Math.floor(Math.random() * 800_000_000));
  await say(session, `[[child ${marker}]]`);
  await world.waitFor('both', () => runningMarked(marker).length === 2);
  await ended(session, '[[die SIGKILL]]');
  await world.waitFor('the session to fail', () => session.over);
  expect(session.error).toStartWith('the agent has ended with exit code 137');
  expect(runningMarked(marker)).toEqual([]);
});

test('an agent that reacts neither to the end of input nor to SIGTERM', async () => {
  await using world = new World();
  const session = await world.open('--ignore-eof --ignore-term');
  await session.close();
  expect(world.processes.map(({ pid }) => isAlive(pid))).toEqual([false]);
});
