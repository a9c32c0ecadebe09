/** Where a command runs, or that it does not run: folders whose names Windows or cmd.exe reads in their own ways. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { Rig } from '../support/rig.ts';
import { openExecutable } from './executable.ts';

const door = await openExecutable('working folders through the Windows executable');

/** A folder that is there. */
const LONG = `${'long'.repeat(50)}\\${'path'.repeat(30)}`;

describe.skipIf(door === undefined).each(['shell', 'persistent_shell'])(
  'the folder of a command of mode %s',
  (mode) => {
    let rig: Rig;
    let sessions = 0;
    beforeAll(async () => {
      if (door !== undefined) rig = await Rig.start(door);
    });
    afterAll(async () => rig[Symbol.asyncDispose]());

    const run = (command: string, workdir: string) =>
      rig.run(command, {
        workdir,
        ...(mode === 'persistent_shell' && { mode, shell: 'cmd', sessionKey: `s${(sessions += 1)}` }),
      });

    const taken: [string, string][] = [
      ['blanks and what is special to cmd.exe', `a 100% %PATH% & (b) ^c !d! 'e' =f,g;h`],
      ['brackets', 'a[b]c'],
    ];
    test.each(taken)('is taken with %s', async (_what, name) => {
      const host = rig.path(name.replaceAll('\\', '/'));
      mkdirSync(host, { recursive: true });
      const done = await run('cd& echo x>ran', rig.door.nativePath(host));
      expect(done).toMatchObject({ stdout: `${rig.door.nativePath(host)}\n`, exitCode: 0 });
      expect(existsSync(`${host}/ran`)).toBe(true);
    });

    // Wine's own `cd` takes them, Windows' does not.
    const namespaces: [string, (cwd: string) => string][] = [
      ['a folder by its namespace', (cwd) => `\\\\?\\${cwd}`],
      ['a device namespace', () => '\\\\.\\C:\\windows'],
    ];
    const refused: [string, (cwd: string) => string][] = [
      ...(mode === 'shell' ? namespaces : []),
      ['a share of another machine', () => '\\\\stranger\\share'],
      ['the same with slashes', () => '//stranger/share'],
      ['more than 260 characters', (cwd) => `${cwd}\\${LONG}`],
      ['a device', () => 'NUL'],
      ['a device in a folder', () => 'C:\\windows\\NUL'],
      ['a console', () => 'CON'],
      ['a stream', () => 'C:\\windows\\win.ini:stream'],
      ['a file', (cwd) => `${cwd}\\file`],
      ['a folder below a file', (cwd) => `${cwd}\\file\\below`],
      ['a pattern', () => 'C:\\win*'],
      ['quotes', () => '"C:\\windows"'],
      ['a command', () => 'C:\\windows" & echo x >ran & rem "'],
      ['a variable', () => '%SystemRoot%'],
      ['no drive', () => 'Q:\\'],
    ];
    test.each(refused)('%s: the command is not run, and the job says why', async (_what, workdir) => {
      writeFileSync(rig.path('file'), '');
      mkdirSync(rig.path(LONG.replaceAll('\\', '/')), { recursive: true });
      const folder = workdir(rig.door.nativePath(rig.place.cwd));
      const done = await run('echo ran', folder);
      expect(done).toMatchObject({ status: 'failed', stdout: '' });
      expect(done.stderr).toMatch(/working directory not found: |could not be started: |the command was not run/);
      expect(existsSync(rig.path('ran'))).toBe(false);
    });
  },
);
