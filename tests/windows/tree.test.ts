/** Ending whole trees, and taking up what an earlier server has left. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { newId } from '../../src/core/id.ts';
import type { SpawnRequest } from '../../src/platform/process/process.ts';
import { labMissing } from '../support/wine.ts';
import { waitFor } from '../support/wait.ts';
import { World, type Driver } from './world.ts';

const missing = labMissing();
if (missing !== undefined) console.log(`tests/windows/tree.test.ts skipped: ${missing}`);

const SLEEP = 'ping -n 600 127.0.0.1 >nul';

describe.skipIf(missing !== undefined)('a tree of processes on Windows', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  }, 120_000);
  afterAll(() => world[Symbol.asyncDispose]());

  const members = (driver: Driver, request: SpawnRequest, atLeast: number) =>
    waitFor(`${atLeast} processes`, async () => {
      const pids = await driver.call('jobPids', request.treeId);
      return pids.length >= atLeast && pids;
    });
  const alive = async (driver: Driver, pids: readonly number[]) => {
    const each = await Promise.all(pids.map((pid) => driver.call('alive', pid)));
    return pids.filter((_, index) => each[index]);
  };

  test('is ended whole: nested shells, background, and what lost its parent', async () => {
    const driver = await world.driver();
    const request = world.request(
      `start /b cmd /c "${SLEEP}" & cmd /c "cmd /c start /b ping -n 600 127.0.0.1 >nul" & ${SLEEP}`,
    );
    await driver.start(request);
    const pids = await members(driver, request, 5);
    expect(await alive(driver, pids)).toEqual(pids);
    await driver.call('endTree', request.treeId);
    expect(await alive(driver, pids)).toEqual([]);
    expect(await driver.code(request)).toBe(1);
    await driver.call('release', request.treeId);
  }, 30_000);

  test('goes on in the background when its shell has ended, and can still be ended then', async () => {
    const driver = await world.driver();
    const request = world.request(`start /b ping -n 600 127.0.0.1 >nul & exit 3`);
    expect(await driver.run(request)).toBe(3);
    const pids = await members(driver, request, 1);
    expect(await alive(driver, pids)).toEqual(pids);
    await driver.call('endTree', request.treeId);
    expect(await alive(driver, pids)).toEqual([]);
  }, 30_000);

  test('outlives a server that is killed; the next one sees its end and its code', async () => {
    const first = await world.driver();
    const request = world.request('ping -n 10 127.0.0.1 >nul & echo went on & exit 42');
    const identity = await first.start(request);
    await first.kill9();
    const second = await world.driver();
    expect(await second.call('adopt', { ...request, identity })).toEqual({ identity });
    expect(await second.call('alive', identity.pid)).toBe(true);
    expect(await second.code(request)).toBe(42);
    expect(world.stdout(request)).toBe('went on \n');
  }, 30_000);

  test('leaves its exit code with the exit recorder when it ends while there is no server', async () => {
    const first = await world.driver();
    const requests = [5, 0, 255].map((code) => world.request(`ping -n 2 127.0.0.1 >nul & exit ${code}`));
    const identities = await Promise.all(requests.map((request) => first.start(request)));
    await first.kill9();
    await waitFor('three exit files', () => requests.every((request) => world.exitFile(request) !== undefined));
    const second = await world.driver();
    const codes = await Promise.all(
      requests.map(async (request, index) => {
        await second.call('adopt', { ...request, identity: identities[index] });
        return second.code(request);
      }),
    );
    expect(codes).toEqual([5, 0, 255]);
  }, 30_000);

  test('leaves its exit code even when the server dies right after the start, before it could note the pid', async () => {
    const first = await world.driver();
    const request = world.request('ping -n 2 127.0.0.1 >nul & exit 9');
    await first.start(request);
    await first.kill9();
    await waitFor('the exit file', () => world.exitFile(request) === '9\n');
    const second = await world.driver();
    await second.call('adopt', { ...request, identity: undefined });
    expect(await second.code(request)).toBe(9);
  }, 30_000);

  test('that an adopting server ends is ended whole, found by its name alone', async () => {
    const first = await world.driver();
    const request = world.request(`start /b cmd /c "${SLEEP}" & ${SLEEP}`);
    const identity = await first.start(request);
    const pids = await members(first, request, 4);
    await first.kill9();
    const second = await world.driver();
    expect(await second.call('adopt', { ...request, identity: undefined })).toEqual({ identity });
    await second.call('endTree', request.treeId);
    expect(await alive(second, pids)).toEqual([]);
    expect(await second.code(request)).toBe(1);
  }, 30_000);

  test('whose shell was killed while there was no server is found by its parents', async () => {
    const first = await world.driver();
    const request = world.request(`cmd /c "${SLEEP}"`);
    const identity = await first.start(request);
    const pids = await members(first, request, 3);
    await first.kill9();
    const second = await world.driver();
    await second.call('terminate', identity.pid);
    // Windows forgets the job's name with the shell; Wine does not, so another one is asked for.
    const treeId = newId();
    await second.call('adopt', { ...request, treeId, identity });
    expect(await second.call('exited', treeId)).toEqual({ known: true, code: 1 });
    expect((await alive(second, pids)).length).toBeGreaterThanOrEqual(2);
    await second.call('endTree', treeId);
    // In Wine a console host is in the job, too: it goes when its last program has gone.
    await waitFor('the end of all', async () => (await alive(second, pids)).length === 0);
  }, 30_000);

  test('that nobody knows anything of is unknown, not running', async () => {
    const driver = await world.driver();
    const request = world.request('never started');
    await driver.call('adopt', { ...request, identity: { pid: 4, startTime: '1' } });
    expect(await driver.code(request)).toBe('unknown');
    await driver.call('endTree', request.treeId);
  }, 10_000);
});
