/** `npm run verify`: everything that can be wrong with a release folder. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeKeyPair, parseSecretKey } from '../../src/release/keys/key-pair.ts';
import { signMessage } from '../../src/release/keys/sign.ts';
import { executableFile } from '../../src/updater/release-files.ts';
import { runInProcess } from '../cli/in-process.ts';
import { command, ELSEWHERE, HERE, World } from './world.ts';

const FILE = executableFile(HERE);
const OTHER = executableFile(ELSEWHERE);

/** Signs the manifest anew with the key of the world, as whoever has it could: only its content is wrong then. */
async function sign(world: World, change: (manifest: Record<string, unknown>) => void): Promise<void> {
  const manifest = JSON.parse(world.read('manifest.json')) as Record<string, unknown>;
  change(manifest);
  const bytes = Buffer.from(JSON.stringify(manifest));
  const key = await parseSecretKey(readFileSync(world.secretKey, 'utf8'), 'key');
  world.write('manifest.json', bytes);
  world.write('manifest.json.minisig', await signMessage(bytes, 'c', key));
}

const edit = (world: World, file: string, from: string | RegExp, to: string) => {
  const before = world.read(file);
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${file} has no ${String(from)}`);
  world.write(file, after);
};

describe('verify says', () => {
  let world: World;
  const good = () => world.sandbox.file('good');
  beforeAll(async () => {
    world = await World.open();
    await world.released('2.0.0');
    expect((await world.verify()).code).toBe(0);
    cpSync(world.out, good(), { recursive: true });
  });
  beforeEach(() => {
    rmSync(world.out, { recursive: true });
    cpSync(good(), world.out, { recursive: true });
  });
  afterAll(() => world[Symbol.dispose]());

  test.each<[what: string, spoil: (world: World) => unknown, trouble: string]>([
    [
      'one byte of the manifest',
      (w) => edit(w, 'manifest.json', '2.0.0', '2.0.1'),
      'the manifest is not what was signed with the key',
    ],
    [
      'a space more in the manifest',
      (w) => edit(w, 'manifest.json', '{', '{ '),
      'the manifest is not what was signed with the key',
    ],
    [
      'one byte of the trusted comment',
      (w) => edit(w, 'manifest.json.minisig', 'version:2.0.0', 'version:2.0.1'),
      'the trusted comment in the signature',
    ],
    [
      'no signature',
      (w) => rmSync(join(w.out, 'manifest.json.minisig')),
      'manifest.json.minisig cannot be read: it is not there',
    ],
    [
      'a signature that is none',
      (w) => w.write('manifest.json.minisig', 'OK'),
      'the signature of the manifest cannot be read: it has 1 lines instead of 4',
    ],
    ['no manifest', (w) => rmSync(join(w.out, 'manifest.json')), 'manifest.json cannot be read: it is not there'],
    [
      'a manifest of a megabyte',
      (w) => w.write('manifest.json', ' '.repeat(1_000_000)),
      'manifest.json has 1000000 bytes, more than 65536',
    ],
    [
      'a signed path',
      (w) => sign(w, (m) => (m['artifacts'] = { x: { file: '../x', size: 1, sha256: 'a'.repeat(64) } })),
      'the manifest cannot be used: the file for x is "../x", not the bare name of one',
    ],
    [
      'a signed manifest for something else',
      (w) => sign(w, (m) => (m['product'] = 'other')),
      'the manifest is for the product other, not for agent-server',
    ],
    [
      'a signed manifest of another time',
      (w) => sign(w, (m) => Object.assign(m, { issued: '2020-01-01T00:00:00Z', expires: '2020-02-01T00:00:00Z' })),
      'the manifest expired at 2020-02-01T00:00:00Z',
    ],
    [
      'a signed manifest that is no JSON',
      async (w) => {
        const key = await parseSecretKey(readFileSync(w.secretKey, 'utf8'), 'key');
        w.write('manifest.json', 'x');
        w.write('manifest.json.minisig', await signMessage(Buffer.from('x'), 'c', key));
      },
      'the manifest cannot be used: it is not JSON',
    ],
    ['an executable that is a byte longer', (w) => w.write(FILE, `${w.read(FILE)} `), `${FILE} has `],
    [
      'an executable of the same size',
      (w) => edit(w, FILE, 'sh', 'SH'),
      `${FILE} is not what was signed: its SHA-256 is`,
    ],
    ['no executable', (w) => rmSync(join(w.out, FILE)), `${FILE} cannot be read: it is not there`],
    [
      'a folder as an executable',
      (w) => {
        rmSync(join(w.out, FILE));
        mkdirSync(join(w.out, FILE));
      },
      `${FILE} cannot be read: it is not a file`,
    ],
    [
      'another executable for download',
      (w) => w.write('agent-server.exe', 'MZ'),
      '"agent-server.exe" is not one of the executables',
    ],
    ['no SHA256SUMS', (w) => rmSync(join(w.out, 'SHA256SUMS')), 'SHA256SUMS is not there'],
    ['a SHA256SUMS that is none', (w) => w.write('SHA256SUMS', 'OK\n'), 'SHA256SUMS has a line that is no checksum'],
    [
      'a path in SHA256SUMS',
      (w) => edit(w, 'SHA256SUMS', 'install.sh', '../../install.sh'),
      'SHA256SUMS has "../../install.sh"',
    ],
    [
      'a line less in SHA256SUMS',
      (w) => edit(w, 'SHA256SUMS', new RegExp(`^.*${OTHER}\\n`, 'm'), ''),
      `SHA256SUMS does not have ${OTHER}`,
    ],
    [
      'another checksum',
      (w) => edit(w, 'SHA256SUMS', /^[0-9a-f]{64}(?= {2}install.ps1)/m, 'a'.repeat(64)),
      'install.ps1 is not what SHA256SUMS says',
    ],
    [
      'no installer',
      (w) => rmSync(join(w.out, 'install.sh')),
      'install.sh cannot be read: it is not there, and SHA256SUMS has it',
    ],
    [
      'an installer for another version',
      (w) => edit(w, 'install.sh', "='2.0.0'", "='1.0.0'"),
      'install.sh is pinned to version 1.0.0, not to 2.0.0',
    ],
    [
      'an installer for another executable',
      (w) => edit(w, 'install.ps1', /^[0-9a-f]{64}/m, 'b'.repeat(64)),
      'install.ps1 is pinned to another',
    ],
    [
      'an installer that is not pinned',
      (w) => w.write('install.sh', '# <release>\n# </release>\n'),
      'install.sh is pinned to nothing',
    ],
    [
      'an installer without the place for it',
      (w) => w.write('install.sh', ''),
      'install.sh must have the line "# <release>" exactly once',
    ],
  ])('%s', async (_what, spoil, trouble) => {
    await spoil(world);
    const { code, stdout, stderr } = await world.verify();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`verify: ${trouble}`);
  });

  test('everything that is wrong at once', async () => {
    rmSync(join(world.out, FILE));
    world.write(OTHER, 'x');
    const { code, stdout } = await world.verify('--json');
    const { valid, problems } = JSON.parse(stdout) as { valid: boolean; problems: string[] };
    expect({ code, valid }).toEqual({ code: 1, valid: false });
    expect(problems).toContain(`${FILE} cannot be read: it is not there`);
    expect(problems).toContain(`${OTHER} is not what SHA256SUMS says`);
  });

  test('that the executable for download is not the one that was signed', async () => {
    using windows = await World.open();
    windows.build({ version: '2.0.0' });
    for (const name of ['agent-server-windows-x64.exe', 'agent-server.exe'])
      writeFileSync(join(windows.from, name), 'MZ');
    expect((await windows.release('2.0.0')).code).toBe(0);
    windows.write('agent-server.exe', 'ZM');
    expect(await windows.verify()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('agent-server.exe is not what was signed'),
    });
  });
});

describe('keys', () => {
  test('of a stranger are refused by name; one of several is enough', async () => {
    using world = await World.open();
    await world.released('2.0.0');
    const { publicText, keyId } = await makeKeyPair();
    const strange = world.sandbox.file('strange.pub');
    writeFileSync(strange, publicText);
    const refused = await command('verify', world.out, '--public-key', strange);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(`does not know: it knows ${keyId}\n`) });
    expect((await command('verify', world.out, '--public-key', strange, '--public-key', world.publicKey)).code).toBe(0);
  });

  test('must be given, and be keys', async () => {
    using world = await World.open();
    await world.released('2.0.0');
    expect(await command('verify', world.out)).toMatchObject({
      code: 1,
      stderr: 'verify: --public-key FILE must be given; see npm run verify -- --help\n',
    });
    const secret = await command('verify', world.out, '--public-key', world.secretKey);
    expect(secret).toMatchObject({ code: 1, stderr: expect.stringContaining('is not a minisign public key') });
    const missing = await command('verify', world.out, '--public-key', world.sandbox.file('x'));
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be read') });
  });
});

test('a good release is told in a line, and as JSON', async () => {
  using world = await World.open();
  const { seq, expires } = await world.released('2.0.0', '--expires', '12h');
  const { code, stdout, stderr } = await world.verify();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    new RegExp(`^version 2\\.0\\.0, sequence number ${seq}, signed with the key \\w{16}, until ${expires}\n$`),
  );
  const document: unknown = JSON.parse((await world.verify('--json')).stdout);
  expect(document).toMatchObject({ valid: true, manifest: world.manifest(), problems: [] });
});

test('a program that runs from source knows no key, so it takes no release', async () => {
  using world = await World.open();
  await world.released('2.0.0');
  const { code, stdout, stderr } = await runInProcess('verify-release', world.out);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^agent-server: .* does not know: it was built without a public key\n$/);
});
