/** What a dashboard is told of a machine that it knows: another address, token or key. */
import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fail } from '../../src/core/failure.ts';
import { durableFiles } from '../../src/platform/files/durable-files.ts';
import { knownKeyIn } from '../../src/tunnel/registration/known-key.ts';
import { Sandbox } from '../support/sandbox.ts';
import { settle } from '../support/manual-clock.ts';
import { AWAY, BROKEN, MINUTE, NEXT_REACH, SECOND, UNKNOWN, UPDATED, registrationWorld } from './registration-world.ts';

const world = registrationWorld();

describe('what changes is pushed', () => {
  test('a new token, again and again until the dashboard has it', async () => {
    await world().registered();
    world().dashboard.refreshes = AWAY;
    world().registration.reachable(NEXT_REACH);
    await world().clock.advance(2 * SECOND);
    world().dashboard.refreshes = BROKEN;
    await world().clock.advance(10 * SECOND);
    expect(world().registration.status).toMatchObject({
      state: 'registered',
      lastError: expect.stringContaining('HTTP 500'),
    });
    expect(world().dashboard.times('register')).toBe(0);
    world().dashboard.refreshes = UPDATED;
    await world().clock.advance(10 * SECOND);
    expect(world().dashboard.last('refresh')).toMatchObject({ tunnel_token: 'token-2' });
    expect(world().registration.status.lastError).toBeUndefined();
    const pushes = world().dashboard.times('refresh');
    await world().clock.advance(MINUTE);
    expect(world().dashboard.times('refresh')).toBe(pushes);
  });

  test('a new key, proven by the last one that the dashboard has taken', async () => {
    await world().registered();
    world().dashboard.refreshes = AWAY;
    world().registration.keyChanged('key-2');
    await settle();
    world().registration.keyChanged('key-3');
    world().dashboard.refreshes = UPDATED;
    await settle();
    expect(world().dashboard.last('refresh')).toMatchObject({ api_key: 'key-3', current_api_key: 'key-1' });
    world().registration.keyChanged('key-4');
    await settle();
    expect(world().dashboard.last('refresh')).toMatchObject({ api_key: 'key-4', current_api_key: 'key-3' });
  });

  test('a dashboard whose answer was lost knows the new key already', async () => {
    await world().registered();
    world().dashboard.refreshes = UNKNOWN;
    const proofs: unknown[] = [];
    world().dashboard.answerRefresh = ({ current_api_key: proof }) => {
      proofs.push(proof);
      return proof === 'key-2' ? UPDATED : proofs.length === 1 ? AWAY : UNKNOWN;
    };
    world().registration.keyChanged('key-2');
    await world().clock.advance(MINUTE);
    expect(proofs).toEqual(['key-1', 'key-1', 'key-2']);
    expect(world().state()).toBe('registered');
    expect(world().dashboard.times('register')).toBe(0);
  });

  test('a key that the dashboard does not know yet is kept with the one that it knows, until it does', async () => {
    using box = new Sandbox();
    const knownKey = knownKeyIn(durableFiles, box.path, 'https://dash.example');
    const files = () => readdirSync(box.path);
    world().registration = world().make({ knownKey });
    await world().registered();
    expect(files()).toEqual([]);
    world().dashboard.refreshes = AWAY;
    world().registration.keyChanged('key-2');
    world().registration.keyChanged('key-3');
    await settle();
    await world().registration[Symbol.asyncDispose]();
    expect(JSON.stringify(readFileSync(box.file('registration.json'), 'utf8'))).not.toMatch(/key-[23]/);
    if (process.platform !== 'win32') expect(statSync(box.file('registration.json')).mode & 0o777).toBe(0o600);
    expect(knownKeyIn(durableFiles, box.path, 'https://another.example').read()).toBeUndefined();

    world().registration = world().make({ knownKey, key: 'key-3' });
    await world().registered();
    expect(world().dashboard.last('refresh')).toMatchObject({ api_key: 'key-3', current_api_key: 'key-1' });
    expect({ files: files(), codes: world().dashboard.times('register') }).toEqual({ files: [], codes: 0 });
  });

  test('where it cannot be kept the rotation counts all the same, and that is said', async () => {
    world().registration = world().make({
      knownKey: knownKeyIn(durableFiles, '/nowhere/at/all', 'https://dash.example'),
    });
    await world().registered();
    world().dashboard.refreshes = AWAY;
    world().registration.keyChanged('key-2');
    expect(world().warnings).toEqual(['the key that the dashboard knows could not be kept for the next start']);
  });

  test('and a page that answers in place of the dashboard means nothing', async () => {
    await world().registered();
    world().dashboard.refreshes = fail({ reason: 'unreachable', detail: 'the answer is not JSON' });
    world().registration.reachable(NEXT_REACH);
    await world().clock.advance(MINUTE);
    expect(world().registration.status).toMatchObject({
      state: 'registered',
      lastError: expect.stringContaining('not JSON'),
    });
    expect(world().dashboard.times('register')).toBe(0);
    world().dashboard.refreshes = UPDATED;
    await world().clock.advance(MINUTE);
    expect(world().registration.status).toEqual({ state: 'registered', dashboard: 'https://dash.example' });
  });

  test('and a dashboard that has forgotten this machine gets a new code', async () => {
    await world().registered();
    world().dashboard.refreshes = UNKNOWN;
    world().registration.reachable(NEXT_REACH);
    await settle();
    expect(world().state()).toBe('unconfirmed');
    expect(world().dashboard.last('register')).toMatchObject({ tunnel_token: 'token-2' });
  });
});
