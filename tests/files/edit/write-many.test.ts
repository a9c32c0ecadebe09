/** Many small files in one request, on a disk that fills up meanwhile. */
import { expect, test } from 'bun:test';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ok } from '../../../src/core/failure.ts';
import { writeAll, writeEach } from '../../../src/files/edit/write-many.ts';
import { Room } from '../../../src/files/write/room.ts';
import { WriteWorld } from '../write/world.ts';

/** Has room for what is asked for, and none once that is being written. */
class Filling extends Room {
  override async refusal(...[folder, bytes]: Parameters<Room['refusal']>) {
    return bytes > 0 ? undefined : new Room(Number.MAX_SAFE_INTEGER).refusal(folder, bytes);
  }
}

test.each([
  ['each', writeEach],
  ['all or none', writeAll],
] as const)('%s: what does not fit leaves the old file as it was, and nothing beside it', async (_what, write) => {
  using world = new WriteWorld();
  writeFileSync(world.path('a'), 'old');
  const writing = { ...world.writing, room: new Filling(0) };
  const content = new Uint8Array(2 * 1024 * 1024);
  const item = { given: { text: world.path('a') }, content, mode: undefined, mkdirs: false, condition: undefined };
  const [outcome] = await write(writing, world.reach, [ok(item)], new AbortController().signal);
  expect(outcome).toMatchObject({ ok: false, failure: { reason: 'no-room' } });
  expect([readdirSync(world.folder), readFileSync(world.path('a'), 'utf8')]).toEqual([['a'], 'old']);
});
