/** Programs that are kept: how we talk with them, and how they end. */
import { expect, test } from 'bun:test';
import { win32 } from 'node:path';
import { waitFor } from '../support/wait.ts';
import type { LaunchOrder } from './driver.ts';
import { inLab } from './in-lab.ts';
import type { Driver } from './world.ts';

const CMD = 'C:\\windows\\system32\\cmd.exe';
/** Reads its commands from stdin, and says nothing that it was not asked for. */
const SHELL = [CMD, '/d', '/q', '/v:off'];
/** More than pipes and buffers on the way can hold. */
const MUCH = 100_000_000;
const MAX_MEMORY = 40_000_000;

inLab('a program that is kept on Windows', (lab) => {
  // Wine's cmd.exe takes one line from what it finds in its pipe, and forgets the rest.
  const say = (order: LaunchOrder, ...commands: string[]) =>
    lab.driver.call('write', order.treeId, `${commands.join('& ')}\r\n`);
  const heard = (order: LaunchOrder, text: string, by: Driver = lab.driver) =>
    waitFor(`${JSON.stringify(text)} on stdout`, async () =>
      (await by.call('heard', order.treeId)).stdout.text.includes(text),
    );
  const alive = async (by: Driver, pids: readonly number[]) => {
    const each = await Promise.all(pids.map((pid) => by.call('alive', pid)));
    return pids.filter((_, index) => each[index]);
  };
  const members = (by: Driver, order: LaunchOrder, atLeast: number) =>
    waitFor(`${atLeast} processes`, async () => {
      const pids = await by.call('jobPids', order.treeId);
      return pids.length >= atLeast && pids;
    });

  test('hears what it is told, and is heard on two streams', async () => {
    const order = lab.world.order(SHELL);
    await lab.driver.launch(order);
    await say(order, 'echo one', 'echo two>&2', 'exit 37');
    expect(await lab.driver.code(order)).toBe(37);
    const { stdout, stderr } = await waitFor('both ends', async () => {
      const both = await lab.driver.call('heard', order.treeId);
      return both.stdout.ended && both.stderr.ended && both;
    });
    expect(stdout.text.replaceAll('\r\n', '\n')).toEndWith('one\n');
    expect(stderr.text.replaceAll('\r\n', '\n')).toBe('two\n');
  });

  test('may have one pipe for both streams, which keeps their order', async () => {
    const order = lab.world.order(SHELL, { outputPath: 'anything' });
    await lab.driver.launch(order);
    await say(order, 'echo one', 'echo two>&2', 'echo three', 'exit 0');
    expect(await lab.driver.code(order)).toBe(0);
    const { stdout, stderr } = await waitFor('the end', async () => {
      const both = await lab.driver.call('heard', order.treeId);
      return both.stdout.ended && both;
    });
    expect(stdout.text.replaceAll('\r\n', '\n')).toEndWith('one\ntwo\nthree\n');
    expect(stderr).toMatchObject({ text: '', ended: true });
  });

  test('may be a command text, whose quotes stay as they are', async () => {
    const order = lab.world.order('echo "a  b" & cd & exit 12', { input: false });
    await lab.driver.launch(order);
    expect(await lab.driver.code(order)).toBe(12);
    await heard(order, lab.world.folder.native);
    const { stdout } = await lab.driver.call('heard', order.treeId);
    expect(stdout.text.replaceAll('\r\n', '\n')).toBe(`"a  b" \n${lab.world.folder.native}\n`);
  });

  test('without input reads its end', async () => {
    const order = lab.world.order(SHELL, { input: false });
    await lab.driver.launch(order);
    expect(await lab.driver.code(order)).toBe(0);
  });

  test('ends when its input does', async () => {
    const order = lab.world.order(SHELL);
    await lab.driver.launch(order);
    await lab.driver.call('closeInput', order.treeId);
    expect(await lab.driver.code(order)).toBe(0);
  });

  test.each([0, 5, 259, 3_221_225_477])('ends with exit code %d', async (code) => {
    const order = lab.world.order([CMD, '/d', '/c', `exit ${code | 0}`]);
    await lab.driver.launch(order);
    expect(await lab.driver.code(order)).toBe(code);
  });

  test('gets its arguments and environment as they are', async () => {
    const order = lab.world.order([lab.world.driverPath, '__arguments', 'a b', 'c"d', 'e\\', '', 'ü €'], {
      env: { SystemRoot: 'C:\\windows', GREETING: 'grüß 漢字' },
    });
    await lab.driver.launch(order);
    expect(await lab.driver.code(order)).toBe(0);
    await heard(order, '\n');
    const { stdout } = await lab.driver.call('heard', order.treeId);
    expect(JSON.parse(stdout.text)).toEqual({ args: ['a b', 'c"d', 'e\\', '', 'ü €'], greeting: 'grüß 漢字' });
  });

  test('is refused when it is not there, and in a folder that is not there', async () => {
    expect(await lab.driver.call('launch', lab.world.order(['C:\\nowhere\\none.exe']))).toMatchObject({
      reason: 'spawn-refused',
      detail: expect.stringContaining('CreateProcessW'),
    });
    const cwd = win32.join(lab.world.folder.native, 'nowhere');
    expect(await lab.driver.call('launch', lab.world.order(SHELL, { cwd }))).toEqual({ reason: 'cwd-missing', cwd });
  });

  test('puts out a hundred megabytes without losing a byte or filling our memory', async () => {
    const before = await lab.driver.call('memory');
    const order = lab.world.order([lab.world.driverPath, '__flood', String(MUCH)]);
    await lab.driver.launch(order);
    expect(await lab.driver.code(order)).toBe(0);
    await waitFor('all of it', async () => (await lab.driver.call('heard', order.treeId)).stdout.bytes === MUCH);
    expect((await lab.driver.call('memory')) - before).toBeLessThan(MAX_MEMORY);
  }, 120_000);

  test('waits for a reader that is slower', async () => {
    const before = await lab.driver.call('memory');
    const order = lab.world.order([lab.world.driverPath, '__flood', String(MUCH)], { slowReader: true });
    const { pid } = await lab.driver.launch(order);
    await waitFor('the first bytes', async () => (await lab.driver.call('heard', order.treeId)).stdout.bytes > 0);
    // Many times what it takes to write all of it, were nobody holding it up.
    for (let round = 0; round < 20; round += 1) await lab.driver.run(lab.world.request('exit 0'));
    expect(await lab.driver.call('alive', pid)).toBe(true);
    expect((await lab.driver.call('memory')) - before).toBeLessThan(MAX_MEMORY);
    await lab.driver.call('goOnReading', order.treeId);
    expect(await lab.driver.code(order)).toBe(0);
    await waitFor('all of it', async () => (await lab.driver.call('heard', order.treeId)).stdout.bytes === MUCH);
  }, 120_000);

  test('is ended with all it started', async () => {
    const order = lab.world.order(SHELL);
    await lab.driver.launch(order);
    await say(order, 'start /b ping -n 600 127.0.0.1 >nul', 'cmd /c "cmd /c ping -n 600 127.0.0.1 >nul"');
    const pids = await members(lab.driver, order, 5);
    expect(await alive(lab.driver, pids)).toEqual(pids);
    await lab.driver.call('endTree', order.treeId);
    expect(await alive(lab.driver, pids)).toEqual([]);
    expect(await lab.driver.code(order)).toBe(1);
  }, 30_000);

  test('can be ended whole when it has gone itself', async () => {
    const order = lab.world.order(SHELL);
    await lab.driver.launch(order);
    await say(order, 'start /b ping -n 600 127.0.0.1 >nul', 'exit 3');
    expect(await lab.driver.code(order)).toBe(3);
    const pids = await members(lab.driver, order, 1);
    expect(await alive(lab.driver, pids)).toEqual(pids);
    await lab.driver.call('endTree', order.treeId);
    expect(await alive(lab.driver, pids)).toEqual([]);
  }, 30_000);

  test('that is let go of as soon as it was ended still tells that it has', async () => {
    const order = lab.world.order(SHELL);
    await lab.driver.launch(order);
    await lab.driver.call('endAndRelease', order.treeId);
    expect(await lab.driver.code(order)).toBe(1);
  });

  test('ends with a server that is killed, with all it started', async () => {
    const doomed = await lab.world.driver();
    const order = lab.world.order(SHELL);
    await doomed.launch(order);
    await doomed.call('write', order.treeId, 'start /b ping -n 600 127.0.0.1 >nul& ping -n 600 127.0.0.1 >nul\r\n');
    const pids = await members(doomed, order, 3);
    await doomed.kill9();
    await waitFor('the end of all', async () => (await alive(lab.driver, pids)).length === 0);
    // Nothing is left for the next server, and looking for it does no harm.
    await lab.driver.call('endLeftover', order.treeId);
  }, 30_000);

  test('leaves no handle behind', async () => {
    const round = async () => {
      for (let i = 0; i < 10; i++) {
        const order = lab.world.order([CMD, '/d', '/c', 'echo x']);
        await lab.driver.launch(order);
        await lab.driver.code(order);
        await lab.driver.call('release', order.treeId);
        await waitFor('both ends', async () => {
          const both = await lab.driver.call('heard', order.treeId);
          return both.stdout.ended && both.stderr.ended;
        });
      }
      return lab.driver.call('handleCount');
    };
    await round();
    const before = await round();
    const after = await round();
    expect(after - before).toBeLessThan(5);
  }, 60_000);
});
