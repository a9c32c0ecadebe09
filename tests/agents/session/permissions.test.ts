import { describe, expect, test } from 'bun:test';
import type { PolicyName } from '../../../src/agents/policy/policy-name.ts';
import type { Clock } from '../../../src/core/clock.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { ended, say, World } from './world.ts';

const ASK = { policy: 'ask' as const satisfies PolicyName };

describe('by policy', () => {
  test.each([
    ['workdir', '[[permission edit|inside.txt]]', 'selected allow'],
    ['workdir', '[[permission edit|/etc/passwd]]', 'selected reject'],
    ['workdir', '[[permission execute|-|ls]]', 'selected allow'],
    ['read-only', '[[permission execute|-|ls]]', 'selected reject'],
    ['deny-all', '[[permission read|inside.txt]]', 'selected reject'],
    ['allow-all', '[[permission edit|/etc/passwd]]', 'selected allow'],
    // The request names little more than an id; what was announced of the call has the path.
    ['workdir', '[[permission-bare edit|inside.txt]]', 'selected allow'],
    ['workdir', '[[permission-bare edit|/etc/passwd]]', 'selected reject'],
    // Nothing was announced yet.
    ['workdir', '[[permission-first edit|/etc/passwd]]', 'selected reject'],
    // A title is a text of the model.
    ['workdir', '[[permission edit|/etc/passwd||inside.txt]]', 'selected reject'],
  ] as const)('%s: %s → %s', async (policy, directive, said) => {
    await using world = new World();
    const session = await world.open('', { policy });
    expect(await say(session, directive)).toBe(`permission: ${said}`);
    expect(world.of('permission_answer')).toEqual([
      { id: 'p1', optionId: said.split(' ')[1], by: 'policy', reason: expect.any(String) },
    ]);
  });

  test('options are told apart by their kind, whatever their ids, names and order say', async () => {
    await using world = new World();
    const session = await world.open('--option-ids odd');
    await say(session, '[[permission execute|-|ls]][[permission edit|/etc/passwd]]');
    const kinds = world.of('permission').map(({ options }) => options as { optionId: string; kind: string }[]);
    const chosen = world
      .of('permission_answer')
      .map(({ optionId }, n) => kinds[n]?.find((one) => one.optionId === optionId)?.kind);
    expect(chosen).toEqual(['allow_once', 'reject_once']);
  });

  test.each(['zero', 'string'])('requests whose ids are %s', async (ids) => {
    await using world = new World();
    const session = await world.open(`--ids ${ids}`);
    expect(await say(session, '[[permission execute|-|ls]][[unknown-request]]')).toStartWith(
      'permission: selected allow',
    );
  });
});

describe('asked of a person', () => {
  test('a thousand requests change what is kept of the session twice: when it waits, and when it does no more', async () => {
    await using world = new World();
    let changes = 0;
    const session = await world.open('', ASK, { changed: () => void (changes += 1) });
    await ended(session, '[[say x]]');
    changes = 0;
    const turn = ended(session, '[[permission-left edit|a]]'.repeat(1000) + '[[slow 60]]');
    await world.waitFor('all of them', () => session.permissions.waiting === 1000);
    session.cancel();
    await turn;
    // Beside them the beginning of the turn and its end, which is told before it is kept.
    await world.waitFor('the end to be kept', () => changes >= 4);
    expect(changes).toBe(4);
  });

  test('what a turn has left unanswered is cancelled with its end, and the session is idle', async () => {
    await using world = new World();
    const session = await world.open('', ASK);
    await ended(session, '[[permission-left edit|/etc/passwd]]');
    expect(session.permissions.pending).toEqual([]);
    expect(session.state).toBe('idle');
    expect(world.kinds).toEqual(['prompt', 'tool_call', 'permission', 'permission_answer', 'turn_end']);
    expect(world.of('permission_answer')).toMatchObject([{ by: 'cancel' }]);
  });

  test('it waits, is answered once, and the turn goes on', async () => {
    await using world = new World();
    const session = await world.open('', ASK);
    const turn = ended(session, '[[permission edit|/etc/passwd]]');
    await world.waitFor('the question', () => session.state === 'waiting');
    expect(session.permissions.pending).toMatchObject([{ id: 'p1', toolCall: { kind: 'edit' } }]);
    expect(session.permissions.answer('p9', { reply: 'once' })).toMatchObject({
      failure: { reason: 'permission-not-found' },
    });
    expect(session.permissions.answer('p1', { optionId: 'nope' })).toMatchObject({
      failure: { reason: 'option-missing' },
    });
    expect(session.permissions.answer('p1', { reply: 'always' })).toEqual({ ok: true, value: { optionId: 'always' } });
    expect(session.permissions.answer('p1', { reply: 'once' })).toMatchObject({
      failure: { reason: 'permission-answered' },
    });
    expect((await turn).text).toBe('permission: selected always');
    expect(world.of('state').map(({ state }) => state)).toEqual([
      'starting',
      'idle',
      'running',
      'waiting',
      'running',
      'idle',
    ]);
  });

  test('two at once, answered in the other order', async () => {
    await using world = new World();
    const session = await world.open('', ASK);
    const turn = ended(session, '[[permission-twice execute|-|ls]]');
    await world.waitFor('both', () => session.permissions.pending.length === 2);
    session.permissions.answer('p2', { reply: 'reject' });
    session.permissions.answer('p1', { reply: 'once' });
    expect((await turn).text).toContain('selected allow');
    expect((await turn).text).toContain('selected reject');
  });

  test('cancelled with its turn', async () => {
    await using world = new World();
    const session = await world.open('', ASK);
    const turn = ended(session, '[[permission execute|-|ls]]');
    await world.waitFor('the question', () => session.state === 'waiting');
    session.cancel();
    expect((await turn).stopReason).toBe('cancelled');
    expect(world.of('permission_answer')).toMatchObject([{ optionId: null, by: 'cancel' }]);
    expect(session.permissions.pending).toEqual([]);
  });

  test('rejected when nobody answers in time', async () => {
    await using world = new World();
    let elapse = () => {};
    const clock: Clock = {
      now: () => systemClock.now(),
      monotonic: () => systemClock.monotonic(),
      after(ms, callback) {
        if (ms !== 600_000) return systemClock.after(ms, callback);
        elapse = callback;
        return { [Symbol.dispose]() {} };
      },
    };
    const session = await world.open('', ASK, { clock, permissionTimeoutMs: 600_000 });
    const turn = ended(session, '[[permission execute|-|ls]]');
    await world.waitFor('the question', () => session.state === 'waiting');
    elapse();
    expect((await turn).text).toBe('permission: selected reject');
    expect(world.of('permission_answer')).toMatchObject([{ by: 'timeout', reason: 'nobody answered within 600 s' }]);
  });
});
