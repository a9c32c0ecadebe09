/** `run --session`: commands in a persistent shell. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionResource } from '../../../src/protocol/session.ts';
import { jsonLines, World } from '../world.ts';

describe('run --session', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test('keeps what a command changed for the next one, and exits as the command did', async () => {
    const shell = ['--session', 'build', '--shell', 'sh'];
    expect(await world.cli(['run', ...shell, 'colour=blue; cd /usr; false'])).toEqual({
      code: 1,
      stdout: '',
      stderr: '',
    });
    expect(await world.cli(['run', ...shell, 'echo "$colour"; pwd; echo err >&2; (exit 7)'])).toEqual({
      code: 7,
      stdout: 'blue\n/usr\n',
      stderr: 'err\n',
    });
    // Another session knows nothing of it.
    expect((await world.cli(['run', '--session', 'other', '--shell', 'sh', 'echo "[$colour]"'])).stdout).toBe('[]\n');
  });

  test('begins in the current folder with the variables that are given, and stays where it goes', async () => {
    const here = join(world.folder, 'here');
    mkdirSync(here);
    const first = ['run', '--session', 'k', '--shell', 'sh', '--env', 'SEED=a b', 'pwd; echo "$SEED"; cd /'];
    expect((await world.cli(first, { cwd: here })).stdout).toBe(`${realpathSync(here)}\na b\n`);
    expect((await world.cli(['run', '--session', 'k', 'pwd'], { cwd: here })).stdout).toBe('/\n');
  });

  test('takes the shell that the session has, for a new one what /health names', async () => {
    await world.cli(['run', '--session', 'mine', '--shell', 'SH', 'true']);
    expect((await world.cli(['run', '--session', 'mine', 'echo same'])).stdout).toBe('same\n');
    await world.cli(['run', '--session', 'new', 'exit 0']);
    const answer = await fetch(`${world.url}/health`, { headers: { 'x-api-key': world.key } });
    const { shells: known } = (await answer.json()) as { readonly shells: Readonly<Record<string, boolean>> };
    const preferred = Object.keys(known).find((name) => known[name] === true);
    const listed = JSON.parse((await world.cli(['sessions', '--json'])).stdout) as SessionResource[];
    const used = Object.fromEntries(listed.map(({ sessionKey, shell }) => [sessionKey, shell]));
    expect(used).toMatchObject({ mine: 'sh', new: preferred });
  });

  test('says what the server says of a shell it does not know, or has not', async () => {
    expect(await world.cli(['run', '--session', 'k', '--shell', 'fish', 'true'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'agent-server: the server says: unsupported shell: fish\n',
    });
    await world.cli(['run', '--session', 'taken', '--shell', 'sh', 'true']);
    expect(await world.cli(['run', '--session', 'taken', '--shell', 'bash', 'true'])).toEqual({
      code: 1,
      stdout: '',
      stderr: "session 'taken' already uses shell 'sh'",
    });
  });

  test('--bootstrap comes back with the next process', async () => {
    const run = (...more: string[]) => world.cli(['run', '--session', 'b', '--shell', 'sh', ...more]);
    await run('--bootstrap', 'greet() { echo "hello $1"; }', 'exit 3');
    expect((await run('greet you')).stdout).toBe('hello you\n');
  });

  test('Ctrl-C ends the command; the name stays', async () => {
    const typed = world.type(['run', '--session', 'c', '--shell', 'sh', 'echo ready; sleep 1000']);
    await typed.says('ready');
    typed.process.kill('SIGINT');
    expect((await typed.done()).code).toBe(130);
    expect((await world.cli(['run', '--session', 'c', 'echo back'])).stdout).toBe('back\n');
  });

  test('--detach and --json are as for any job', async () => {
    const { stdout: id } = await world.cli(['run', '--session', 'd', '--shell', 'sh', '--detach', 'echo hi']);
    expect((await world.cli(['logs', id.trim(), '-f'])).stdout).toBe('hi\n');
    const { stdout } = await world.cli(['run', '--session', 'd', '--json', 'echo again']);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ type: 'end', exitCode: 0 });
  });
});
