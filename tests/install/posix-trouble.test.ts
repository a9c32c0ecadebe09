/** install.sh when something is wrong: it says what to do, and everything is as it was before. */
import { describe, expect, test } from 'bun:test';
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../support/wait.ts';
import { finished, Home } from './home.ts';
import { ReleaseServer } from './release-server.ts';
import { scriptPath, scriptText } from './release.ts';
import { SmallDisk, smallDiskMissing } from '../support/small-disk.ts';
import { here, whyNoShell } from './shells.ts';

if (whyNoShell !== undefined) console.log(`install.sh in trouble: skipped, ${whyNoShell}`);

const FILE = 'agent-server-linux-x64';

/** Somebody who has 1.0.0, and a server that has 2.0.0. */
async function upgrading(): Promise<
  AsyncDisposable & { home: Home; server: ReleaseServer; folder: string; script: string }
> {
  const home = new Home();
  await home.run(home.release().script('install.sh'));
  const folder = home.beside('release-2.0.0');
  const server = await ReleaseServer.start(folder);
  const script = home.release({ version: '2.0.0', url: server.url }).script('install.sh');
  return {
    home,
    server,
    folder,
    script,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      home[Symbol.dispose]();
    },
  };
}

/** Names, bytes and times of all there is. */
const state = (home: Home) =>
  home.files.map((name) => [name, statSync(home.file(name)).mtimeMs, readFileSync(home.file(name), 'utf8')] as const);

describe.skipIf(whyNoShell !== undefined)('an upgrade by install.sh', () => {
  test('is refused when the bytes are not those that the script pins', async () => {
    await using world = await upgrading();
    const before = state(world.home);
    appendFileSync(join(world.folder, FILE), '\n');
    const run = await world.home.run(world.script);
    expect(run.code).toBe(1);
    expect(run.err).toContain(`${FILE} is not the file of release 2.0.0`);
    expect(state(world.home)).toEqual(before);
  });

  test.each(['curl', 'wget', 'busybox wget'])('ends when the download is cut off (%s)', async (tool) => {
    await using world = await upgrading();
    if (!onlyTool(world.home, tool)) return;
    const before = state(world.home);
    world.server.trouble(FILE, 'cut');
    const run = await world.home.run(world.script);
    expect(run.code).toBe(1);
    expect(run.err).toMatch(/could not get http:.*Nothing was changed|is not the file of release 2\.0\.0/);
    expect(state(world.home)).toEqual(before);
  });

  test.each(['curl', 'wget', 'busybox wget'])('works with %s alone', async (tool) => {
    await using world = await upgrading();
    if (!onlyTool(world.home, tool)) return;
    expect(await world.home.run(world.script)).toMatchObject({ code: 0, err: '' });
    expect(world.home.read('.local/bin/agent-server')).toContain('of release 2.0.0');
  });

  test('says so when neither is there', async () => {
    await using world = await upgrading();
    onlyTool(world.home, undefined);
    const run = await world.home.run(world.script);
    expect(run).toMatchObject({ code: 1, err: 'agent-server: this needs curl or wget: install one of them\n' });
  });

  test('ends when the file is not on the server', async () => {
    await using world = await upgrading();
    const before = state(world.home);
    rmSync(join(world.folder, FILE));
    const run = await world.home.run(world.script);
    expect(run.code).toBe(1);
    expect(run.err).toContain(`could not get ${world.server.url}/${FILE} (exit code 22)`);
    expect(run.err).toContain('404');
    expect(state(world.home)).toEqual(before);
  });

  test('does not follow a server on this machine to another one without https', async () => {
    await using world = await upgrading();
    const before = state(world.home);
    await using other = await ReleaseServer.start(world.folder);
    world.server.trouble(FILE, { redirect: `${other.url}/${FILE}` });
    const run = await world.home.run(world.script);
    expect(run.code).toBe(1);
    expect(run.err).toContain('Nothing was changed');
    expect(other.asked).toEqual([]);
    expect(state(world.home)).toEqual(before);
  });

  test.each(here.map((shell) => [shell.join(' '), shell] as const))(
    'leaves nothing when it is ended in the middle of a download (%s)',
    async (_, shell) => {
      await using world = await upgrading();
      const before = state(world.home);
      world.server.trouble(FILE, 'stall');
      const run = world.home.start(world.script, [], { shell });
      await waitFor('half of the download', () => world.server.asked.includes(`/${FILE}`));
      run.kill('SIGTERM');
      expect((await finished(run)).code).toBe(143);
      expect(state(world.home)).toEqual(before);
      // The download itself too: its end of the connection is closed.
      await waitFor('the end of the connection', () => world.server.connections === 0);
    },
  );

  test('does not go back to an earlier version', async () => {
    await using world = await upgrading();
    await world.home.run(world.script);
    const before = state(world.home);
    const pinned = await world.home.run(world.home.release().script('install.sh'));
    expect(pinned.code).toBe(0);
    expect(pinned.out).toContain(`2.0.0 is at ${world.home.executable}, which is newer: it stays`);
    expect(pinned.out).not.toContain('getting');
    const unpinned = await world.home.run(scriptPath('install.sh'), ['--from', world.home.beside('release-1.0.0')]);
    expect(unpinned.out).toContain('which is newer: it stays');
    expect(state(world.home)).toEqual(before);
    const candidate = world.home.release({ version: '2.0.0-rc.1' });
    expect((await world.home.run(candidate.script('install.sh'))).out).toContain('which is newer: it stays');
  });

  test('is refused when the new one does not run here', async () => {
    await using world = await upgrading();
    const before = state(world.home);
    const broken = world.home.release({ version: '3.0.0', runs: false });
    const run = await world.home.run(broken.script('install.sh'));
    expect(run).toMatchObject({ code: 1 });
    expect(run.err).toContain(`${FILE} does not run on this machine`);
    expect(state(world.home)).toEqual(before);
  });
});

