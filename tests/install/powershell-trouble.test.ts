/** install.ps1 when something is wrong: it says what to do, and everything is as it was before. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PowerShellWorld, whyNoPowerShell } from './powershell-world.ts';
import { ReleaseServer } from './release-server.ts';

if (whyNoPowerShell !== undefined) console.log(`install.ps1 in trouble: skipped, ${whyNoPowerShell}`);
setDefaultTimeout(60_000);

const FILE = 'agent-server-windows-x64.exe';
const EXECUTABLE = 'Programs/agent-server/agent-server.exe';

const state = (world: PowerShellWorld) => ({
  files: world.files.map((name) => [name, statSync(join(world.local, name)).mtimeMs, world.read(name)] as const),
  path: world.kept('path'),
});

describe.skipIf(whyNoPowerShell !== undefined)('install.ps1', () => {
  test('refuses what is not what it pins, what is cut off and what is not there, and changes nothing', async () => {
    using world = new PowerShellWorld();
    await world.run(world.release().script('install.ps1'));
    const before = state(world);
    const folder = world.release({ version: '2.0.0' }).folder;
    await using server = await ReleaseServer.start(folder);
    const script = world.release({ version: '2.0.0', url: server.url }).script('install.ps1');
    const bytes = readFileSync(join(folder, FILE));

    appendFileSync(join(folder, FILE), '\n');
    const wrong = await world.run(script);
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain(`${FILE} from ${server.url} is not the file of release 2.0.0`);
    expect(state(world)).toEqual(before);

    writeFileSync(join(folder, FILE), bytes);
    server.trouble(FILE, 'cut');
    const cut = await world.run(script);
    expect(cut.code).toBe(1);
    expect(cut.err).toContain(`could not get ${server.url}/${FILE}`);
    expect(state(world)).toEqual(before);

    await using other = await ReleaseServer.start(folder);
    server.trouble(FILE, { redirect: `${other.url}/${FILE}` });
    const led = await world.run(script);
    expect(led.code).toBe(1);
    expect(led.err).toContain(`the address ${other.url}/${FILE} is refused: use https`);
    expect(other.asked).toEqual([]);
    expect(state(world)).toEqual(before);

    server.trouble(FILE, undefined);
    rmSync(join(folder, FILE));
    const gone = await world.run(script);
    expect(gone.code).toBe(1);
    expect(gone.err).toContain('404');
    expect(state(world)).toEqual(before);
  });

  test('makes no folders for a download that fails', async () => {
    using world = new PowerShellWorld();
    const release = world.release();
    rmSync(join(release.folder, FILE));
    expect((await world.run(release.script('install.ps1'), '-Dir', `${world.local}/a/b`)).code).toBe(1);
    expect(Array.from(new Bun.Glob('**').scanSync({ cwd: world.local, onlyFiles: false }))).toEqual([]);
  });

  test('refuses what does not run here, and does not go back to an earlier version', async () => {
    using world = new PowerShellWorld();
    await world.run(world.release({ version: '2.0.0' }).script('install.ps1'));
    const before = state(world);
    const broken = await world.run(world.release({ version: '3.0.0', runs: false }).script('install.ps1'));
    expect(broken.err).toContain(`${FILE} does not run on this machine`);
    for (const version of ['1.10.0', '2.0.0-rc.1']) {
      const older = await world.run(world.release({ version }).script('install.ps1'));
      expect(older).toMatchObject({ code: 0, err: '' });
      expect(older.out).toContain(`2.0.0 is at ${world.executable}, which is newer: it stays`);
      expect(older.out).not.toContain('getting');
    }
    const unpinned = await world.run(world.unpinned, '-From', world.release().folder);
    expect(unpinned.out).toContain('which is newer: it stays');
    expect(state(world)).toEqual(before);
  });

  test('puts the old executable back when the new one does not come to its place', async () => {
    using world = new PowerShellWorld();
    await world.run(world.release().script('install.ps1'));
    const before = state(world);
    const script = world.release({ version: '2.0.0' }).script('install.ps1');
    // As a virus scanner does it that does not let go of the new file.
    const held = 'if ($Path -like "*.install.*") { throw "held by another program" }; [IO.File]::Move($Path, $To)';
    const text = readFileSync(script, 'utf8').replace(
      /function Move-Surely\([^]*?\n {4}\}\n/,
      `function Move-Surely($Path, $To) { ${held} }\n`,
    );
    writeFileSync(script, text);
    const run = await world.run(script);
    expect(run.code).toBe(1);
    expect(run.err).toContain('held by another program The old one is back');
    expect(state(world)).toEqual(before);
  });

  test('puts back what an interrupted update has left under another name, also when nothing else succeeds', async () => {
    using world = new PowerShellWorld();
    const release = world.release({ version: '3.0.0' });
    world.write('Programs/agent-server/agent-server.old-1.9.0.exe', 'older', 86_400_000);
    world.write('Programs/agent-server/agent-server.old-1.10.0.exe', '#!/bin/sh\necho 1.10.0\n');
    rmSync(join(release.folder, FILE));
    const run = await world.run(release.script('install.ps1'));
    expect(run.code).toBe(1);
    expect(run.out).toContain(
      `an update was interrupted: putting agent-server.old-1.10.0.exe back as ${world.executable}`,
    );
    expect(world.read(EXECUTABLE)).toContain('echo 1.10.0');
    expect(world.files).toEqual([EXECUTABLE, 'Programs/agent-server/agent-server.old-1.9.0.exe']);
  });

  test('refuses what it is wrongly told, and changes nothing', async () => {
    const refusals: readonly (readonly [options: string, message: string])[] = [
      ["-From 'http://example.com/x'", 'is refused: use https'],
      ["-From 'http://127.0.0.1@example.com'", 'is refused: use https'],
      ["-From 'http://user@127.0.0.1'", 'is refused: use https'],
      ["-From 'http://localhost.example.com'", 'is refused: use https'],
      ["-From 'ftp://127.0.0.1'", 'is refused: use https'],
      ["-From '//server/share'", 'is on another machine'],
      ["-From '/nowhere/at/all'", 'there is no folder /nowhere/at/all'],
      ['-Start boot', 'can only be set up by an administrator'],
      ['-Purge', '-Purge goes with -Uninstall'],
      ['-Name "a\'b"', 'has other characters than letters, digits'],
      ['-Register fleet.example', "-Register 'fleet.example' is no web address"],
      ["-Register 'https://a/\"&calc'", 'is no web address'],
      ["-Dir '/tmp/a%b'", 'has characters that cannot be used here'],
      ['-Nonsense', "parameter name 'Nonsense'"],
      ['word', "argument 'word'"],
    ];
    using world = new PowerShellWorld();
    const script = world.release().script('install.ps1');
    const run = await world.session(
      script,
      ...refusals.map(([options]) => `try { & '${script}' ${options}; 'accepted' } catch { "$_" }`),
    );
    expect(run.err).toBe('');
    const said = run.out.trimEnd().split('\n');
    expect(said).toEqual(refusals.map(([, message]) => expect.stringContaining(message)));
    expect(world.files).toEqual([]);
  });

  test.each([
    ['ARM64', undefined, 'agent-server-windows-arm64.exe'],
    // Windows 11 on ARM translates it.
    ['ARM64', FILE, FILE],
    ['AMD64', undefined, FILE],
  ] as const)('on %s takes, of a release with %p alone, %s', async (processor, only, file) => {
    using world = new PowerShellWorld();
    world.env['STAND_IN_PROCESSOR'] = processor;
    await world.run(world.release(only === undefined ? {} : { files: [only] }).script('install.ps1'));
    expect(world.read(EXECUTABLE)).toContain(`# ${file} of`);
  });

  test('refuses another processor', async () => {
    using world = new PowerShellWorld();
    world.env['STAND_IN_PROCESSOR'] = 'x86';
    const run = await world.run(world.release().script('install.ps1'));
    expect(run.code).toBe(1);
    expect(run.err).toContain('there is no agent-server for processors of type x86, only for AMD64 and ARM64');
  });
});
