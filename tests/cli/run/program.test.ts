/** `run --program`: a program with its arguments, without a shell. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { isAlive } from '../../support/rig-processes.ts';
import { waitFor } from '../../support/wait.ts';
import { World } from '../world.ts';

describe('run --program', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const program = (...words: string[]) => world.cli(['run', '--program', '--', ...words]);

  test('passes arguments on as they are, also what a shell would take for its own', async () => {
    const words = ['a b', '$HOME', '*', "it's", '"', '', '--', '-n', '\\', 'ü\n'];
    const { code, stdout } = await program(
      process.execPath,
      '-e',
      'console.log(JSON.stringify(process.argv.slice(1)))',
      ...words,
    );
    expect({ code, argv: JSON.parse(stdout) as unknown }).toEqual({ code: 0, argv: words });
  });

  test('exits as the program did, and with 127 where there is none', async () => {
    expect(await program('sh', '-c', 'echo out; echo err >&2; exit 7')).toEqual({
      code: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    const missing = await program('no-such-program');
    expect(missing.code).toBe(127);
    expect(missing.stderr).toContain('no such program: no-such-program');
  });

  test('passes standard input on, and none with -n', async () => {
    expect((await world.cli(['run', '-p', 'wc', '-c'], { stdin: 'hello' })).code).toBe(2);
    expect((await world.cli(['run', '-p', '--', 'wc', '-c'], { stdin: 'hello' })).stdout.trim()).toBe('5');
    expect((await world.cli(['run', '-pn', '--', 'wc', '-c'], { stdin: 'hello' })).stdout.trim()).toBe('0');
  });

  test('Ctrl-C reaches it as a signal, and its own exit code counts', async () => {
    const typed = world.type([
      'run',
      '-p',
      '--',
      'sh',
      '-c',
      'trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.05; done',
    ]);
    await typed.says('ready');
    typed.process.kill('SIGINT');
    const { code, stdout, stderr } = await typed.done();
    expect({ code, stdout }).toEqual({ code: 9, stdout: 'ready\ncaught\n' });
    expect(stderr).toContain('SIGINT sent to job');
    const plain = world.type(['run', '-p', '--', 'sh', '-c', 'echo ready; exec sleep 1000']);
    await plain.says('ready');
    plain.process.kill('SIGTERM');
    expect((await plain.done()).code).toBe(143);
  });

  test('the second Ctrl-C ends one that does not care, with everything it started', async () => {
    const typed = world.type([
      'run',
      '-p',
      '--',
      'sh',
      '-c',
      'trap "" INT; setsid sleep 1000 & echo $!; echo $$; echo ready; wait',
    ]);
    await typed.says('ready');
    const pids = typed.stdout.split('\n').slice(0, 2).map(Number);
    typed.process.kill('SIGINT');
    await typed.says('SIGINT sent to job');
    expect(isAlive(pids[1] ?? 0)).toBe(true);
    typed.process.kill('SIGINT');
    expect((await typed.done()).code).toBe(130);
    await waitFor('all of it to be gone', () => !pids.some(isAlive));
  });

  test('a name stands for the id, also one of digits alone, which kill takes with --job', async () => {
    const started = await world.cli(['run', '-p', '--detach', '--name', '8080', '--', 'sleep', '1000']);
    expect(started.code).toBe(0);
    expect((await world.cli(['kill', '8080', '--tree'])).stderr).toContain('--job means the job of that name');
    expect(await world.cli(['kill', '--job', '8080'])).toMatchObject({
      code: 0,
      stdout: 'SIGTERM sent to 1 process\n',
    });
  });

  test('what does not go together is refused', async () => {
    for (const [words, sentence] of [
      [['git', 'log'], 'run a program without a shell: --program -- PROGRAM ARGUMENT…'],
      [['--program', '--session', 'x', 'true'], '--program and --session exclude each other'],
      [['--name', 'x', 'true'], '--name is only valid with --program'],
      [['--program', '--', ''], 'the name of the program is empty'],
    ] as const) {
      const { code, stderr } = await world.cli(['run', ...words]);
      expect(stderr).toContain(sentence);
      expect(code).toBe(2);
    }
  });
});
