/** The version of a build, where Windows looks for it and where the program does, and a release that it checks on Windows. */
import { describe, expect, test } from 'bun:test';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, win32 } from 'node:path';
import { buildExecutable } from '../../src/release/build/build-executable.ts';
import { makeKeyPair, parseSecretKey } from '../../src/release/keys/key-pair.ts';
import { signMessage } from '../../src/release/keys/sign.ts';
import { labMissing, openLab, type WindowsLab } from '../support/wine.ts';
import { Sandbox } from '../support/sandbox.ts';

const missing = labMissing();
if (missing !== undefined) console.log(`what is baked into a Windows executable: skipped, ${missing}`);

const target = process.arch === 'arm64' ? 'windows-arm64' : 'windows-x64';
const VERSION = '3.70000.5-rc.1';
const FILE = `agent-server-${target}.exe`;

/** Builds the program itself with a key of its own, and returns it as Windows and as this machine call it. */
async function build(sandbox: Sandbox, publicText: string): Promise<string> {
  const outfile = sandbox.file(FILE);
  const info = { version: VERSION, channel: 'beta', publicKeys: [publicText] };
  await buildExecutable({ target, entry: join(import.meta.dir, '../../src/main.ts'), outfile, info });
  return outfile;
}

async function run(lab: WindowsLab, program: string, ...args: readonly string[]) {
  const child = lab.start(program, args);
  void child.stdin.end();
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, stdout: stdout.replaceAll('\r\n', '\n'), stderr };
}

describe.skipIf(missing !== undefined)('an executable for Windows', () => {
  test('has its version in its properties, says it, and checks releases by the keys it has', async () => {
    using sandbox = new Sandbox();
    const { publicText, secretText } = await makeKeyPair();
    const exe = await build(sandbox, publicText);

    // resedit reads no executable with Bun's section at its end, so this looks for the two parts of the resource.
    const bytes = readFileSync(exe);
    const wide = (text: string) => Buffer.from(`${text}\0`, 'utf16le');
    const info = bytes.subarray(bytes.indexOf(wide('VS_VERSION_INFO')));
    for (const name of ['FileVersion', 'ProductVersion']) {
      const at = info.indexOf(wide(name));
      expect(info.subarray(at, at + 100).indexOf(wide(VERSION))).toBeGreaterThan(0);
    }
    // VS_FIXEDFILEINFO begins with its signature and its own version; 16 bits each are all that Windows has.
    const fixed = info.indexOf(Uint8Array.of(0xbd, 0x04, 0xef, 0xfe));
    const numbers = [10, 8, 14, 12].map((offset) => info.readUInt16LE(fixed + offset));
    expect(numbers).toEqual([3, 0xffff, 5, 0]);

    const lab = await openLab();
    const program = await lab.install(exe);
    const said = await run(lab, program, 'version', '--json');
    expect(JSON.parse(said.stdout)).toMatchObject({
      version: VERSION,
      target,
      channel: 'beta',
      publicKeys: [publicText],
    });

    const folder = lab.folder();
    try {
      copyFileSync(exe, join(folder.host, FILE));
      const artifact = {
        file: FILE,
        size: bytes.length,
        sha256: new Bun.CryptoHasher('sha256').update(bytes).digest('hex'),
      };
      const now = Date.now();
      const manifest = Buffer.from(
        JSON.stringify({
          schema: 1,
          product: 'agent-server',
          channel: 'beta',
          seq: 1,
          version: VERSION,
          issued: new Date(now).toISOString(),
          expires: new Date(now + 3_600_000).toISOString(),
          artifacts: { [target]: artifact },
        }),
      );
      writeFileSync(join(folder.host, 'manifest.json'), manifest);
      const key = await parseSecretKey(secretText, 'key');
      writeFileSync(join(folder.host, 'manifest.json.minisig'), await signMessage(manifest, 'c', key));
      const checked = await run(lab, program, 'verify-release', folder.native, '--file', FILE);
      expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining(`  ${FILE} is as it was signed\n`) });
      const elsewhere = win32.join(folder.native, 'empty');
      mkdirSync(join(folder.host, 'empty'));
      expect(await run(lab, program, 'verify-release', elsewhere)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('manifest.json cannot be read: it is not there'),
      });
      writeFileSync(join(folder.host, 'manifest.json'), Buffer.concat([manifest, Buffer.from(' ')]));
      expect(await run(lab, program, 'verify-release', folder.native)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('the manifest is not what was signed'),
      });
    } finally {
      lab.clear(folder);
    }
  }, 180_000);
});
