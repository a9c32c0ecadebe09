/** Where `npm run release` puts a release: never half of one, and over nothing else. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RELEASE_FILES, World } from './world.ts';

describe('the place of a release', () => {
  test('is replaced as a whole, and the sequence number goes up', async () => {
    using world = await World.open();
    const first = await world.released('1.0.0');
    writeFileSync(join(world.from, 'agent-server-windows-x64.exe'), 'MZ');
    await world.released('1.1.0');
    rmSync(join(world.from, 'agent-server-windows-x64.exe'));
    const third = await world.released('1.2.0');
    expect(third.seq).toBeGreaterThanOrEqual(first.seq + 2);
    expect(readdirSync(world.out).toSorted()).toEqual(RELEASE_FILES);
    expect(readdirSync(dirname(world.out))).toEqual(['agent-server']);
    if (process.platform !== 'win32') expect(statSync(world.out).mode & 0o777).toBe(0o755);
  });

  test('never goes back in its sequence', async () => {
    using world = await World.open();
    await world.released('1.0.0', '--seq', '50');
    const before = world.read('SHA256SUMS');
    world.build({ version: '1.1.0' });
    for (const seq of ['49', '50'])
      expect(await world.release('1.1.0', '--seq', seq)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`--seq ${seq} is not above 50`),
      });
    expect(world.read('SHA256SUMS')).toBe(before);
    expect((await world.released('1.1.0', '--seq', '51')).seq).toBe(51);
    // Another channel counts for itself.
    expect((await world.released('1.1.0', '--seq', '3', '--channel', 'beta')).seq).toBe(3);
  });

  test('stays as it is when a release fails', async () => {
    using world = await World.open();
    await world.released('1.0.0');
    const before = world.read('SHA256SUMS');
    world.build({ version: '1.5.0' });
    expect((await world.release('2.0.0')).code).toBe(1);
    rmSync(join(world.installers, 'install.sh'));
    expect(await world.release('1.5.0')).toMatchObject({
      code: 1,
      stderr: `release: the installer ${join(world.installers, 'install.sh')} is not there; --installers DIR says where the two are\n`,
    });
    expect(world.read('SHA256SUMS')).toBe(before);
    expect(await world.verify()).toMatchObject({ code: 0 });
    expect(readdirSync(dirname(world.out))).toEqual(['agent-server']);
  });

  test('may be empty, and may be a symlink, whose target is replaced', async () => {
    using world = await World.open();
    const real = world.sandbox.file('real');
    mkdirSync(real);
    mkdirSync(dirname(world.out));
    symlinkSync(real, world.out);
    await world.released('1.0.0');
    await world.released('1.1.0');
    expect(readFileSync(join(real, 'manifest.json'), 'utf8')).toContain('"1.1.0"');
    expect(readdirSync(world.sandbox.path).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('that holds anything else is left alone', async () => {
    using world = await World.open();
    mkdirSync(world.out, { recursive: true });
    world.write('thesis.txt', 'mine');
    world.build({ version: '1.0.0' });
    expect(await world.release('1.0.0')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('holds something else than a release'),
    });
    expect(readdirSync(world.out)).toEqual(['thesis.txt']);
  });
});
