/** The keys of a server: made, used, rotated, over, deleted; and what of them is on disk. */
import { describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { keyHash } from '../../src/core/key-hash.ts';
import { silentLog } from '../../src/core/log.ts';
import { Keys, type KeyWish } from '../../src/keys/keys.ts';
import { durableFiles } from '../../src/platform/files/durable-files.ts';
import { FakeClock, Sandbox } from '../support/sandbox.ts';

const HOUR_MS = 3_600_000;
const READER: KeyWish = { name: 'reader', scopes: ['observe'] };

class World implements Disposable {
  readonly box = new Sandbox();
  readonly clock = new FakeClock();
  /** Ids of keys whose end was told. */
  readonly ended: string[] = [];
  full = false;
  writes = 0;
  keys = this.#open();

  #open(): Keys {
    const files = {
      ...durableFiles,
      write: (path: string, text: string) => {
        this.writes += 1;
        if (this.full) throw new Error('no space left on device');
        durableFiles.write(path, text);
      },
    };
    const ended = (id: string) => void this.ended.push(id);
    return new Keys({ folder: this.box.path, files, clock: this.clock, log: silentLog, ended });
  }

  restart(): void {
    this.keys[Symbol.dispose]();
    this.keys = this.#open();
  }

  get path(): string {
    return this.box.file('keys.json');
  }

  add(wish: KeyWish = READER): { readonly id: string; readonly key: string } {
    const made = this.keys.add(wish);
    if (!made.ok) throw new Error(made.failure.reason);
    return { id: made.value.record.id, key: made.value.key };
  }

  /** Whether the key opens something. */
  opens(key: string): boolean {
    return [...this.keys.valid()].some(({ hash }) => Buffer.compare(hash, keyHash(key)) === 0);
  }

  [Symbol.dispose](): void {
    this.keys[Symbol.dispose]();
    this.box[Symbol.dispose]();
  }
}

test('a key opens what it was made for, also after a restart', () => {
  using world = new World();
  const { id, key } = world.add({ ...READER, roots: ['/srv'], ports: '3000-3999' });
  const record = { id, name: 'reader', scopes: ['observe'], roots: ['/srv'], ports: '3000-3999' };
  expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(world.opens(key)).toBe(true);
  expect(world.opens(`${key}x`)).toBe(false);
  world.restart();
  expect(world.opens(key)).toBe(true);
  expect(world.keys.list()).toMatchObject([record]);
});

test('of a key its hash alone is on disk, in a file for its owner alone, and nothing beside it', () => {
  using world = new World();
  const { key } = world.add();
  const text = readFileSync(world.path, 'utf8');
  expect(text).not.toContain(key);
  expect(JSON.parse(text)).toMatchObject({ format: 1, keys: [{ name: 'reader', hash: keyHash(key).toBase64() }] });
  if (process.platform !== 'win32') expect(statSync(world.path).mode & 0o777).toBe(0o600);
  expect(readdirSync(world.box.path)).toEqual(['keys.json']);
});

test('two valid keys have no name in common', () => {
  using world = new World();
  world.add({ ...READER, lifetimeMs: HOUR_MS });
  expect(world.keys.add(READER)).toEqual({ ok: false, failure: { reason: 'name-taken', name: 'reader' } });
  world.clock.advance(HOUR_MS);
  world.add();
});

test('there are 256 of them at most', () => {
  using world = new World();
  for (let index = 0; index < 256; index += 1) world.add({ name: `key ${index}`, scopes: ['observe'] });
  expect(world.keys.add(READER)).toEqual({ ok: false, failure: { reason: 'too-many-keys', limit: 256 } });
});

describe('the end of a key is told at once, and it opens nothing any more', () => {
  test('deleted', () => {
    using world = new World();
    const { id, key } = world.add();
    expect(world.keys.delete(id).ok).toBe(true);
    expect({ ended: world.ended, opens: world.opens(key), list: world.keys.list() }).toEqual({
      ended: [id],
      opens: false,
      list: [],
    });
    expect(world.keys.delete(id)).toEqual({ ok: false, failure: { reason: 'key-not-found' } });
    world.restart();
    expect(world.opens(key)).toBe(false);
  });

  test('rotated: the id, the name and the scopes stay', () => {
    using world = new World();
    const { id, key } = world.add();
    const made = world.keys.rotate(id);
    if (!made.ok) throw new Error(made.failure.reason);
    expect(made.value.record).toMatchObject({ id, ...READER });
    expect({ ended: world.ended, old: world.opens(key), fresh: world.opens(made.value.key) }).toEqual({
      ended: [id],
      old: false,
      fresh: true,
    });
    world.restart();
    expect([world.opens(key), world.opens(made.value.key)]).toEqual([false, true]);
    expect(world.keys.rotate('nobody')).toEqual({ ok: false, failure: { reason: 'key-not-found' } });
  });

  test('over: it stays in the list, and neither a rotation nor a clock that is set back revives it', () => {
    using world = new World();
    const { id, key } = world.add({ ...READER, lifetimeMs: HOUR_MS });
    world.add({ name: 'longer', scopes: ['observe'], lifetimeMs: 3 * HOUR_MS });
    world.clock.advance(HOUR_MS - 1);
    expect({ ended: world.ended, opens: world.opens(key) }).toEqual({ ended: [], opens: true });
    world.clock.advance(1);
    expect({ ended: world.ended, opens: world.opens(key) }).toEqual({ ended: [id], opens: false });
    expect(world.keys.list().map(({ name }) => name)).toEqual(['reader', 'longer']);
    expect(world.keys.rotate(id)).toEqual({ ok: false, failure: { reason: 'key-expired' } });
    world.clock.advance(HOUR_MS);
    expect(world.ended).toEqual([id]);
    world.clock.advance(-10 * HOUR_MS);
    expect(world.opens(key)).toBe(false);
    expect(world.keys.list().map(({ expired }) => expired)).toEqual([true, false]);
  });

  test('over while the server was away', () => {
    using world = new World();
    const { key } = world.add({ ...READER, lifetimeMs: HOUR_MS });
    world.keys[Symbol.dispose]();
    world.clock.advance(HOUR_MS);
    world.restart();
    expect(world.opens(key)).toBe(false);
  });
});

