/** The registration with a dashboard: known or not, confirmed or not, reachable or not. */
import { describe, expect, test } from 'bun:test';
import { ok } from '../../src/core/failure.ts';
import { settle } from '../support/manual-clock.ts';
import { AWAY, BROKEN, MINUTE, NEXT_REACH, REACH, SECOND, UPDATED, registrationWorld } from './registration-world.ts';

const world = registrationWorld();

test('nothing is said before it is known where this machine is', async () => {
  await world().clock.advance(MINUTE);
  world().registration.requestCode();
  await settle();
  expect(world().dashboard.asked).toEqual([]);
  expect(world().state()).toBe('waiting');
});

test('a machine that the dashboard knows needs no code', async () => {
  await world().registered();
  expect(world().dashboard.asked).toEqual([
    {
      what: 'refresh',
      body: {
        name: 'box',
        tunnel_url: 'https://a-1.x',
        terminal_url: 'https://a-2.x',
        tunnel_token: 'token-1',
        api_key: 'key-1',
        current_api_key: 'key-1',
      },
    },
  ]);
  expect(world().shown).toEqual([]);
});

describe('a machine that it does not know', () => {
  test('shows a code until somebody has entered it', async () => {
    const code = await world().unconfirmed();
    expect(code).toMatch(/^[A-Z]{3}-\d{4}$/);
    expect(world().shown).toEqual([
      { code, enterAt: 'https://dash.example/devboxes', expiresAt: world().clock.now() + 10 * MINUTE },
    ]);
    expect(world().dashboard.last('register')).toMatchObject({
      challenge_code: code,
      api_key: 'key-1',
      tunnel_token: 'token-1',
    });
    await world().clock.advance(5 * SECOND);
    expect(world().dashboard.last('status')).toEqual({ id: 'a/b' });
    // A world().dashboard that restarts meanwhile is asked again.
    world().dashboard.states = AWAY;
    await world().clock.advance(5 * SECOND);
    world().dashboard.states = ok({ status: 'confirmed', devbox: { id: 3, name: 'box' } });
    await world().clock.advance(5 * SECOND);
    expect(world().state()).toBe('registered');
    expect(world().registration.status.code).toBeUndefined();
    expect(world().dashboard.times('status')).toBe(3);
    await world().clock.advance(MINUTE);
    expect(world().dashboard.times('status')).toBe(3);
  });

  test('gives up after ten minutes, and asks for another code only when somebody wants one', async () => {
    const code = await world().unconfirmed();
    await world().clock.advance(10 * MINUTE);
    expect(world().registration.status).toMatchObject({
      state: 'expired',
      lastError: expect.stringContaining('register'),
    });
    expect(world().dashboard.times('status')).toBe(120);
    world().registration.reachable(NEXT_REACH);
    await world().clock.advance(MINUTE);
    expect(world().dashboard.times('register')).toBe(1);
    world().registration.requestCode();
    await settle();
    expect(world().state()).toBe('unconfirmed');
    expect(world().registration.status.code?.code).not.toBe(code);
  });

  test('a code that was rejected has ended', async () => {
    await world().unconfirmed();
    world().dashboard.states = ok({ status: 'rejected' });
    await world().clock.advance(5 * SECOND);
    expect(world().state()).toBe('expired');
  });

  test('another code makes the first one void', async () => {
    await world().unconfirmed();
    world().dashboard.registers = ok({ id: 2 });
    world().registration.requestCode();
    expect(world().registration.status.code).toBeUndefined();
    await settle();
    world().dashboard.asked.length = 0;
    await world().clock.advance(5 * SECOND);
    expect(world().dashboard.asked).toEqual([{ what: 'status', body: { id: '2' } }]);
  });

  test('tells afterwards what has changed while nobody had confirmed it', async () => {
    await world().unconfirmed();
    world().registration.reachable(NEXT_REACH);
    world().registration.keyChanged('key-2');
    await settle();
    expect(world().dashboard.times('refresh')).toBe(1);
    world().dashboard.states = ok({ status: 'confirmed' });
    world().dashboard.refreshes = UPDATED;
    await world().clock.advance(5 * SECOND);
    expect(world().dashboard.last('refresh')).toMatchObject({
      tunnel_token: 'token-2',
      api_key: 'key-2',
      current_api_key: 'key-1',
    });
    expect(world().state()).toBe('registered');
  });
});

