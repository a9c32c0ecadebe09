/** Terminals by ConPTY: their output, their end, and what they must not be given. (A resize has no effect in Wine.) */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { win32 } from 'node:path';
import { newId } from '../../src/core/id.ts';
import type { EngineName, PtyRequest } from '../../src/platform/pty/pty.ts';
import { labMissing } from '../support/wine.ts';
import { waitFor } from '../support/wait.ts';
import { World, type Driver } from './world.ts';

const missing = labMissing();
if (missing !== undefined) console.log(`tests/windows/terminal.test.ts skipped: ${missing}`);

const CMD = 'C:\\windows\\system32\\cmd.exe';
// As Windows spells it.
const ENV = { SystemRoot: 'C:\\windows', Path: 'C:\\windows\\system32;C:\\windows' };

const ENGINES: readonly EngineName[] = ['bun', 'bun-pty'];

describe.skipIf(missing !== undefined).each(ENGINES)('a terminal of %s on Windows', (engine) => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  }, 120_000);
  afterAll(() => world[Symbol.asyncDispose]());

  const open = (driver: Driver, asked: PtyRequest) =>
    driver.call('openPty', { engine, libraryFolder: win32.join(world.folder.native, 'library') }, asked);
  const request = (...args: string[]): PtyRequest => ({
    argv: [CMD, ...args],
    cwd: world.folder.native,
    env: ENV,
    cols: 80,
    rows: 24,
    treeId: newId(),
  });

  test('shows the last output of its program, and its exit code', async () => {
    const driver = await world.driver();
    const asked = request('/d', '/c', 'echo last words& exit 7');
    await open(driver, asked);
    expect(await driver.call('ptyExited', asked.treeId)).toBe(7);
    expect(await driver.call('ptyText', asked.treeId)).toContain('last words');
    expect(await driver.call('ptyWrite', asked.treeId, 'x')).toBe('gone');
  });

  test('is typed into, cannot be paused, and is ended with what it left in the background', async () => {
    const driver = await world.driver();
    const asked = request();
    await open(driver, asked);
    expect(await driver.call('ptyPause', asked.treeId)).toBe(false);
    await driver.call('ptyWrite', asked.treeId, 'start /b ping -n 600 127.0.0.1 >nul\r');
    const pids = await waitFor('the shell and its ping', async () => {
      const found = await driver.call('jobPids', asked.treeId);
      return found.length >= 2 && found;
    });
    await driver.call('ptyEndTree', asked.treeId);
    expect(await Promise.all(pids.map((pid) => driver.call('alive', pid)))).toEqual(pids.map(() => false));
    expect(await driver.call('ptyExited', asked.treeId)).toBe(1);
  });

  test('does not begin without its folder or its program', async () => {
    const driver = await world.driver();
    expect(await open(driver, { ...request(), cwd: 'C:\\not\\there' })).toEqual({
      reason: 'cwd-missing',
      cwd: 'C:\\not\\there',
    });
    expect(await open(driver, { ...request(), argv: ['C:\\not-there.exe'] })).toEqual({
      reason: 'program-missing',
      program: 'C:\\not-there.exe',
    });
  });

  test('knows nothing of its server’s environment', async () => {
    const driver = await world.driver({ AGENT_SERVER_TEST_SECRET: 'a-secret' });
    const asked = request('/d', '/c', 'set& echo all of it');
    await open(driver, asked);
    expect(await driver.call('ptyExited', asked.treeId)).toBe(0);
    const text = await driver.call('ptyText', asked.treeId);
    expect(text).toContain('all of it');
    expect(text).not.toContain('a-secret');
    expect(await driver.call('variable', 'AGENT_SERVER_TEST_SECRET')).toBe('a-secret');
  });

  test('is given no batch file with arguments, and no path that leads elsewhere', async () => {
    const driver = await world.driver();
    const batch = win32.join(world.folder.native, 'hello.cmd');
    writeFileSync(world.host(batch), '@echo hello\r\n');
    const ask = (shell: string, args: string[] = [], workdir = '') =>
      driver.call('terminalProgram', { kind: 'kept', shell, args, workdir }, ENV);
    expect(await ask(batch, ['"&calc'])).toEqual({ reason: 'batch-arguments', shell: batch });
    expect(await ask(batch)).toEqual([batch]);
    expect(await ask('cmd', ['/d'])).toEqual([expect.stringMatching(/cmd\.exe$/i), '/d']);
    const unc = '\\\\stranger\\share';
    expect(await ask(`${unc}\\x.exe`)).toEqual({ reason: 'path-refused', path: `${unc}\\x.exe` });
    expect(await ask('cmd', [], unc)).toEqual({ reason: 'path-refused', path: unc });
  });
});
