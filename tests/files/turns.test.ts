/** What looks at many names in a row lets others have their turn in between: one request must not hold all others up. */
import { expect, spyOn, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tarEnd, tarHeader } from '../../src/files/archive/tar-header.ts';
import { Unpacking } from '../../src/files/archive/unpacking.ts';
import { remove } from '../../src/files/write/remove.ts';
import { WriteWorld } from './write/world.ts';

const MANY = 50;
const common = { mode: 0o644, modifiedAt: 0, uid: 0, gid: 0 };
const many = <T>(make: (at: number) => T): T[] => Array.from({ length: MANY }, (_, at) => make(at));

/** How often others had their turn, with a clock that goes on by 10 ms whenever it is asked. */
async function turnsOf(action: () => Promise<{ readonly ok: boolean }>): Promise<number> {
  let now = 0;
  using _clock = spyOn(performance, 'now').mockImplementation(() => (now += 10));
  using turns = spyOn(globalThis, 'setImmediate');
  expect(await action()).toMatchObject({ ok: true });
  return turns.mock.calls.length;
}

async function unpacked(world: WriteWorld, archive: Uint8Array) {
  const opened = await Unpacking.create(world.writing, world.reach, world.find('to'), { format: 'tar' });
  if (!opened.ok) return opened;
  await using unpacking = opened.value;
  await unpacking.write(archive);
  return await unpacking.finish();
}

test('a folder of many files that is deleted', async () => {
  using world = new WriteWorld();
  mkdirSync(world.path('full'));
  for (const name of many(String)) writeFileSync(world.path(`full/${name}`), '');
  const turns = await turnsOf(() => remove(world.writing, world.reach, world.find('full'), { recursive: true }));
  expect(turns).toBeGreaterThanOrEqual(MANY);
});

test('a link with many names on its way, in a folder that is there', async () => {
  using world = new WriteWorld();
  mkdirSync(world.path('to/a'), { recursive: true });
  const link = tarHeader({ ...common, name: 'link', type: 'link', target: `${many(() => 'a/..').join('/')}/a` });
  const turns = await turnsOf(() => unpacked(world, Buffer.concat([link, tarEnd(0)])));
  expect(turns).toBeGreaterThanOrEqual(MANY);
});

test('many files that are moved into a folder that is there', async () => {
  using world = new WriteWorld();
  mkdirSync(world.path('to'));
  const heads = many((at) => tarHeader({ ...common, name: `d${at}`, type: 'folder' }));
  const turns = await turnsOf(() => unpacked(world, Buffer.concat([...heads, tarEnd(0)])));
  expect(turns).toBeGreaterThanOrEqual(MANY);
});
