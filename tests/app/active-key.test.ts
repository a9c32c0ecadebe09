/** The inherited key and its rotation: the key file, whoever listens, and the one that comes from the environment. */
import { expect, test } from 'bun:test';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ActiveKey, type KeyRotation } from '../../src/app/active-key.ts';
import { keyringOf } from '../../src/http/keyring.ts';
import { resolveApiKey } from '../../src/platform/files/key-file.ts';
import { FakeClock, Sandbox } from '../support/sandbox.ts';

const world = (env: Readonly<Record<string, string>> = {}) => {
  const box = new Sandbox();
  const clock = new FakeClock();
  const all = { HOME: box.path, LOCALAPPDATA: box.path, ...env };
  const key = new ActiveKey(resolveApiKey(all), clock);
  return { box, clock, env: all, key, keys: keyringOf([key]), [Symbol.dispose]: () => box[Symbol.dispose]() };
};

test('a rotation replaces the key in its file and in the server, and tells who listens of both', () => {
  using w = world();
  const told: KeyRotation[] = [];
  const listening = w.key.onRotated((rotation) => told.push(rotation));
  const previous = w.key.value;
  const rotated = w.key.rotate();
  const current = w.key.value;
  expect(rotated).toEqual({ ok: true, value: current });
  expect(current).not.toBe(previous);
  expect(readFileSync(w.key.path, 'utf8')).toBe(current);
  if (process.platform !== 'win32') expect(statSync(w.key.path).mode & 0o777).toBe(0o600);
  expect([w.keys.callerWith(previous), w.keys.callerWith(current)?.keyId]).toEqual([undefined, 'default']);
  expect(told).toEqual([{ previous, current }]);
  expect(resolveApiKey(w.env).value).toBe(current);
  listening[Symbol.dispose]();
  w.key.rotate();
  expect(told).toHaveLength(1);
});

test.each(['agent_runtime_API_KEY', 'DEVPILOT_AGENT_API_KEY'])(
  'one from %s is not rotated: it would come back',
  (name) => {
    using w = world({ [name]: 'from-the-environment' });
    expect(w.key.rotate()).toEqual({ ok: false, failure: { reason: 'key-from-environment', variable: name } });
    expect(w.key.value).toBe('from-the-environment');
    expect(readFileSync(w.key.path, 'utf8')).toBe('from-the-environment');
  },
);

test('when it was last used is known to the minute', () => {
  using w = world();
  w.keys.callerWith('another');
  expect(w.key.lastUsedAt).toBeUndefined();
  w.keys.callerWith(w.key.value);
  const first = Math.floor(w.clock.now() / 60_000) * 60_000;
  expect(w.key.lastUsedAt).toBe(first);
  w.clock.advance(60_000);
  expect(w.key.lastUsedAt).toBe(first);
  w.keys.callerWith(w.key.value);
  expect(w.key.lastUsedAt).toBe(first + 60_000);
});

test('where the key file cannot be written the old key stays', () => {
  using w = world();
  const told: KeyRotation[] = [];
  w.key.onRotated((rotation) => told.push(rotation));
  const { value } = w.key;
  // Not by a mode: root may write everywhere.
  rmSync(dirname(w.key.path), { recursive: true });
  expect(w.key.rotate()).toMatchObject({ ok: false, failure: { reason: 'storage-failed' } });
  expect({ value: w.key.value, told }).toEqual({ value, told: [] });
});