describe.skipIf(whyNoShell !== undefined)('install.sh', () => {
  test.each([
    ['Linux', 'riscv64', {}, 'there is no agent-server for processors of type riscv64, only for x86_64 and arm64'],
    ['Linux', 'x86_64', { bits: 32 }, 'this is a 32-bit system'],
    ['FreeBSD', 'amd64', {}, 'there is no agent-server for FreeBSD, only for Linux, macOS and Windows'],
    ['MINGW64_NT-10.0', 'x86_64', {}, 'on Windows, use install.ps1 in PowerShell'],
    // There is none in this release.
    ['Linux', 'aarch64', { musl: true }, 'release 1.0.0 has no executable for linux-arm64-musl'],
  ] as const)('refuses %s on %s %p', async (system, processor, more, message) => {
    using home = new Home();
    home.machine(system, processor, more);
    const run = await home.run(home.release().script('install.sh'));
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain(message);
    expect(home.files).toEqual([]);
  });

  test.each([
    ['Linux', 'x86_64', {}, 'linux-x64'],
    ['Linux', 'aarch64', {}, 'linux-arm64'],
    ['Linux', 'x86_64', { musl: true }, 'linux-x64-musl'],
    ['Darwin', 'arm64', {}, 'darwin-arm64'],
    ['Darwin', 'x86_64', {}, 'darwin-x64'],
    // Rosetta tells a translated shell that this is an Intel machine.
    ['Darwin', 'x86_64', { translated: true }, 'darwin-arm64'],
  ] as const)('on %s with %s %p takes the one for %s', async (system, processor, more, target) => {
    using home = new Home();
    home.machine(system, processor, more);
    expect(await home.run(home.release().script('install.sh'))).toMatchObject({ code: 0, err: '' });
    expect(home.read('.local/bin/agent-server')).toContain(`# agent-server-${target} of`);
  });

  test.each([
    'http://example.com/agent-server',
    'http://127.0.0.1@example.com',
    'http://127.0.0.1:80@example.com',
    'http://localhost.example.com',
    'http://127.0.0.1:8080.example.com',
    'ftp://127.0.0.1/',
    'file:///tmp',
  ])('refuses the address %s', async (address) => {
    using home = new Home();
    for (const tool of ['curl', 'wget']) home.recorded(tool, 'exit 1');
    const run = await home.run(home.release().script('install.sh'), ['--from', address]);
    expect(run.code).toBe(1);
    expect(run.err).toContain('is refused: use https (http only for this machine, 127.0.0.1)');
    expect(home.files).toEqual([]);
    expect(home.calls()).toEqual([]);
  });

  test('asks curl for https and nothing else, also where that leads', async () => {
    using home = new Home();
    home.recorded('curl', 'exit 6');
    await home.run(home.release().script('install.sh'), ['--from', 'https://release.example/']);
    const [call] = home.calls();
    expect(call).toContain('--proto =https --proto-redir =https');
    expect(call).toEndWith(` https://release.example/${FILE}`);
  });

  test('takes nothing unpinned from https by wget, which could be led to http', async () => {
    using home = new Home();
    onlyTool(home, 'wget');
    const run = await home.run(scriptPath('install.sh'), ['--from', 'https://release.example/']);
    expect(run).toMatchObject({ code: 1 });
    expect(run.err).toContain('to install what is not pinned this needs curl');
  });

  test('says so when it cannot write into the folder', async () => {
    using home = new Home();
    home.write('file', '');
    const run = await home.run(home.release().script('install.sh'), ['--dir', home.file('file/below/it')]);
    expect(run).toMatchObject({ code: 1 });
    expect(run.err).toBe(
      `agent-server: cannot make the folder ${home.file('file/below/it')}: choose another one with --dir\n`,
    );
    expect(home.files).toEqual(['file']);
  });

  test('does not take a folder for an executable', async () => {
    using home = new Home();
    mkdirSync(home.executable, { recursive: true });
    const run = await home.run(home.release().script('install.sh'));
    expect(run.err).toContain(`${home.executable} is a folder`);
    expect(home.files).toEqual(['.local/bin/agent-server']);
  });

  test('makes no folders for a download that fails', async () => {
    using home = new Home();
    const release = home.release();
    rmSync(join(release.folder, FILE));
    const run = await home.run(release.script('install.sh'), ['--dir', home.file('a/b/c')]);
    expect(run.code).toBe(1);
    expect(home.files).toEqual([]);
  });

  test('is refused as root in the home of somebody else', async () => {
    using home = new Home();
    home.command('id', 'case $1 in -u) echo 0 ;; -un) echo root ;; esac');
    // As find says it: the home is not root's.
    home.command('find', '');
    const run = await home.run(home.release().script('install.sh'));
    expect(run).toMatchObject({ code: 1 });
    expect(run.err).toContain(`this runs as root with the home of another user, ${home.path}: use 'sudo -H'`);
    expect(home.files).toEqual([]);
  });

  test('that was cut off in its own download does nothing', async () => {
    using home = new Home();
    const text = readFileSync(home.release().script('install.sh'));
    // The last brace and its end of line are what makes it whole.
    const lines = [...text.keys()].filter((index) => text[index] === 0x0a && index < text.length - 2);
    const ends = [
      ...lines.filter((_, index) => index % 12 === 0),
      ...Array.from({ length: 30 }, (_, back) => text.length - 2 - back),
    ];
    for (const end of ends) {
      writeFileSync(home.beside('part.sh'), text.subarray(0, end));
      const run = await home.run(home.beside('part.sh'), [], { piped: true });
      expect({ end, out: run.out, files: home.files }).toEqual({ end, out: '', files: [] });
    }
  }, 60_000);

  test('is clean for shellcheck', async () => {
    if (Bun.which('shellcheck') === null)
      return console.log('shellcheck of install.sh: skipped, there is no shellcheck');
    const check = Bun.spawn(['shellcheck', scriptPath('install.sh')], { stdout: 'pipe' });
    expect(await new Response(check.stdout).text()).toBe('');
    expect(scriptText('install.sh')).toStartWith('#!/bin/sh\n');
  });
});

