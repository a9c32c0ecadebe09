/** What install.sh refuses before it changes anything: machines, addresses, folders, and itself when it is cut off. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Home } from './home.ts';
import { onlyTool } from './only-tool.ts';
import { scriptPath, scriptText } from './release.ts';
import { whyNoShell } from './shells.ts';

if (whyNoShell !== undefined) console.log(`what install.sh refuses: skipped, ${whyNoShell}`);

const FILE = 'agent-server-linux-x64';

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
