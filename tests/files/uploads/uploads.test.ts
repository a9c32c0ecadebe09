/** Uploads, with a clock of our own. */
import { expect, test } from 'bun:test';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../src/core/clock.ts';
import { IDLE_MS, Uploads } from '../../../src/files/uploads/uploads.ts';
import { WriteWorld } from '../write/world.ts';

class World {
  readonly write = new WriteWorld();
  readonly caller = { keyId: 'k', mayUseAll: false, reach: this.write.reach };
  now = 1e12;
  readonly clock: Clock = {
    now: () => this.now,
    monotonic: () => this.now,
    after: () => ({ [Symbol.dispose]: () => {} }),
  };
  readonly notes = join(this.write.root, 'uploads');
  uploads = this.start();

  /** As a server that starts. */
  start(): Uploads {
    return (this.uploads = new Uploads(this.notes, this.write.writing, this.clock));
  }

  async begin(name: string, size: number): Promise<string> {
    const made = await this.uploads.create(this.caller, this.write.find(name), { size });
    if (!made.ok) throw new Error(made.failure.reason);
    return made.value.note.id;
  }

  async part(id: string, offset: number, text: string): Promise<void> {
    const opened = await this.uploads.append(id, this.caller, offset);
    if (!opened.ok) throw new Error(opened.failure.reason);
    await using writer = opened.value;
    await writer.write(Buffer.from(text));
  }

  get left(): string[] {
    return [...this.write.left, ...readdirSync(this.notes)];
  }

  [Symbol.dispose](): void {
    this.uploads[Symbol.dispose]();
    this.write[Symbol.dispose]();
  }
}

test('it goes on with a server that starts later, and what a crash leaves of files is not it', async () => {
  using world = new World();
  const id = await world.begin('x', 6);
  await world.part(id, 0, 'abc');
  world.start();
  await world.write.writing.names.removeLeftOver();
  await world.uploads.dropIdle();
  const now = await world.uploads.get(id, world.caller);
  expect(now).toMatchObject({ ok: true, value: { offset: 3 } });
  await world.part(id, 3, 'def');
  const done = await world.uploads.finish(id, world.caller, new AbortController().signal);
  expect(done).toMatchObject({ ok: true, value: { made: true } });
  expect(readFileSync(world.write.path('x'), 'utf8')).toBe('abcdef');
  expect(world.left).toEqual([]);
});

test('after 24 hours without a part it is dropped, and each part begins them anew', async () => {
  using world = new World();
  const id = await world.begin('x', 6);
  world.now += IDLE_MS - 1;
  await world.part(id, 0, 'abc');
  world.now += IDLE_MS - 1;
  await world.uploads.dropIdle();
  expect(await world.uploads.get(id, world.caller)).toMatchObject({ ok: true, value: { offset: 3 } });
  world.now += 1;
  expect(await world.uploads.get(id, world.caller)).toMatchObject({ failure: { reason: 'upload-unknown' } });
  expect(world.left).toEqual([]);
  await world.begin('y', 1);
  world.now += IDLE_MS;
  await world.uploads.dropIdle();
  expect(world.left).toEqual([]);
  expect(existsSync(world.write.path('y'))).toBe(false);
});

test('one whose bytes another program has removed is there no more; what stands in their place is no upload', async () => {
  using world = new World();
  const id = await world.begin('x', 6);
  const [staged = ''] = world.write.left;
  rmSync(world.write.path(staged));
  expect(await world.uploads.append(id, world.caller, 0)).toMatchObject({ failure: { reason: 'upload-unknown' } });
  expect(await world.uploads.get(id, world.caller)).toMatchObject({ failure: { reason: 'upload-unknown' } });
  mkdirSync(world.write.path(staged));
  expect(await world.uploads.append(id, world.caller, 0)).toMatchObject({ failure: { reason: 'is-folder' } });
});
