import { expect, test } from 'bun:test';
import { MAX_WAITING } from '../../../src/agents/session/turns.ts';
import type { SessionEntry } from '../../../src/agents/session/entry.ts';
import { ended, say, World } from './world.ts';
import { isAlive } from '../../support/rig-processes.ts';

test('a turn: prompt, updates as the agent sent them, end', async () => {
  await using world = new World();
  const session = await world.open();
  expect(session.state).toBe('idle');
  expect(await ended(session, '[[say hi]][[think hm]]')).toEqual({
    turn: 1,
    stopReason: 'end_turn',
    text: 'hi',
    usage: null,
  });
  expect(world.kinds).toEqual(['prompt', 'agent_message_chunk', 'agent_thought_chunk', 'turn_end']);
  expect(world.of('agent_message_chunk')).toEqual([
    { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'hi' } },
  ]);
  expect(world.of('state').map(({ state }) => state)).toEqual(['starting', 'idle', 'running', 'idle']);
});

test('prompts that are sent before the agent has started wait, and run in order', async () => {
  await using world = new World();
  const session = await world.begin();
  const turns = ['[[say a]]', '[[say b]]', '[[say c]]'].map((text) => ended(session, text));
  expect(session.turns).toMatchObject({ count: 3, waiting: 3 });
  expect((await Promise.all(turns)).map(({ turn, text }) => [turn, text])).toEqual([
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ]);
  expect(world.kinds.filter((kind) => kind === 'prompt' || kind === 'turn_end')).toEqual([
    'prompt',
    'turn_end',
    'prompt',
    'turn_end',
    'prompt',
    'turn_end',
  ]);
});

test('instructions go before the first prompt, as a block of their own', async () => {
  await using world = new World();
  const session = await world.open('', { instructions: 'be brief' });
  expect(await say(session, '[[blocks]]')).toContain('text text');
  expect(await say(session, '[[blocks]]')).not.toContain('text text');
  expect(world.of('prompt')[0]?.['content']).toEqual([{ type: 'text', text: '[[blocks]]' }]);
});

test('cancel: the turn and those that wait end as cancelled, and the next prompt runs', async () => {
  await using world = new World();
  const session = await world.open();
  const [running, waiting] = [ended(session, '[[slow 60]]'), ended(session, '[[say never]]')];
  await world.waitFor('its first word', () => world.of('agent_message_chunk').length > 0);
  expect(session.cancel()).toBe(true);
  expect((await running).stopReason).toBe('cancelled');
  expect((await running).text).toStartWith('tick 0 ');
  expect(await waiting).toMatchObject({ stopReason: 'cancelled', text: '' });
  expect(session.cancel()).toBe(false);
  expect(await say(session, '[[say again]]')).toBe('again');
});

test('an agent that ignores the cancel is ended with the session', async () => {
  await using world = new World();
  const session = await world.open('--ignore-eof --ignore-term');
  const turn = ended(session, '[[ignore-cancel]][[slow 60]]');
  await world.waitFor('its first word', () => world.of('agent_message_chunk').length > 0);
  session.cancel();
  await session.close();
  expect((await turn).stopReason).toBe('cancelled');
  expect(session.state).toBe('closed');
  expect(world.processes.map(({ pid }) => isAlive(pid))).toEqual([false]);
});

test('a turn that takes too long is cancelled, and says so', async () => {
  await using world = new World();
  const session = await world.open('', { turnTimeoutMs: 50 });
  expect(await ended(session, '[[slow 60]]')).toMatchObject({ stopReason: 'timeout' });
  expect(session.state).toBe('idle');
});

test('the limit is that of one turn: those that wait have theirs', async () => {
  await using world = new World();
  const session = await world.open('', { turnTimeoutMs: 500 });
  const [slow, next] = await Promise.all([ended(session, '[[slow 60]]'), ended(session, '[[say mine]]')]);
  expect([slow.stopReason, next.stopReason, next.text]).toEqual(['timeout', 'end_turn', 'mine']);
});

test('all prompts that wait are cancelled with one change of the record', async () => {
  await using world = new World();
  let changes = 0;
  const session = await world.open('', {}, { changed: () => void (changes += 1) });
  const running = ended(session, '[[slow 60]]');
  const waiting = Array.from({ length: MAX_WAITING }, () => ended(session, 'x'));
  changes = 0;
  expect(session.cancel()).toBe(true);
  expect(changes).toBe(1);
  expect(new Set((await Promise.all([running, ...waiting])).map(({ stopReason }) => stopReason))).toEqual(
    new Set(['cancelled']),
  );
  expect(world.of('turn_end').map(({ turn }) => turn)).toHaveLength(MAX_WAITING + 1);
});

test('an agent that does not react to the end of its time is ended: it would hold up all that wait', async () => {
  await using world = new World();
  const session = await world.open('', { turnTimeoutMs: 50 });
  const [turn, next] = [ended(session, '[[ignore-cancel]][[slow 60]]'), ended(session, '[[say never]]')];
  expect(await turn).toMatchObject({ stopReason: 'timeout', text: expect.stringContaining('tick 0') });
  expect(await next).toMatchObject({ stopReason: 'error', error: expect.stringContaining('did not react') });
  await world.waitFor('the end', () => session.over);
  expect(session.state).toBe('failed');
});

