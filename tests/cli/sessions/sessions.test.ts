/** The verb `sessions`. */
import { describe, expect, test } from 'bun:test';
import { isAlive } from '../../support/rig-processes.ts';
import { World } from '../world.ts';

describe('sessions', () => {
  test('lists them by key, with nothing that moves the cursor, and says so where there is none', async () => {
    await using world = await World.start();
    expect(await world.cli(['sessions'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('no sessions'),
    });
    await world.cli(['run', '--session', 'b\u001b[2J', '--shell', 'sh', 'exit 0']);
    await world.cli(['run', '--session', 'a build', '--shell', 'sh', 'true']);
    const { stdout } = await world.cli(['sessions']);
    const [head, first, second] = stdout.split('\n');
    expect(head).toMatch(/^KEY +SHELL +STATUS +AGE +LAST USED$/);
    expect(first).toMatch(/^a build +sh +idle +\d+s +\d+s ago$/);
    expect(second).toMatch(/^b\\u001b\[2J +sh +stopped +\d+s +\d+s ago$/);
    expect(stdout).not.toContain('\u001b');
    // They grow older from one look to the next.
    const withoutAges = (text: string) => text.replaceAll(/ +\d+s/g, ' _');
    expect(withoutAges((await world.cli(['sessions', 'list'])).stdout)).toBe(withoutAges(stdout));
  });

  test('delete ends the shell with all it started, whatever its key is', async () => {
    await using world = await World.start();
    const key = 'to/delete ä?#%';
    const { stdout } = await world.cli(['run', '--session', key, '--shell', 'sh', 'setsid sleep 1000 & echo $!']);
    expect(isAlive(Number(stdout))).toBe(true);
    expect(await world.cli(['sessions', 'delete', key])).toEqual({ code: 0, stdout: `${key} deleted\n`, stderr: '' });
    expect(isAlive(Number(stdout))).toBe(false);
    expect(await world.cli(['sessions', 'delete', key])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'agent-server: the server says: session not found ("to/delete ä?#%"); see npm start -- sessions\n',
    });
    await world.cli(['run', '--session', key, '--shell', 'sh', 'true']);
    expect(JSON.parse((await world.cli(['sessions', 'delete', key, '--json'])).stdout)).toEqual({
      deleted: true,
      sessionKey: key,
    });
    expect(JSON.parse((await world.cli(['sessions', '--json'])).stdout)).toEqual([]);
  });
});
