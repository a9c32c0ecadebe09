/** The verb `keys`. */
import { describe, expect, test } from 'bun:test';
import type { KeyResource, MadeKey } from '../../../src/protocol/keys.ts';
import { runInProcess } from '../in-process.ts';
import { World } from '../world.ts';

const withKey = (key: string) => ({ env: { agent_runtime_API_KEY: key } });

describe('keys', () => {
  test('add prints the key alone on stdout; with it a command line may do what its scopes say, and no more', async () => {
    await using world = await World.start();
    const added = await world.cli(['keys', 'add', 'ci', '--scope', 'observe,run', '--expires', '7d']);
    const key = added.stdout.trimEnd();
    expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[A-Za-z0-9_-]{43}\n$/) });
    expect(added.stderr).toMatch(/^key ci \([0-9a-f]{12}\) made; this is the only time that the key is shown\n$/);
    expect(await world.cli(['run', 'echo hi'], withKey(key))).toMatchObject({ code: 0, stdout: 'hi\n' });
    expect(await world.cli(['keys'], withKey(key))).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'agent-server: the server says: this API key does not have the scope admin; use a key that may, with --key-file or --profile\n',
    });
  });

  test('list shows them with their scopes and how long they last, and never a key', async () => {
    await using world = await World.start();
    const made = JSON.parse(
      (await world.cli(['keys', 'add', 'a\u001b[2J', '--scope', 'observe', '--scope', 'ports', '--json'])).stdout,
    ) as MadeKey;
    await world.cli(['keys', 'add', 'week', '--scope', 'observe', '--expires', '1w', '--root', '/a', '--root', '/b']);
    const { stdout } = await world.cli(['keys']);
    const [head, first, second, third] = stdout.split('\n');
    expect(head).toMatch(/^ID +NAME +SCOPES +AGE +LAST USED +EXPIRES$/);
    expect(first).toMatch(/^default +inherited +admin +- +just now +never$/);
    expect(second).toMatch(/^[0-9a-f]{12} +a\\u001b\[2J +observe,ports +\d+s +- +never$/);
    expect(third).toMatch(/^[0-9a-f]{12} +week +observe +\d+s +- +in 7d$/);
    const listed = JSON.parse((await world.cli(['keys', 'list', '--json'])).stdout) as KeyResource[];
    expect(listed.map(({ roots }) => roots)).toEqual([undefined, undefined, ['/a', '/b']]);
    expect(stdout + JSON.stringify(listed)).not.toContain(made.key);
  });

  test('rotate and delete take the name or the id; the inherited key is rotated in its file', async () => {
    await using world = await World.start();
    const key = (await world.cli(['keys', 'add', 'ci', '--scope', 'observe'])).stdout.trimEnd();
    const rotated = (await world.cli(['keys', 'rotate', 'ci'])).stdout.trimEnd();
    expect((await world.cli(['jobs'], withKey(key))).stderr).toContain('does not accept this API key');
    expect((await world.cli(['jobs'], withKey(rotated))).code).toBe(0);
    const before = world.key;
    expect(await world.cli(['keys', 'rotate', 'default'])).toEqual({
      code: 0,
      stdout: `${world.key}\n`,
      stderr: 'key inherited (default) has a new secret; it is in the key file of the server\n',
    });
    expect(world.key).not.toBe(before);
    expect((await world.cli(['jobs'], withKey(before))).code).toBe(1);
    expect(await world.cli(['keys', 'delete', 'ci'])).toEqual({ code: 0, stdout: 'ci deleted\n', stderr: '' });
    expect((await world.cli(['jobs'], withKey(rotated))).code).toBe(1);
    expect(await world.cli(['keys', 'delete', 'ci'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'agent-server: the server says: key not found ("ci"); see npm start -- keys\n',
    });
    expect((await world.cli(['keys', 'delete', 'default'])).stderr).toContain('cannot be deleted; it can be rotated');
  });

  test.each([
    ['keys remove ci', 'unknown action "remove"'],
    ['keys add', 'NAME is missing'],
    ['keys add ci', '--scope is missing'],
    ['keys add ci --scope observe,everything', 'there is no scope "everything"'],
    ['keys add ci --scope=', 'there is no scope ""'],
    ['keys list ci', 'unexpected argument "ci"'],
    ['keys delete ci --scope run', '--scope is only for add'],
    ['keys --expires 7d', '--expires is only for add'],
  ])('%s is refused in one line, with exit code 2', async (line, message) => {
    const { code, stdout, stderr } = await runInProcess(...line.split(' '));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toStartWith(`agent-server: ${message}`);
    expect(stderr).toMatch(/see .* keys --help\n$/);
  });
});
