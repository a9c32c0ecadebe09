/** `run`: a command on the server as if it ran in this terminal. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobResource } from '../../../src/protocol/job.ts';
import { isAlive } from '../../support/rig-processes.ts';
import { waitFor } from '../../support/wait.ts';
import { jsonLines, MAIN, World } from '../world.ts';

describe('run', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test('shows each stream on its own and exits as the command did', async () => {
    expect(await world.cli(['run', 'echo out; echo err >&2; exit 7'])).toEqual({
      code: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect((await world.cli(['run', 'true'])).code).toBe(0);
  });

  test('shows output before the command has ended', async () => {
    const gate = join(world.folder, 'gate');
    const typed = world.type(['run', `echo early; until [ -e '${gate}' ]; do sleep 0.02; done; echo late`]);
    await typed.says('early');
    expect(typed.stdout).toBe('early\n');
    await Bun.write(gate, '');
    expect(await typed.done()).toMatchObject({ code: 0, stdout: 'early\nlate\n' });
  });

  test('passes bytes on that are no text', async () => {
    const typed = Bun.spawn([process.execPath, MAIN, 'run', String.raw`printf '\377\376x\303'; printf '\251\n'`], {
      env: { PATH: process.env['PATH'] ?? '', HOME: world.home, AGENT_SERVER_DATA_DIR: world.data },
      stdin: 'ignore',
    });
    expect(await new Response(typed.stdout).bytes()).toEqual(new Uint8Array([0xff, 0xfe, 0x78, 0xc3, 0xa9, 0x0a]));
  });

  test('runs in the current folder, or the one that is named, with the variables that are given', async () => {
    const here = join(world.folder, 'here');
    mkdirSync(join(here, 'below'), { recursive: true });
    expect((await world.cli(['run', 'pwd'], { cwd: here })).stdout).toBe(`${realpathSync(here)}\n`);
    expect((await world.cli(['run', 'pwd', '--workdir', 'below'], { cwd: here })).stdout).toBe(
      `${realpathSync(here)}/below\n`,
    );
    expect((await world.cli(['run', 'echo "$A-$B"', '--env', 'A=1', '--env=B=x y=z'])).stdout).toBe('1-x y=z\n');
  });

  test('passes standard input on, however much it is', async () => {
    const stdin = `${'grüße '.repeat(50_000)}\n`;
    expect((await world.cli(['run', 'sort'], { stdin: 'b\na\n' })).stdout).toBe('a\nb\n');
    expect((await world.cli(['run', 'cat'], { stdin })).stdout).toBe(stdin);
    expect((await world.cli(['run', 'wc -c; exit 3'])).stdout.trim()).toBe('0');
    // A command need not read it.
    expect((await world.cli(['run', 'exit 4'], { stdin })).code).toBe(4);
  });

  test.each([
    ['-n', '<one>\n<two>\n<three>\n'],
    ['--no-input', '<one>\n<two>\n<three>\n'],
    // The shell has read a line of it.
    ['--no-no-input', '<one>\ntwo\nthree\n'],
  ])('in a loop that reads a list from a file or a pipe, with %s: %j', async (flag, printed) => {
    const file = join(world.folder, 'list');
    writeFileSync(file, 'one\ntwo\nthree\n');
    const loop = `while read -r line; do "$@" ${flag} "echo '<$line>'; cat"; done`;
    for (const script of [`${loop} <'${file}'`, `cat '${file}' | ${loop}`]) {
      const shell = Bun.spawn(['sh', '-c', script, 'sh', process.execPath, MAIN, 'run'], { env: world.env });
      expect(await new Response(shell.stdout).text()).toBe(printed);
    }
  });

  test('passes standard input on byte for byte, text or not', async () => {
    const stdin = new Uint8Array([0x61, 0x00, 0xff, 0x62]);
    const { code, stdout } = await world.cli(['run', 'od -An -tx1'], { stdin });
    expect({ code, stdout: stdout.trim() }).toEqual({ code: 0, stdout: '61 00 ff 62' });
  });

  test('Ctrl-C ends the whole tree and waits for it', async () => {
    const typed = world.type(['run', 'sleep 1000 & echo $!; setsid sleep 1000 & echo $!; echo ready; wait']);
    await typed.says('ready');
    const pids = typed.stdout.split('\n').slice(0, 2).map(Number);
    expect(pids.map(isAlive)).toEqual([true, true]);
    typed.process.kill('SIGINT');
    const { code, stderr } = await typed.done();
    expect(code).toBe(130);
    expect(stderr).toContain('cancelling job');
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(JSON.parse((await world.cli(['jobs', '--json', '--limit', '1'])).stdout)).toMatchObject([
      { status: 'failed', cancelled: true, exitCode: -1 },
    ]);
  });

  test('a second Ctrl-C does not wait for a command that does not want to end', async () => {
    const typed = world.type(['run', "trap '' TERM; echo ready; while :; do sleep 0.05; done"]);
    await typed.says('ready');
    typed.process.kill('SIGINT');
    await typed.says('cancelling job');
    typed.process.kill('SIGINT');
    expect((await typed.done()).code).toBe(130);
  });

  test('says that the command timed out, and exits with 124', async () => {
    const { code, stderr } = await world.cli(['run', 'sleep 1000', '--timeout', '0.2']);
    expect(code).toBe(124);
    expect(stderr).toContain('timed out');
  });

  test('says that somebody else cancelled it, and exits with 1', async () => {
    const typed = world.type(['run', 'echo ready; sleep 1000']);
    await typed.says('ready');
    const [job] = JSON.parse((await world.cli(['jobs', '--json'])).stdout) as { jobId: string }[];
    expect(await world.cli(['cancel', job?.jobId ?? ''])).toEqual({
      code: 0,
      stdout: `${job?.jobId} cancelled\n`,
      stderr: '',
    });
    expect(await typed.done()).toMatchObject({ code: 1, stderr: expect.stringContaining('was cancelled') });
  });

  test('ends the command when nobody reads its output any more', async () => {
    const piped = Bun.spawn(['sh', '-c', `'${process.execPath}' '${MAIN}' run 'while :; do echo z; done' | head -1`], {
      env: { PATH: process.env['PATH'] ?? '', HOME: world.home, AGENT_SERVER_DATA_DIR: world.data },
      stdin: 'ignore',
    });
    expect(await new Response(piped.stdout).text()).toBe('z\n');
    await piped.exited;
    await waitFor('the job to be cancelled', async () => {
      const [job] = JSON.parse((await world.cli(['jobs', '--json', '--limit', '1'])).stdout) as JobResource[];
      return job?.command === 'while :; do echo z; done' && job.cancelled === true;
    });
  });

  test('--detach prints the id and leaves', async () => {
    const { code, stdout } = await world.cli(['run', '--detach', 'echo hi']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[0-9a-f]{12}\n$/);
    expect((await world.cli(['logs', stdout.trim(), '-f'])).stdout).toBe('hi\n');
  });

  test('--json prints one event a line, from the submission to the end', async () => {
    const { code, stdout } = await world.cli(['run', '--json', 'echo hi; exit 3']);
    expect(code).toBe(3);
    expect(jsonLines(stdout)).toMatchObject([
      { type: 'submitted', jobId: expect.stringMatching(/^[0-9a-f]{12}$/) },
      { type: 'status', status: 'running' },
      { type: 'stdout', text: 'hi\n', offset: 0, bytes: 3 },
      { type: 'end', status: 'failed', exitCode: 3 },
    ]);
  });
});

test('run goes on over a crash of the server, and loses and repeats nothing', async () => {
  await using world = await World.start();
  const port = new URL(world.url).port;
  const gate = join(world.folder, 'gate');
  const typed = world.type(['run', `echo one; until [ -e '${gate}' ]; do sleep 0.02; done; echo two; exit 5`]);
  await typed.says('one');
  await world.killServer();
  await Bun.write(gate, '');
  await world.startServer('--port', port, '--terminal-port', '0');
  expect(await typed.done()).toMatchObject({ code: 5, stdout: 'one\ntwo\n' });
});
