/** How the end of a command becomes known whatever the watch of its folder does, and a start that fails. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { EventEmitter } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { messageOf } from '../../src/core/failure.ts';
import { newId } from '../../src/core/id.ts';
import { createLauncher } from '../../src/platform/process/index.ts';

import { DIALECTS } from '../../src/shells/posix/dialects.ts';
import type { WatchFolder } from '../../src/shells/posix/end-reports.ts';
import { scriptShell } from '../../src/shells/posix/script-shell.ts';
import type { CommandEnd, ShellProcess } from '../../src/shells/shell-process.ts';
import { isAlive } from '../platform/posix/world.ts';
import { Sandbox } from '../support/sandbox.ts';

// A loaded machine is slow, which is no failure.
setDefaultTimeout(30_000);

const onWindows = process.platform === 'win32';
if (onWindows) console.log('tests/shells/script-shell.test.ts skipped: Windows has no such shells');

class FakeWatcher extends EventEmitter {
  closed = false;

  close(): void {
    this.closed = true;
  }
}

describe.skipIf(onWindows)('a POSIX shell', () => {
  let box: Sandbox;
  beforeAll(() => {
    box = new Sandbox();
  });
  afterAll(() => box[Symbol.dispose]());

  const start = (watchFolder: WatchFolder, path = '/bin/sh'): Promise<ShellProcess> => {
    const treeId = newId();
    const folder = box.file(treeId);
    mkdirSync(folder);
    const env = { PATH: process.env['PATH'] ?? '', BOX: box.path };
    return scriptShell(DIALECTS.sh, path, createLauncher(), watchFolder).start({ folder, env, treeId });
  };
  const run = async (shell: ShellProcess, command: string): Promise<CommandEnd> => {
    const text = box.file(newId());
    writeFileSync(text, command);
    const files = { text, stdin: `${text}.in`, stdout: `${text}.out`, stderr: `${text}.err` };
    using _input = shell.openInput(files);
    return await shell.run(files);
  };
  /** Many times the pause between two looks without a watch; with a watch that is believed in, it takes five seconds. */
  const runsFive = async (shell: ShellProcess): Promise<void> => {
    const before = performance.now();
    for (const code of [1, 2, 3, 4, 5])
      expect(await run(shell, `(exit ${code})`)).toEqual({ how: 'finished', exitCode: code });
    expect(performance.now() - before).toBeLessThan(4000);
  };

  test('works without a watch, where the system has none left', async () => {
    const shell = await start(() => {
      throw Object.assign(new Error('inotify watch limit reached'), { code: 'ENOSPC' });
    });
    await runsFive(shell);
    await shell.process.endTree(0);
  });

  test('goes on without its watch when that fails, also within a command', async () => {
    const watcher = new FakeWatcher();
    const shell = await start(() => watcher);
    const running = run(shell, 'while ! [ -e "$BOX/go" ]; do sleep 0.01; done; (exit 7)');
    watcher.emit('error', new Error('lost'));
    writeFileSync(box.file('go'), '');
    expect(await running).toEqual({ how: 'finished', exitCode: 7 });
    expect(watcher.closed).toBe(true);
    await runsFive(shell);
    await shell.process.endTree(0);
  });

  test('an event that the watch loses only delays the end of the command', async () => {
    const shell = await start(() => new FakeWatcher());
    expect(await run(shell, '(exit 9)')).toEqual({ how: 'finished', exitCode: 9 });
    await shell.process.endTree(0);
  });

  test('that ends while it is started takes along what it has begun', async () => {
    const path = box.file('not-a-shell');
    writeFileSync(path, '#!/bin/sh\nsleep 1000 & echo $! >"$BOX/left"; exit 3\n');
    chmodSync(path, 0o755);
    expect(await start(() => new FakeWatcher(), path).catch(messageOf)).toBe('it ended while it was started');
    const left = Number(readFileSync(box.file('left'), 'utf8'));
    expect(left).toBeGreaterThan(0);
    expect(isAlive(left)).toBe(false);
  });
});
