/** What a copy of a folder does not take with it. */
import { expect, test } from 'bun:test';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { Places } from '../../../src/files/place.ts';
import { CopyRun } from '../../../src/files/write/copy-run.ts';
import { WriteWorld } from './world.ts';

test('a folder with files of the server in it is not copied for whoever may not use those; nothing of it is left', async () => {
  using world = new WriteWorld();
  mkdirSync(world.path('from/own'), { recursive: true });
  writeFileSync(world.path('from/a'), 'a');
  writeFileSync(world.path('from/own/key'), 'secret');
  const places = new Places({ roots: undefined, own: [world.path('from/own')] });
  const endFor = (mayUseOwn: boolean) => {
    const reach = places.reach({ roots: undefined, mayUseOwn });
    const options = { recursive: true, follow: false, overwrite: false };
    return new CopyRun(world.writing, reach, world.find('from'), world.find('to'), options).ended;
  };
  expect(await endFor(false)).toMatchObject({ ok: false, failure: { reason: 'outside-roots' } });
  expect(readdirSync(world.folder)).toEqual(['from']);
  expect(await endFor(true)).toMatchObject({ ok: true, value: { files: 2 } });
});

test('one that is ended says so, and nothing of it is left', async () => {
  using world = new WriteWorld();
  writeFileSync(world.path('from'), 'a');
  const options = { recursive: false, follow: false, overwrite: false };
  const run = new CopyRun(world.writing, world.reach, world.find('from'), world.find('to'), options);
  run.abort();
  expect(await run.ended).toEqual({ ok: false, failure: { reason: 'aborted' } });
  expect(readdirSync(world.folder)).toEqual(['from']);
});
