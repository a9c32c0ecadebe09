/** `npm run release`: from executables to a folder that any web server can serve. */
import { describe, expect, test } from 'bun:test';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDuration } from '../../src/release/duration.ts';
import { executableFile } from '../../src/updater/release-files.ts';
import { generate, hasMinisign, run } from '../support/minisign-tool.ts';
import { command, ELSEWHERE, HERE, RELEASE_FILES, World } from './world.ts';

const FILES = [executableFile(ELSEWHERE), executableFile(HERE)].toSorted();
const sha256 = (bytes: Uint8Array) => new Bun.CryptoHasher('sha256').update(bytes).digest('hex');
const now = () => Math.floor(Date.now() / 1000);

describe('a release', () => {
  test('is executables, a manifest that names them, its signature, installers and checksums', async () => {
    using world = await World.open();
    world.build({ version: '2.0.0' }, 'for another machine');
    const before = now();
    const { code, stdout } = await world.release(
      '2.0.0',
      '--channel',
      'beta',
      '--update-url',
      'http://127.0.0.1:9/beta/',
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('version 2.0.0, channel beta') });
    expect(readdirSync(world.out).toSorted()).toEqual(RELEASE_FILES);
    const manifest = world.manifest();
    expect(manifest).toMatchObject({ schema: 1, product: 'agent-server', channel: 'beta', version: '2.0.0' });
    expect(manifest.seq).toBeWithin(before, now() + 1);
    expect(Date.parse(manifest.issued) / 1000).toBeWithin(before, now() + 1);
    expect(Date.parse(manifest.expires) - Date.parse(manifest.issued)).toBe(30 * 86_400_000);
    for (const target of [HERE, ELSEWHERE]) {
      const file = executableFile(target);
      const bytes = readFileSync(join(world.from, file));
      expect(manifest.artifacts[target]).toEqual({ file, size: bytes.length, sha256: sha256(bytes) });
      expect(readFileSync(join(world.out, file)).equals(bytes)).toBe(true);
    }
    expect(Object.keys(manifest.artifacts)).toHaveLength(2);
    expect(world.read('manifest.json.minisig')).toContain(
      `trusted comment: version:2.0.0\tchannel:beta\tseq:${manifest.seq}\tfile:manifest.json\n`,
    );
    expect(await world.verify()).toMatchObject({ code: 0, stderr: '' });
  });

  test('pins its address, version and hashes in the installers, each in its own language and line ends', async () => {
    using world = await World.open();
    const { artifacts } = await world.released('2.0.0', '--update-url', 'https://example.com/agent-server');
    const sums = FILES.map((file) => `${Object.values(artifacts).find((one) => one.file === file)?.sha256}  ${file}\n`);
    const ran = Bun.spawnSync(['sh', join(world.out, 'install.sh')]).stdout.toString();
    const [url, version, lines = ''] = ran.split('|');
    expect([url, version]).toEqual(['https://example.com/agent-server', '2.0.0']);
    expect(lines.split('\n').toSorted().join('\n').trim()).toBe(sums.toSorted().join('').trim());
    const powershell = world.read('install.ps1');
    expect(powershell).toStartWith(
      `Set-StrictMode -Version 3\r\n# <release>\r\n$ReleaseUrl = 'https://example.com/agent-server'\r\n$ReleaseVersion = '2.0.0'\r\n$ReleaseSums = @'\r\n`,
    );
    expect(powershell).toEndWith(`\r\n'@\r\n# </release>\r\n"$ReleaseVersion"\r\n`);
    for (const line of sums) expect(powershell).toContain(`\r\n${line.trim()}\r\n`);
  });

  test('has the Windows executable under the name that people download, if it is there', async () => {
    using world = await World.open();
    world.build({ version: '2.0.0' });
    writeFileSync(join(world.from, 'agent-server-windows-x64.exe'), 'MZ');
    writeFileSync(join(world.from, 'agent-server.exe'), 'MZ');
    writeFileSync(join(world.from, 'notes.txt'), 'not released');
    expect((await world.release('2.0.0')).code).toBe(0);
    expect(readdirSync(world.out)).toContain('agent-server.exe');
    expect(readdirSync(world.out)).not.toContain('notes.txt');
    expect(Object.keys(world.manifest().artifacts)).toContain('windows-x64');
    expect(world.read('install.sh')).toMatch(/^[0-9a-f]{64} {2}agent-server\.exe$/m);
    expect((await world.verify()).code).toBe(0);
  });

  test('is checked by sha256sum', async () => {
    using world = await World.open();
    await world.released('2.0.0');
    const check = Bun.spawnSync(['sha256sum', '-c', 'SHA256SUMS'], { cwd: world.out });
    expect(check.exitCode).toBe(0);
    expect(check.stdout.toString().trim().split('\n')).toHaveLength(RELEASE_FILES.length - 1);
  });

  test.skipIf(!hasMinisign)('is verified by minisign, and not once it is changed', async () => {
    using world = await World.open();
    await world.released('2.0.0');
    const manifest = join(world.out, 'manifest.json');
    const verify = () => run('-V', '-H', '-p', world.publicKey, '-m', manifest);
    expect(verify()).toMatchObject({ code: 0, said: expect.stringContaining('version:2.0.0') });
    world.write('manifest.json', world.read('manifest.json').replace('2.0.0', '2.0.1'));
    expect(verify().code).toBe(1);
  });

  test('is told as JSON', async () => {
    using world = await World.open();
    world.build({ version: '2.0.0' });
    const { stdout } = await world.release('2.0.0', '--json', '--seq', '77');
    expect(JSON.parse(stdout)).toMatchObject({ out: world.out, manifest: world.manifest(), updateUrl: '' });
    expect(world.manifest().seq).toBe(77);
  });
});

