/** What `npm run release` asks of the executables before it signs them. */
import { describe, expect, test } from 'bun:test';
import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeKeyPair } from '../../src/release/keys/key-pair.ts';
import { executableFile } from '../../src/updater/release-files.ts';
import { ELSEWHERE, HERE, World } from './world.ts';

/** Signs nothing here. */
const stranger = await makeKeyPair();

describe('the executables', () => {
  test('say their channel and address, where none are given', async () => {
    using world = await World.open();
    const updateUrl = 'https://example.com/nightly';
    world.build({ version: '2.0.0', channel: 'nightly', updateUrl });
    expect((await world.release('2.0.0')).code).toBe(0);
    expect(world.manifest().channel).toBe('nightly');
    expect(world.read('install.sh')).toContain(`release_url='${updateUrl}'`);
  });

  test.each<[what: string, script: string, trouble: string]>([
    [
      'of another version',
      `echo '{"version":"1.9.9"}'`,
      'is version 1.9.9, not 2.0.0: build it with npm run build -- --version 2.0.0',
    ],
    ['that say no version', `echo '{}'`, 'is version undefined, not 2.0.0'],
    ['that print no JSON', 'echo 2.0.0', 'version --json printed no JSON (2.0.0)'],
    ['that print a list', 'echo []', 'version --json printed no JSON ([])'],
    ['that crash', 'echo no such thing >&2; exit 3', 'version --json ended with 3 (no such thing)'],
    ['that die', 'kill -9 $$', 'version --json ended with SIGKILL'],
    [
      'of another channel',
      `echo '{"version":"2.0.0","channel":"beta"}'`,
      'follows the channel beta, not stable: build it with npm run build -- --channel stable',
    ],
    [
      'that do not know the key that signs',
      `printf %s '${JSON.stringify({ version: '2.0.0', publicKeys: [stranger.publicText] })}'`,
      `that signs this release, only ${stranger.keyId}`,
    ],
  ])('%s are refused, and nothing is released', async (_what, script, trouble) => {
    using world = await World.open();
    world.build({ version: '2.0.0' });
    world.program(script);
    const { code, stdout, stderr } = await world.release('2.0.0', '--channel', 'stable');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(trouble);
    expect(readdirSync(dirname(world.out))).toEqual([]);
  });

  test('that this machine cannot start at all are refused', async () => {
    using world = await World.open();
    world.build({ version: '2.0.0' });
    writeFileSync(join(world.from, executableFile(HERE)), Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 0));
    const { code, stderr } = await world.release('2.0.0');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`${executableFile(HERE)} cannot be started`),
    });
  });

  test('for other machines are asked by what is baked into them', async () => {
    using world = await World.open();
    world.build({ version: '2.0.0' }, `x{version:"1.0.0",target:"${ELSEWHERE}",channel:"stable"}`);
    const { code, stderr } = await world.release('2.0.0');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`for ${ELSEWHERE} is version 1.0.0, not 2.0.0`),
    });
    world.build({ version: '2.0.0' }, `x{version:"2.0.0",target:"${ELSEWHERE}",channel:"stable"}`);
    expect(await world.release('2.0.0')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`not run, because this machine cannot: ${ELSEWHERE}`),
    });
  });

  test('that know no key are released with a warning', async () => {
    using world = await World.open();
    world.build({ version: '2.0.0', publicKeys: [] });
    const { code, stderr } = await world.release('2.0.0');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('will never update itself') });
  });

  test('under the name for download must be the same as for windows-x64', async () => {
    using world = await World.open();
    world.build({ version: '2.0.0' });
    writeFileSync(join(world.from, 'agent-server.exe'), 'MZ1');
    expect(await world.release('2.0.0')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('agent-server.exe without'),
    });
    writeFileSync(join(world.from, 'agent-server-windows-x64.exe'), 'MZ2');
    expect(await world.release('2.0.0')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not a copy of'),
    });
    expect(readdirSync(dirname(world.out))).toEqual([]);
  });

  test('must be there', async () => {
    using world = await World.open();
    expect(await world.release('2.0.0')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('npm run build makes them'),
    });
  });
});