const whyNoDisk = whyNoShell ?? smallDiskMissing();
if (whyNoDisk !== undefined)
  console.log(`install.sh on a full disk: skipped, no small disk can be mounted here (${whyNoDisk})`);

test.skipIf(whyNoDisk !== undefined)('a full disk leaves install.sh’s target as it was', async () => {
  using disk = new SmallDisk();
  using home = new Home();
  const release = home.release();
  expect((await home.run(release.script('install.sh'), ['--dir', join(disk.path, 'bin')])).code).toBe(0);
  const second = home.release({ version: '2.0.0' });
  disk.fill();
  const run = await home.run(second.script('install.sh'), ['--dir', join(disk.path, 'bin')]);
  expect(run.code).toBe(1);
  expect(run.err).toContain('the space on the disk. Nothing was changed');
  disk.clear();
  expect(readFileSync(join(disk.path, 'bin/agent-server'), 'utf8')).toContain('of release 1.0.0');
});

/** Leaves the home what a small system has, and of the tools that download that one; false where it is not on this machine. */
function onlyTool(home: Home, tool: string | undefined): boolean {
  const program = tool?.split(' ')[0];
  if (program !== undefined && Bun.which(program) === null) {
    console.log(`install.sh with ${tool}: skipped, there is no ${program}`);
    return false;
  }
  const small = [
    'awk',
    'cat',
    'chmod',
    'cp',
    'cut',
    'dirname',
    'find',
    'grep',
    'mkdir',
    'mktemp',
    'mv',
    'rm',
    'rmdir',
    'sed',
    'sh',
    'sha256sum',
    'sync',
    'tail',
    'tr',
  ];
  const busybox = Bun.which('busybox');
  if (tool === 'busybox wget' && busybox !== null)
    home.onlyCommands([], Object.fromEntries([...small, 'wget'].map((name) => [name, busybox])));
  else home.onlyCommands(program === undefined ? small : [...small, program]);
  return true;
}
