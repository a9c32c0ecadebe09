/** What a shell's process runs before a command, seed and bootstrap: a part of the session stories, for every shell. */
import { expect, test } from 'bun:test';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Door } from '../support/doors.ts';
import type { JobView, Rig } from '../support/rig.ts';
import type { DialectWords } from './dialects.ts';

export interface SessionsOfOneShell {
  readonly words: DialectWords;
  readonly door: Door;
  readonly env: Readonly<Record<string, string>>;
  readonly rig: () => Rig;
  readonly submit: (sessionKey: string, command: string, more?: Record<string, unknown>) => Promise<string>;
  readonly run: (sessionKey: string, command: string, more?: Record<string, unknown>) => Promise<JobView>;
  readonly session: (key: string) => Promise<Record<string, unknown>>;
}

export function preparationStories({ words, door, rig, submit, run, session }: SessionsOfOneShell): void {
  const { elsewhere, top } = words;
  const chain = (...commands: string[]) => words.chain(...commands);
  const print = (text: string) => words.print(text);

  test('seed and bootstrap come back after a replacement, and only then', async () => {
    mkdirSync(join(rig().place.cwd, 'seeded'), { recursive: true });
    const bootstrapCommand = chain(words.set('boot', 'up'), words.complain('heard'), 'echo seen');
    const seeded = door.nativePath(join(rig().place.cwd, 'seeded'));
    const seed = { workdir: 'seeded', env: { SEED: "it's" }, bootstrapCommand };
    const key = 'seeds';
    const first = await run(key, chain(print('[$boot]'), words.printExported('SEED'), words.printLocation), seed);
    expect(first).toMatchObject({ stdout: `[up]\nit's\n${seeded}\n`, stderr: 'heard\n' });
    await run(key, words.changeTo(top));
    // Later seeds are not applied.
    expect((await run(key, words.printLocation, { workdir: elsewhere, env: { SEED: 'other' } })).stdout).toBe(
      `${top}\n`,
    );
    expect(await run(key, chain('echo before', words.sleep('1000')), { timeout: 0.5 })).toMatchObject({
      status: 'timeout',
      exitCode: -1,
      timedOut: true,
      stdout: 'before\n',
    });
    const after = await run(key, chain(print('[$boot]'), words.printExported('SEED'), words.printLocation));
    expect(after).toMatchObject({ stdout: `[up]\nit's\n${seeded}\n`, stderr: 'heard\n' });
  });

  test('a process runs each bootstrap once, before the command that brings it, and a new process the newest', async () => {
    const [a, b] = ['a', 'b'].map((letter) => words.set('run', `\${run}${letter}`));
    const texts = [a, a, b, a, undefined, b, undefined];
    const seen: string[] = [];
    for (const bootstrapCommand of texts) seen.push((await run('texts', print('$run'), { bootstrapCommand })).stdout);
    expect(seen).toEqual(['a\n', 'a\n', 'ab\n', 'ab\n', 'ab\n', 'ab\n', 'ab\n']);
    await run('texts', 'exit 0', { bootstrapCommand: a });
    expect((await run('texts', print('$run'))).stdout).toBe('a\n');
  });

  test('a command that is the bootstrap itself is not run twice', async () => {
    const bootstrap = chain(words.set('count', '${count}x'), print('$count'));
    for (const bootstrapCommand of [bootstrap, undefined]) {
      const key = `self ${bootstrapCommand}`;
      const more = { bootstrapCommand, bootstrapCurrentCommand: true };
      for (const _process of [1, 2]) {
        expect((await run(key, bootstrap, more)).stdout).toBe('x\n');
        expect((await run(key, print('$count'), { bootstrapCommand })).stdout).toBe('x\n');
        await run(key, 'exit 0');
      }
      expect((await run(key, print('$count'))).stdout).toBe('x\n');
    }
  });

  test('such a command that fails has not run the bootstrap; one with another text than its bootstrap has', async () => {
    const more = { bootstrapCommand: words.set('boot', 'up'), bootstrapCurrentCommand: true };
    expect((await run('other', chain(print('[$boot]'), words.endWith(3)), more)).stdout).toBe('[]\n');
    expect((await run('other', print('[$boot]'))).stdout).toBe('[up]\n');
    expect((await run('same', chain(print('[$boot]'), words.nothing), more)).stdout).toBe('[]\n');
    expect((await run('same', print('[$boot]'))).stdout).toBe('[]\n');
    await run('same', 'exit 0');
    expect((await run('same', print('[$boot]'))).stdout).toBe('[up]\n');
  });

  test('a bootstrap that fails fails the command unrun, in any process, until it succeeds', async () => {
    const needed = join(rig().place.cwd, `needed-${words.name}`);
    const more = { bootstrapCommand: chain(words.complain('why'), words.need(door.nativePath(needed))) };
    const failed = {
      status: 'failed',
      exitCode: 3,
      stdout: '',
      stderr: expect.stringMatching(/^why\n.*was not run\n$/),
    };
    const expectFailures = async (key: string): Promise<void> => {
      expect(await run(key, 'echo ran', more)).toMatchObject(failed);
      expect(await run(key, 'echo ran')).toMatchObject(failed);
    };
    await expectFailures('failing at first');
    // A process with something to lose is not lost.
    await run('failing later', words.set('kept', 'yes'));
    await expectFailures('failing later');
    await run('failing anew', 'exit 0');
    await expectFailures('failing anew');
    writeFileSync(needed, '');
    expect(await run('failing at first', 'echo ran')).toMatchObject({ stdout: 'ran\n', stderr: 'why\n' });
    expect(await run('failing later', print('$kept'))).toMatchObject({ stdout: 'yes\n', stderr: 'why\n' });
    expect(await run('failing anew', 'echo ran', more)).toMatchObject({ stdout: 'ran\n', stderr: 'why\n' });
    expect(await run('failing later', print('$kept'), more)).toMatchObject({ stdout: 'yes\n', stderr: '' });
  });

  test.each([
    ['exit 0', 1],
    ['exit 7', 7],
  ])('a bootstrap that ends the shell with %p fails the command unrun, with %d', async (bootstrapCommand, exitCode) => {
    const key = `ending, ${bootstrapCommand}`;
    const failed = {
      status: 'failed',
      exitCode,
      stdout: '',
      stderr: expect.stringContaining('the command was not run'),
    };
    expect(await run(key, 'echo ran', { bootstrapCommand })).toMatchObject(failed);
    expect(await run(key, 'echo ran')).toMatchObject(failed);
    expect(await run(key, 'echo ran', { bootstrapCommand: words.nothing })).toMatchObject({ stdout: 'ran\n' });
    expect(await run(key, 'echo ran', { bootstrapCommand })).toMatchObject(failed);
  });

  test('a bootstrap fails with the exit code that the same command has', async () => {
    for (const [bootstrapCommand, exitCode] of words.exitCodes)
      expect(await run('boot codes', 'echo ran', { bootstrapCommand })).toMatchObject({
        exitCode,
        stdout: exitCode === 0 ? 'ran\n' : '',
      });
    for (const bootstrapCommand of words.unparsable)
      expect(await run('boot codes', 'echo ran', { bootstrapCommand })).toMatchObject({ status: 'failed', stdout: '' });
  });

  test("a bootstrap counts from its command's turn on", async () => {
    const first = await submit('turn', 'exit 1');
    const second = await submit('turn', print('[$boot]'));
    const third = await submit('turn', print('[$boot]'), { bootstrapCommand: words.set('boot', 'up') });
    expect((await rig().finished(first)).exitCode).toBe(1);
    expect((await rig().finished(second)).stdout).toBe('[]\n');
    expect((await rig().finished(third)).stdout).toBe('[up]\n');
  });

  const notFound = (path: string) => ({
    status: 'failed',
    exitCode: 1,
    stdout: '',
    stderr: `working directory not found: ${path}`,
  });

  test('a seed folder that is missing: the command is not run, as in mode `shell`, until the session has another', async () => {
    const workdir = words.nowhere;
    expect(await rig().run('echo ran', { workdir })).toMatchObject(notFound(workdir));
    expect(await run('lost', 'echo ran', { workdir })).toMatchObject(notFound(workdir));
    expect(await session('lost')).toMatchObject({ status: 'stopped', processAlive: false, lastOutputAt: null });
    expect(await run('lost', 'echo ran')).toMatchObject(notFound(workdir));
    expect((await run('lost', words.printLocation, { workdir: elsewhere })).stdout).toBe(`${elsewhere}\n`);
    // Now it has begun, and keeps what it began with.
    expect((await run('lost', words.printLocation, { workdir: top })).stdout).toBe(`${elsewhere}\n`);
  });

  test('a seed folder that is missing at a replay: the same, until it is there again', async () => {
    const folder = join(rig().place.cwd, `vanishing-${words.name}`);
    const seeded = door.nativePath(folder);
    const leave = chain(words.changeTo(top), 'exit 0');
    mkdirSync(folder);
    await run('vanished', leave, { workdir: seeded, bootstrapCommand: words.set('boot', 'up') });
    rmSync(folder, { recursive: true });
    expect(await run('vanished', 'echo ran')).toMatchObject(notFound(seeded));
    // A later seed is not applied.
    expect(await run('vanished', 'echo ran', { workdir: elsewhere })).toMatchObject(notFound(seeded));
    writeFileSync(folder, 'not a folder');
    expect(await run('vanished', 'echo ran')).toMatchObject(notFound(seeded));
    rmSync(folder);
    mkdirSync(folder);
    expect((await run('vanished', chain(print('$boot'), words.printLocation))).stdout).toBe(`up\n${seeded}\n`);
  });
}