describe('a mistake on the command line', () => {
  test.each<[args: readonly string[], trouble: string]>([
    [['--version', 'v2'], '--version must be a semantic version such as 1.2.3 or 1.2.3-rc.1, not "v2"'],
    [['--seq', '0'], '--seq must be a whole number above 0, not "0"'],
    [['--seq', '1e3'], '--seq must be a whole number above 0, not "1e3"'],
    [['--expires', '30'], '--expires must be a time such as 12h, 30d or 52w'],
    [['--expires', '0d'], '--expires must be a time such as 12h, 30d or 52w'],
    [['--expires', '600w'], '--expires must be a time such as 12h, 30d or 52w'],
    [['--channel', '../x'], '--channel must be a name such as stable or beta, not "../x"'],
    [
      ['--update-url', 'http://example.com'],
      '--update-url http://example.com cannot be used: it must begin with https://',
    ],
    [['--from', '/nowhere/at/all'], '--from /nowhere/at/all cannot be read'],
    [['--secret-key', '/nowhere/at/all'], '--secret-key /nowhere/at/all is not there'],
  ])('%j is told', async (args, trouble) => {
    using world = await World.open();
    world.build({ version: '2.0.0' });
    const { code, stdout, stderr } = await world.release('2.0.0', ...args);
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`release: ${trouble}`),
    });
    expect(Bun.file(world.out).size).toBe(0);
  });

  test('what is missing is named', async () => {
    const trouble = 'release: --from and --secret-key and --out must be given; see npm run release -- --help\n';
    expect(await command('release', '--version', '1.0.0')).toEqual({ code: 1, stdout: '', stderr: trouble });
  });

  test.each([
    ['# <release>\n# <release>\n# </release>\n', 'must have the line "# <release>" exactly once'],
    ['# <release>\n', 'must have the line "# </release>" exactly once'],
    ['# </release>\n# <release>\n', 'has # </release> before # <release>'],
  ])('an installer %j is refused', async (text, trouble) => {
    using world = await World.open();
    world.build({ version: '2.0.0' });
    writeFileSync(join(world.installers, 'install.sh'), text);
    expect(await world.release('2.0.0')).toMatchObject({ code: 1, stderr: `release: install.sh ${trouble}\n` });
  });

  test('a public key signs nothing', async () => {
    using world = await World.open();
    world.build({ version: '2.0.0' });
    copyFileSync(world.publicKey, world.secretKey);
    const trouble = `release: ${world.secretKey} is not a minisign secret key`;
    expect(await world.release('2.0.0')).toMatchObject({ code: 1, stderr: expect.stringContaining(trouble) });
  });

  test.skipIf(!hasMinisign)('a key that minisign made signs like ours', async () => {
    using world = await World.open();
    world.build({ version: '2.0.0' });
    const { secretKey, publicKey } = generate(world.sandbox.path);
    expect(await world.release('2.0.0', '--secret-key', secretKey)).toMatchObject({ code: 0 });
    expect(await world.verify()).toMatchObject({ code: 1 });
    expect(await world.verify('--public-key', publicKey)).toMatchObject({ code: 0 });
  });
});

test('times', () => {
  expect(['90m', '12h', '30d', '52w'].map(parseDuration)).toEqual([
    5_400_000, 43_200_000, 2_592_000_000, 31_449_600_000,
  ]);
});
