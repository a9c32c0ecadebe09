/** The verbs `jobs`, `logs` and `cancel`. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { runInProcess } from '../in-process.ts';
import { jsonLines, World } from '../world.ts';

const detach = async (world: World, command: string): Promise<string> =>
  (await world.cli(['run', '--detach', command])).stdout.trim();

describe('jobs', () => {
  test('lists them newest first, by page and by status, with nothing that moves the cursor', async () => {
    await using world = await World.start();
    expect(await world.cli(['jobs'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('no jobs'),
    });
    await world.cli(['run', 'echo first']);
    await world.cli(['run', "printf '\u001b[2J\n'; exit 9"]);
    const { stdout } = await world.cli(['jobs']);
    const [head, second, first] = stdout.split('\n');
    expect(head).toMatch(/^ID +STATUS +EXIT +AGE +DURATION +COMMAND$/);
    expect(second).toMatch(/^[0-9a-f]{12} +failed +9 +\d+s +\d+ms +printf '\\u001b\[2J\\n'; exit 9$/);
    expect(first).toMatch(/^[0-9a-f]{12} +completed +0 .*echo first$/);
    expect(stdout).not.toContain('\u001b');

    const page = JSON.parse((await world.cli(['jobs', '--json', '--limit', '1'])).stdout) as {
      jobId: string;
      command: string;
    }[];
    expect(page).toHaveLength(1);
    const before = await world.cli(['jobs', '--json', '--before', page[0]?.jobId ?? '']);
    expect(JSON.parse(before.stdout)).toMatchObject([{ command: 'echo first', stdoutBytes: 6 }]);
    expect(JSON.parse((await world.cli(['jobs', '--json', '--status', 'completed'])).stdout)).toMatchObject([
      { command: 'echo first' },
    ]);
  });

  test('finds them by a text of their command, and those that were cancelled, or were not', async () => {
    await using world = await World.start();
    await world.cli(['run', 'echo Needle']);
    const cancelled = await detach(world, 'sleep 600 # needle');
    await world.cli(['cancel', cancelled]);
    await world.cli(['run', 'echo hay']);
    const commands = async (...args: string[]) =>
      (JSON.parse((await world.cli(['jobs', '--json', ...args])).stdout) as { command: string }[]).map(
        ({ command }) => command,
      );
    expect(await commands('--find', 'nEEdle')).toEqual(['sleep 600 # needle', 'echo Needle']);
    expect(await commands('--cancelled')).toEqual(['sleep 600 # needle']);
    expect(await commands('--no-cancelled')).toEqual(['echo hay', 'echo Needle']);
    expect(await commands('--find', 'needle', '--no-cancelled', '--status', 'completed')).toEqual(['echo Needle']);
    expect(await world.cli(['jobs', '--find', 'pin'])).toMatchObject({ code: 0, stdout: '', stderr: 'no such jobs\n' });
  });

  test('refuses values that are not valid', async () => {
    for (const args of [
      ['--limit', '0'],
      ['--limit', 'x'],
      ['--status', 'gone'],
    ])
      expect((await runInProcess('jobs', ...args)).code).toBe(2);
  });
});

describe('logs', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test('shows what is there, whole or its last lines, one stream or both', async () => {
    const id = await detach(world, 'seq 1 5; seq 11 15 >&2; printf end');
    expect(await world.cli(['logs', id, '-f'])).toEqual({
      code: 0,
      stdout: '1\n2\n3\n4\n5\nend',
      stderr: '11\n12\n13\n14\n15\n',
    });
    expect(await world.cli(['logs', id])).toEqual({
      code: 0,
      stdout: '1\n2\n3\n4\n5\nend',
      stderr: '11\n12\n13\n14\n15\n',
    });
    expect(await world.cli(['logs', id, '--tail', '2'])).toEqual({ code: 0, stdout: '5\nend', stderr: '14\n15\n' });
    expect(await world.cli(['logs', id, '--tail', '2', '-f', '--stderr'])).toEqual({
      code: 0,
      stdout: '',
      stderr: '14\n15\n',
    });
    expect(await world.cli(['logs', id, '--tail', '0', '--stdout'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('finds the last lines of an output that is large', async () => {
    const id = await detach(world, 'seq 1 200000');
    await world.cli(['logs', id, '-f', '--tail', '0']);
    const { stdout } = await world.cli(['logs', id, '--tail', '50000']);
    expect(stdout).toBe(Array.from({ length: 50_000 }, (_, index) => `${150_001 + index}\n`).join(''));
  });

  test('-f goes on until the job ends', async () => {
    const gate = join(world.folder, 'gate');
    const id = await detach(world, `echo early; until [ -e '${gate}' ]; do sleep 0.02; done; echo late`);
    const following = world.type(['logs', id, '-f']);
    await following.says('early');
    expect((await world.cli(['logs', id])).stdout).toBe('early\n');
    await Bun.write(gate, '');
    expect(await following.done()).toEqual({ code: 0, stdout: 'early\nlate\n', stderr: '' });
  });

  test('--json prints one event a line', async () => {
    const id = await detach(world, "printf 'grüße'; exit 2");
    const end = { type: 'end', jobId: id, status: 'failed', exitCode: 2 };
    expect(jsonLines((await world.cli(['logs', id, '-f', '--json'])).stdout)).toMatchObject([
      { type: 'status' },
      { type: 'stdout', text: 'grüße' },
      end,
    ]);
    expect(jsonLines((await world.cli(['logs', id, '--json'])).stdout)).toMatchObject([
      { type: 'stdout', offset: 0, bytes: 7, text: 'grüße' },
      end,
    ]);
  });
});

describe('a job that is not there', () => {
  test.each(['logs', 'cancel'])('%s says so in one line', async (verb) => {
    await using world = await World.start();
    expect(await world.cli([verb, 'no\u001bsuch'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'agent-server: the server says: job not found ("no\\u001bsuch"); see npm start -- jobs\n',
    });
  });
});

describe('cancel', () => {
  test('a job that has ended already stays as it ended', async () => {
    await using world = await World.start();
    const id = await detach(world, 'exit 6');
    await world.cli(['logs', id, '-f']);
    expect(await world.cli(['cancel', id])).toMatchObject({
      code: 0,
      stdout: `${id} had already ended: failed, exit code 6\n`,
    });
    expect(JSON.parse((await world.cli(['cancel', id, '--json'])).stdout)).toMatchObject({
      jobId: id,
      cancelled: false,
      exitCode: 6,
    });
  });
});
