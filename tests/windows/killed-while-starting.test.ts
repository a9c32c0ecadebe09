/** A server that is killed while it starts a program leaves none behind that nobody can find. */
import { expect, test } from 'bun:test';
import { copyFileSync } from 'node:fs';
import { win32 } from 'node:path';
import { newId } from '../../src/core/id.ts';
import { waitFor } from '../support/wait.ts';
import { inLab } from './in-lab.ts';

/** More than a start has: at the last ones it is over, and the crash comes with the next look at the process. */
const CALLS = [1, 2, 3, 4, 5, 6, 8, 12];

inLab('a server that is killed while it starts a program', (lab) => {
  /** A program under a name of its own, by which it is found. */
  const ownProgram = (): { name: string; path: string } => {
    const name = `left-${newId()}.exe`;
    const path = win32.join(lab.world.folder.native, name);
    copyFileSync(lab.world.lab.host('C:\\windows\\system32\\cmd.exe'), lab.world.host(path));
    return { name, path };
  };
  const count = async (name: string): Promise<number> =>
    (await lab.world.lab.list()).filter((task) => task.name === name).length;

  test.each(CALLS)('one that ends with it, at call %d', async (calls) => {
    const { name, path } = ownProgram();
    const driver = await lab.world.driver();
    await driver.call('dieAfterStart', calls);
    const order = lab.world.order([path, '/d', '/c', 'ping -n 600 127.0.0.1 >nul']);
    await driver.call('launch', order).catch(() => 'killed before it could answer');
    await driver.program.exited;
    await waitFor('the program to end', async () => (await count(name)) === 0);
  });

  test.each(CALLS)('one that outlives it, at call %d: gone, or in the hands of the next server', async (calls) => {
    const { name, path } = ownProgram();
    const driver = await lab.world.driver();
    await driver.call('dieAfterStart', calls);
    const request = lab.world.request('ping -n 600 127.0.0.1 >nul', {
      env: { SystemRoot: 'C:\\windows', PATH: 'C:\\windows\\system32', ComSpec: path },
    });
    await driver.call('spawn', request).catch(() => 'killed before it could answer');
    await driver.program.exited;
    const next = await lab.world.driver();
    const left = await waitFor('gone or found', async () => {
      const pids = await next.call('jobPids', request.treeId);
      if (pids.length > 0) return pids;
      return (await count(name)) === 0 ? [] : undefined;
    });
    if (left.length === 0) return;
    // It runs: its own program is there.
    await waitFor('its ping', async () => (await next.call('jobPids', request.treeId)).length >= 2);
    await next.call('adopt', { ...request, identity: undefined });
    await next.call('endTree', request.treeId);
    await waitFor('the end of it', async () => (await count(name)) === 0);
    expect(await next.code(request)).toBe(1);
  });
});