describe('a dashboard that cannot be reached', () => {
  test('is tried three times with one code, five seconds apart, and then more and more rarely', async () => {
    world().dashboard.refreshes = AWAY;
    world().dashboard.registers = AWAY;
    world().registration.reachable(REACH);
    await world().clock.advance(9 * SECOND);
    expect(world().dashboard.times('register')).toBe(2);
    expect(world().registration.status).toMatchObject({
      state: 'asking',
      lastError: expect.stringContaining('connection refused'),
    });
    await world().clock.advance(SECOND);
    expect(world().dashboard.times('register')).toBe(3);
    expect(new Set(world().dashboard.asked.flatMap(({ body }) => body['challenge_code'] ?? [])).size).toBe(1);
    expect(world().state()).toBe('failed');
    await world().clock.advance(MINUTE);
    expect(world().dashboard.times('register')).toBeGreaterThan(3);
    expect(world().warnings.length).toBe(1);
    world().dashboard.refreshes = UPDATED;
    await world().clock.advance(5 * MINUTE);
    expect(world().registration.status).toEqual({ state: 'registered', dashboard: 'https://dash.example' });
  });

  test('an error that it answers with is final', async () => {
    world().dashboard.registers = BROKEN;
    world().registration.reachable(REACH);
    await world().clock.advance(10 * MINUTE);
    expect(world().dashboard.times('register')).toBe(1);
    expect(world().registration.status).toMatchObject({
      state: 'failed',
      lastError: 'https://dash.example refuses with HTTP 500: oops',
    });
    world().dashboard.registers = ok({ id: 1 });
    world().registration.requestCode();
    await settle();
    expect(world().state()).toBe('unconfirmed');
  });

  test('one that is just being restarted is asked again, since it may know this machine', async () => {
    world().dashboard.refreshes = BROKEN;
    world().dashboard.registers = BROKEN;
    world().registration.reachable(REACH);
    await settle();
    expect(world().registration.status).toMatchObject({
      state: 'failed',
      lastError: expect.stringContaining('HTTP 500'),
    });
    world().dashboard.refreshes = UPDATED;
    await world().clock.advance(5 * SECOND);
    expect(world().state()).toBe('registered');
    expect(world().shown).toEqual([]);
  });

  test('an answer without an id is a refusal', async () => {
    world().dashboard.registers = ok({});
    world().registration.reachable(REACH);
    await settle();
    expect(world().registration.status).toMatchObject({ state: 'failed', lastError: expect.stringContaining('no id') });
  });
});

test('over a line that others can read, neither key nor token is told', async () => {
  world().registration = world().make({ mayTellSecrets: false });
  await world().unconfirmed();
  expect(world().dashboard.times('refresh')).toBe(0);
  expect(JSON.stringify(world().dashboard.asked)).not.toMatch(/key-1|token-1/);
  world().dashboard.states = ok({ status: 'confirmed' });
  await world().clock.advance(5 * SECOND);
  expect(world().state()).toBe('registered');
  world().registration.reachable(NEXT_REACH);
  await settle();
  expect(JSON.stringify(world().dashboard.asked)).not.toMatch(/key-1|token-/);
});

test('after its end nothing is said any more', async () => {
  await world().unconfirmed();
  await world().registration[Symbol.asyncDispose]();
  const before = world().dashboard.asked.length;
  world().registration.requestCode();
  world().registration.reachable(NEXT_REACH);
  await world().clock.advance(10 * MINUTE);
  expect(world().dashboard.asked.length).toBe(before);
  expect(world().clock.pending).toEqual([]);
});
