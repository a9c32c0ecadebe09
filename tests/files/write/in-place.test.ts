/** A file that is written where it is. */
import { expect, test } from 'bun:test';
import { statSync, writeFileSync } from 'node:fs';
import { InPlaceFile } from '../../../src/files/write/in-place.ts';
import { WriteWorld } from './world.ts';

test.skipIf(process.platform === 'win32').each(['old', 'new'])(
  '%s: whom its mode keeps out never sees a byte',
  async (name) => {
    using world = new WriteWorld();
    writeFileSync(world.path('old'), 'old', { mode: 0o644 });
    const opened = await InPlaceFile.openEmpty(world.writing, world.reach, world.find(name), { mode: 0o600 });
    if (!opened.ok) throw new Error(opened.failure.reason);
    await using file = opened.value;
    expect(statSync(world.path(name))).toMatchObject({ size: 0, mode: 0o100600 });
    await file.write(Buffer.from('secret'));
    expect(await file.finish()).toMatchObject({ ok: true, value: { entry: { size: 6, mode: 0o600 } } });
  },
);
