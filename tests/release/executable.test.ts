/**
 * Real executables as build.ts makes them: what is baked in, what they take from a release server, and what they refuse
 * once the key has been replaced.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildExecutable } from '../../src/release/build/build-executable.ts';
import { makeKeyPair } from '../../src/release/keys/key-pair.ts';
import { executableFile } from '../../src/updater/release-files.ts';
import { Sandbox } from '../support/sandbox.ts';
import { command, HERE, type Done, World } from './world.ts';

const MAIN = resolve(import.meta.dir, '../../src/main.ts');
const FILE = executableFile(HERE);

async function run(program: string, ...args: readonly string[]): Promise<Done> {
  const child = Bun.spawn({ cmd: [program, ...args], stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, stdout, stderr };
}

/** Each version with the keys that it takes, and the key that signs it: how a key is replaced without anybody left behind. */
const ROTATION = {
  '1.0.0': { knows: ['old'], signedWith: 'old' },
  '2.0.0': { knows: ['old', 'new'], signedWith: 'old' },
  '3.0.0': { knows: ['new'], signedWith: 'new' },
} as const;
type Version = keyof typeof ROTATION;
const VERSIONS = Object.keys(ROTATION) as Version[];

describe('a key is replaced', () => {
  const sandbox = new Sandbox();
  const released = (version: Version) => sandbox.file('public', version);
  const program = (version: Version) => join(released(version), FILE);
  let world: World;
  afterAll(() => {
    world[Symbol.dispose]();
    sandbox[Symbol.dispose]();
  });

  beforeAll(async () => {
    world = await World.open();
    const texts: Record<string, string> = {};
    for (const name of ['old', 'new']) {
      const { publicText, secretText } = await makeKeyPair();
      texts[name] = publicText;
      writeFileSync(sandbox.file(`${name}.key`), secretText);
    }
    for (const version of VERSIONS) {
      const from = sandbox.file('dist', version);
      const { knows, signedWith } = ROTATION[version];
      const info = {
        version,
        channel: 'beta',
        updateUrl: 'https://example.com/"quoted"\n',
        publicKeys: knows.map((name) => texts[name] ?? ''),
      };
      await buildExecutable({ target: HERE, entry: MAIN, outfile: join(from, FILE), info });
      const folders = ['--from', from, '--out', released(version), '--installers', world.installers];
      const key = ['--secret-key', sandbox.file(`${signedWith}.key`), '--update-url', 'https://example.com/beta'];
      const { code, stderr } = await command('release', '--version', version, ...folders, ...key);
      if (code !== 0) throw new Error(stderr);
    }
    // The first run fetches Bun for this machine from npm.
  }, 300_000);

  test('and each build says what was baked into it', async () => {
    for (const version of VERSIONS) {
      expect(await run(program(version), 'version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
      const said: unknown = JSON.parse((await run(program(version), 'version', '--json')).stdout);
      const publicKeys = ROTATION[version].knows.map(() => expect.stringContaining('minisign public key'));
      expect(said).toEqual({
        version,
        target: HERE,
        channel: 'beta',
        bun: Bun.version,
        publicKeys,
        updateUrl: 'https://example.com/"quoted"\n',
      });
    }
  });

  test.each<[who: Version, what: Version, takes: boolean]>([
    ['1.0.0', '1.0.0', true],
    ['1.0.0', '2.0.0', true],
    ['1.0.0', '3.0.0', false],
    ['2.0.0', '1.0.0', true],
    ['2.0.0', '3.0.0', true],
    ['3.0.0', '3.0.0', true],
    ['3.0.0', '2.0.0', false],
  ])('%s looking at the release %s: %p', async (who, what, takes) => {
    const { code, stdout, stderr } = await run(program(who), 'verify-release', released(what));
    if (takes)
      expect({ code, stdout, stderr }).toEqual({
        code: 0,
        stdout: expect.stringContaining(`version ${what}, signed with`),
        stderr: '',
      });
    else
      expect({ code, stdout, stderr }).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining('which this program does not know'),
      });
  });

  test('a folder behind any web server is a release server', async () => {
    using server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request) => new Response(Bun.file(join(released('2.0.0'), new URL(request.url).pathname))),
    });
    const downloads = sandbox.file('downloads');
    mkdirSync(downloads);
    for (const file of ['manifest.json', 'manifest.json.minisig', FILE])
      await Bun.write(join(downloads, file), await fetch(new URL(file, server.url)));
    const answer = await run(program('1.0.0'), 'verify-release', downloads, '--file', FILE, '--json');
    expect({ code: answer.code, ...(JSON.parse(answer.stdout) as object) }).toMatchObject({
      code: 0,
      valid: true,
      version: '2.0.0',
      channel: 'beta',
      files: [FILE],
      problems: [],
    });
    // A byte less, and another name than the manifest has.
    writeFileSync(join(downloads, FILE), readFileSync(join(downloads, FILE)).subarray(1));
    const spoiled = await run(program('1.0.0'), 'verify-release', downloads, '--file', FILE);
    expect(spoiled).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^agent-server: .* bytes, and \d+ were signed\n$/),
    });
    const strange = await run(program('1.0.0'), 'verify-release', downloads, '--file', '../manifest.json');
    expect(strange).toMatchObject({
      code: 1,
      stderr: 'agent-server: "../manifest.json" is not one of the executables that the manifest names\n',
    });
  });

  test('a release of another channel is not for this program', async () => {
    const stable = sandbox.file('stable');
    const outfile = join(stable, FILE);
    const publicKeys = [readFileSync(world.publicKey, 'utf8')];
    await buildExecutable({ target: HERE, entry: MAIN, outfile, info: { version: '1.0.0', publicKeys } });
    const { code, stdout } = await run(outfile, 'verify-release', released('1.0.0'), '--json');
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
      code: 1,
      valid: false,
      problems: [{ reason: 'signature-key-unknown' }],
    });
    await world.released('1.0.0', '--channel', 'beta');
    expect(await run(outfile, 'verify-release', world.out)).toMatchObject({
      code: 1,
      stderr: 'agent-server: the manifest is for the channel beta, and this program follows stable\n',
    });
    await world.released('1.0.0', '--channel', 'stable');
    expect(await run(outfile, 'verify-release', world.out)).toMatchObject({ code: 0 });
  });
});
