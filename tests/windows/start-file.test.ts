/** What the scheduled task of install.ps1 runs: it starts the server, and first puts back an executable that an update lost. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { copyFileSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join, win32 } from 'node:path';
import { scriptText } from '../install/release.ts';
import {
  DRIVE_IN_LAB,
  LAB_ROOT,
  labMissing,
  openLab,
  type Folder,
  type WindowsLab,
  type WindowsProgram,
} from '../support/wine.ts';

const missing = labMissing();
if (missing !== undefined) console.log(`tests/windows/start-file.test.ts skipped: ${missing}`);

const NAME = 'agent-server.start.cmd';
/** Stands in for the server: it says what it was told, and has an exit code. */
const CMD =
  process.platform === 'win32'
    ? win32.join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'cmd.exe')
    : join(LAB_ROOT, DRIVE_IN_LAB, 'windows/system32/cmd.exe');

/** As install.ps1 writes it, with these arguments for the executable. */
function startText(arguments_: string): string {
  const [, text] = /\$StartText = @'\n([^]*?)\n'@\n/.exec(scriptText('install.ps1')) ?? [];
  if (text === undefined) throw new Error('install.ps1 has no $StartText');
  return `${text.replace('ARGUMENTS', () => arguments_).replaceAll('\n', '\r\n')}\r\n`;
}

describe.skipIf(missing !== undefined)('the start file of the scheduled task', () => {
  let lab: WindowsLab;
  let folder: Folder;
  let count = 0;
  let awake: WindowsProgram;
  beforeAll(async () => {
    lab = await openLab();
    folder = lab.folder();
    // Wine takes seconds to start, and ends with the last program: this one waits for its input.
    awake = lab.start('cmd.exe', ['/d', '/q']);
    await awake.stdout.getReader().read();
  }, 120_000);
  afterAll(async () => {
    await awake.stdin.end();
    await awake.exited;
    lab.clear(folder);
  });

  /** A folder with a space in its name, with the start file in it. */
  function place(arguments_: string) {
    const name = `Agent Server ${(count += 1)}`;
    const host = join(folder.host, name);
    mkdirSync(host);
    writeFileSync(join(host, NAME), startText(arguments_));
    return {
      host: (file: string) => join(host, file),
      read: (file: string) => readFileSync(join(host, file), 'utf8').replaceAll('\r\n', '\n').replaceAll(/ +\n/g, '\n'),
      async run(): Promise<number> {
        const program = lab.start('cmd.exe', ['/d', '/c', win32.join(folder.native, name, NAME)]);
        await Promise.all([new Response(program.stdout).text(), new Response(program.stderr).text()]);
        return program.exited;
      },
    };
  }

  test('hands its arguments on, keeps what the server says, now and the time before, and has its exit code', async () => {
    const here = place('/d /c "echo serve --wrapper & exit 7"');
    copyFileSync(CMD, here.host('agent-server.exe'));
    expect(await here.run()).toBe(7);
    expect(here.read('agent-server.log')).toBe('serve --wrapper\n');
    writeFileSync(here.host('agent-server.log'), 'the time before');
    expect(await here.run()).toBe(7);
    expect(here.read('agent-server.log')).toBe('serve --wrapper\n');
    expect(here.read('agent-server.log.old')).toBe('the time before');
  }, 60_000);

  test('puts the newest kept executable back where there is none, says so, and starts it', async () => {
    const here = place('/d /c "echo started"');
    const [newest, older] = [here.host('agent-server.old-1.9.0.exe'), here.host('agent-server.old-1.10.0.exe')];
    copyFileSync(CMD, newest);
    writeFileSync(older, 'not a program');
    utimesSync(older, new Date('2020-01-01'), new Date('2020-01-01'));
    expect(await here.run()).toBe(0);
    expect(here.read('agent-server.log')).toBe(
      'agent-server: an update was interrupted: agent-server.old-1.9.0.exe is agent-server.exe again\nstarted\n',
    );
    expect([newest, older].map((path) => existsSync(path))).toEqual([false, true]);
  }, 60_000);

  test('leaves the kept one alone where the executable is there', async () => {
    const here = place('/d /c "echo started"');
    copyFileSync(CMD, here.host('agent-server.exe'));
    writeFileSync(here.host('agent-server.old-1.0.0.exe'), 'kept');
    expect(await here.run()).toBe(0);
    expect(here.read('agent-server.log')).toBe('started\n');
    expect(here.read('agent-server.old-1.0.0.exe')).toBe('kept');
  }, 60_000);

  test('may become another file while the server runs: nothing of that is run', async () => {
    const here = place('/d /c copy /y "%~dp0other.cmd" "%~dp0agent-server.start.cmd"');
    copyFileSync(CMD, here.host('agent-server.exe'));
    writeFileSync(here.host('other.cmd'), 'echo wrong>>"%~dp0wrong"\r\n'.repeat(100));
    expect(await here.run()).toBe(0);
    expect(here.read(NAME)).toContain('wrong');
    expect(existsSync(here.host('wrong'))).toBe(false);
  }, 60_000);
});