test('no more prompts wait than a server can hold', async () => {
  await using world = new World();
  const session = await world.begin('--hang-new');
  const results = Array.from({ length: MAX_WAITING + 1 }, () => session.prompt([{ type: 'text', text: 'x' }]));
  expect(results.filter(({ ok }) => ok)).toHaveLength(MAX_WAITING);
  expect(results.at(-1)).toEqual({ ok: false, failure: { reason: 'too-many-prompts', limit: MAX_WAITING } });
});

test('usage that comes after the answer belongs to the turn', async () => {
  await using world = new World();
  const session = await world.open();
  expect((await ended(session, '[[say x]][[late-usage 5]]')).usage).toMatchObject({ size: 1000 });
  expect(world.kinds).toEqual(['prompt', 'agent_message_chunk', 'usage_update', 'turn_end']);
});

test('an error of the agent ends the turn, not the session', async () => {
  await using world = new World();
  const session = await world.open();
  expect(await ended(session, '[[error -32603|out of tokens]]')).toMatchObject({
    stopReason: 'error',
    error: expect.stringContaining('out of tokens'),
  });
  expect(await say(session, '[[say fine]]')).toBe('fine');
});

test('an agent that dies in the middle of a turn: the session fails with its exit code and what it said last', async () => {
  await using world = new World();
  const session = await world.open();
  const turn = await ended(session, '[[say half]][[stderr the disk is gone]][[die 7]]');
  expect(turn).toMatchObject({ stopReason: 'error', text: 'half' });
  expect(turn.error).toBe('the agent has ended with exit code 7; the end of its stderr: the disk is gone');
  expect(session).toMatchObject({ state: 'failed', error: turn.error });
  expect(session.prompt([{ type: 'text', text: 'x' }])).toEqual({ ok: false, failure: { reason: 'session-not-open' } });
});

test('the end is the last event; how it will end is known before', async () => {
  await using world = new World();
  const disk = { isFull: false };
  const log = {
    append: (entry: SessionEntry) => {
      if (disk.isFull) throw new Error('no space left on device');
      world.entries.push(entry);
    },
    [Symbol.dispose]() {},
  };
  const session = await world.open('--ignore-eof --ignore-term', { policy: 'ask' }, { log });
  const turn = ended(session, '[[permission edit|a]]');
  await world.waitFor('the question', () => session.state === 'waiting');
  disk.isFull = true;
  session.permissions.answer('p1', { reply: 'once' });
  disk.isFull = false;
  expect(session).toMatchObject({ state: 'failed', over: false, error: expect.stringContaining('no space left') });
  expect(await turn).toMatchObject({ stopReason: 'error', error: session.error });
  await world.waitFor('the end', () => session.over);
  expect(world.of('state').map(({ state }) => state)).toEqual(['starting', 'idle', 'running', 'waiting', 'failed']);
  expect(world.entries.at(-1)?.event).toBe('state');
});

test.each(['--hang-initialize', '--hang-new'])('an agent that hangs at its start (%s) can be closed', async (flag) => {
  await using world = new World();
  const session = await world.begin(flag);
  const turn = ended(session, '[[say x]]');
  await world.waitFor('the agent', () => world.processes.length > 0);
  await session.close();
  expect(await turn).toMatchObject({ stopReason: 'cancelled' });
  expect(session.state).toBe('closed');
  expect(world.processes.map(({ pid }) => isAlive(pid))).toEqual([false]);
});

test('an agent that ends at once: why, and no turn waits for ever', async () => {
  await using world = new World();
  const session = await world.begin('--die 3');
  expect(await ended(session, 'x')).toMatchObject({
    stopReason: 'error',
    error: 'the agent has ended with exit code 3; the end of its stderr: scripted agent: cannot start',
  });
});

test('an agent that wants a login: its methods are named', async () => {
  await using world = new World();
  const session = await world.open('--auth');
  expect(session.state).toBe('failed');
  expect(session.error).toContain('the agent requires a login: ');
  expect(session.error).toContain('(scripted-login)');
});

test('a program that cannot be started', async () => {
  await using world = new World();
  const session = await world.open('', { argv: ['/no/such/agent'] });
  expect(session).toMatchObject({ state: 'failed', error: expect.stringContaining('/no/such/agent') });
});

test('a log that cannot be written ends the session, for nobody would see what the agent does', async () => {
  await using world = new World();
  let full = false;
  const session = await world.open(
    '',
    {},
    {
      log: {
        append: (entry) => {
          if (full) throw new Error('ENOSPC: no space left on device');
          world.entries.push(entry);
        },
        [Symbol.dispose]() {},
      },
    },
  );
  full = true;
  // A turn that goes on: one that is answered at once may be over before its log is.
  expect(await ended(session, '[[say x]] [[slow 600]]')).toMatchObject({ stopReason: 'error' });
  expect(session).toMatchObject({
    state: 'failed',
    error: 'the events of the session cannot be written: ENOSPC: no space left on device',
  });
  expect(world.processes.map(({ pid }) => isAlive(pid))).toEqual([false]);
});