test('when a key was last used is known to the minute, and written once a minute at most', () => {
  using world = new World();
  const { id } = world.add();
  const lastUsed = () => world.keys.list()[0]?.lastUsedAt;
  const before = world.writes;
  expect(lastUsed()).toBeUndefined();
  for (let request = 0; request < 100; request += 1) world.keys.used(id);
  expect(lastUsed()).toBe(Math.floor(world.clock.now() / 60_000) * 60_000);
  expect(world.writes).toBe(before);
  world.clock.advance(60_000);
  expect(world.writes).toBe(before + 1);
  world.keys.used(id);
  const last = lastUsed();
  world.restart();
  expect(lastUsed()).toBe(last as number);
});

describe('a disk that is full', () => {
  test('a key that was not stored is none, and a rotation that was not leaves the old secret', () => {
    using world = new World();
    const { id, key } = world.add();
    world.full = true;
    expect(world.keys.add({ ...READER, name: 'other' })).toMatchObject({ failure: { reason: 'storage-failed' } });
    expect(world.keys.rotate(id)).toMatchObject({ failure: { reason: 'storage-failed' } });
    expect({ opens: world.opens(key), count: world.keys.list().length, ended: world.ended }).toEqual({
      opens: true,
      count: 1,
      ended: [],
    });
  });

  test('a deleted key is none all the same; that it is not stored is said, and it can be tried again', () => {
    using world = new World();
    const { id, key } = world.add();
    world.full = true;
    expect(world.keys.delete(id)).toMatchObject({ failure: { reason: 'storage-failed' } });
    expect({ opens: world.opens(key), ended: world.ended }).toEqual({ opens: false, ended: [id] });
    expect(world.keys.rotate(id)).toEqual({ ok: false, failure: { reason: 'key-not-found' } });
    world.full = false;
    expect(world.keys.delete(id).ok).toBe(true);
    world.restart();
    expect(world.opens(key)).toBe(false);
  });

  test('whatever is stored next does not bring the deleted key back', () => {
    using world = new World();
    const { id, key } = world.add();
    world.full = true;
    world.keys.delete(id);
    world.full = false;
    world.add({ ...READER, name: 'next' });
    world.restart();
    expect(world.opens(key)).toBe(false);
    expect(world.keys.list().map(({ name }) => name)).toEqual(['next']);
  });
});

describe('the file', () => {
  const whole = () => ({
    id: '0123456789ab',
    name: 'n',
    hash: keyHash('k').toBase64(),
    scopes: ['observe'],
    createdAt: 1,
  });
  const stored = (text: string): World => {
    const world = new World();
    writeFileSync(world.path, text);
    world.restart();
    return world;
  };

  test('as this format has it is read', () => {
    using world = stored(JSON.stringify({ format: 1, keys: [whole()] }));
    expect(world.opens('k')).toBe(true);
    expect(world.keys.problems).toEqual([]);
  });

  test.each([
    ['no JSON', '{"format":1,"keys":['],
    ['empty', ''],
    ['no object', '[]'],
    ['no format', JSON.stringify({ keys: [] })],
    ['no keys', JSON.stringify({ format: 1 })],
    ['a hash that is too short', JSON.stringify({ format: 1, keys: [{ ...whole(), hash: 'AAAA' }] })],
    ['no scopes', JSON.stringify({ format: 1, keys: [{ ...whole(), scopes: undefined }] })],
    ['an end that is no number', JSON.stringify({ format: 1, keys: [{ ...whole(), expiresAt: 'soon' }] })],
    ['roots that are no texts', JSON.stringify({ format: 1, keys: [whole(), { ...whole(), roots: [1] }] })],
  ])('damaged (%s): it is set aside as it is, which is said, and no key of it opens anything', (_what, text) => {
    using world = stored(text);
    expect([...world.keys.valid()]).toEqual([]);
    expect(world.keys.problems).toEqual([expect.stringContaining('damaged')]);
    expect(readFileSync(`${world.path}.damaged`, 'utf8')).toBe(text);
    const { key } = world.add();
    world.restart();
    expect(world.opens(key)).toBe(true);
    expect(world.keys.problems).toEqual([]);
  });

  test('of a later format: neither read nor written, which is said', () => {
    const text = JSON.stringify({ format: 2, keys: [whole()], more: true });
    using world = stored(text);
    expect(world.opens('k')).toBe(false);
    expect(world.keys.problems).toEqual([expect.stringContaining('later version')]);
    expect(world.keys.add(READER)).toEqual({ ok: false, failure: { reason: 'keys-of-later-version' } });
    world.restart();
    expect(readFileSync(world.path, 'utf8')).toBe(text);
    expect(existsSync(`${world.path}.damaged`)).toBe(false);
  });

  test('a scope of a later version stays with its key', () => {
    using world = stored(JSON.stringify({ format: 1, keys: [{ ...whole(), scopes: ['observe', 'later'] }] }));
    world.add();
    world.restart();
    expect(world.keys.list()[0]?.scopes).toEqual(['observe', 'later']);
  });
});
