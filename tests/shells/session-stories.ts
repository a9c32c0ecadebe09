/** The life of named sessions, told once for every shell: `sessionStories(words, place)` in a test file of the place. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Door } from '../support/doors.ts';
import { Rig, type JobView } from '../support/rig.ts';
import type { DialectWords } from './dialects.ts';
import { endingStories } from './ending-stories.ts';
import { preparationStories } from './preparation-stories.ts';

/** Where the stories happen: behind which door, in which environment. */
export interface StoryPlace {
  readonly door: Door;
  readonly env: Readonly<Record<string, string>>;
}

export function sessionStories(words: DialectWords, { door, env }: StoryPlace): void {
  const { elsewhere } = words;
  const chain = (...commands: string[]) => words.chain(...commands);
  const print = (text: string) => words.print(text);
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start(door, { env, flags: { 'max-sessions': '100' } });
  });
  afterAll(async () => rig[Symbol.asyncDispose]());

  const submit = (sessionKey: string, command: string, more: Record<string, unknown> = {}): Promise<string> =>
    rig.exec(command, { mode: 'persistent_shell', sessionKey, shell: words.name, ...more });
  const run = async (sessionKey: string, command: string, more: Record<string, unknown> = {}): Promise<JobView> =>
    rig.finished(await submit(sessionKey, command, more));
  const session = async (key: string): Promise<Record<string, unknown>> =>
    (await rig.ask(`/sessions/${encodeURIComponent(key)}`)).body as Record<string, unknown>;

  test('variables, functions, aliases, location and environment last from command to command', async () => {
    const key = 'lasting';
    await run(key, words.set('colour', 'deep blue'));
    for (const [define] of words.definitions) await run(key, define);
    await run(key, words.exportVariable('AGENT_TEST', 'seen'));
    await run(key, words.changeTo(elsewhere));
    expect((await run(key, print('$colour'))).stdout).toBe('deep blue\n');
    for (const [, use, prints] of words.definitions) expect((await run(key, use)).stdout).toBe(prints);
    expect((await run(key, words.printExported('AGENT_TEST'))).stdout).toBe('seen\n');
    expect((await run(key, words.printLocation)).stdout).toBe(`${elsewhere}\n`);
  });

  test('sessions share nothing but the machine', async () => {
    await run('one', words.set('x', '1'));
    expect((await run('two', print('$x'))).stdout).toBe('\n');
  });

  test('the streams stay apart, and a missing final newline is missing', async () => {
    const job = await run('streams', words.bothStreams);
    expect(job).toMatchObject({ status: 'completed', exitCode: 0, stdout: 'out', stderr: 'err' });
  });

  test.each(words.exitCodes.map(([command, code]) => [command, code] as const))(
    '%s: exit code %d',
    async (command, code) => {
      const status = code === 0 ? 'completed' : 'failed';
      expect(await run('codes', command)).toMatchObject({ status, exitCode: code });
    },
  );

  test("what does not parse is reported in the shell's own words and harms nothing", async () => {
    await run('syntax', words.set('kept', 'yes'));
    for (const command of words.unparsable) {
      const job = await run('syntax', command);
      expect(job.status).toBe('failed');
      expect(job.stderr).toMatch(/syntax|parse|unmatched|unexpected|mismatch/i);
    }
    expect((await run('syntax', print('$kept'))).stdout).toBe('yes\n');
  });

  test('what is meant to leave a loop or a script does not reach what drives the shell', async () => {
    for (const command of words.straying) await run('loops', command);
    expect((await run('loops', words.endWith(12))).exitCode).toBe(12);
  });

  test.each(words.shadowing)('a function named %s does not get in the way of the next command', async (name) => {
    const key = `shadow ${name}`;
    const defined = await run(key, `${chain(words.set('kept', 'yes'), words.shadow(name))}\n${name}`);
    expect(defined).toMatchObject({ stdout: '', stderr: '', exitCode: 9 });
    for (const _again of [1, 2])
      expect(await run(key, chain(words.printByProgram('$kept'), words.endWith(4)))).toMatchObject({
        stdout: 'yes\n',
        stderr: '',
        exitCode: 4,
      });
  });

  test.if(words.shadowing.length > 0)('nor do all of them together', async () => {
    const all = words.shadowing.map((name) => words.shadow(name)).join('\n');
    expect((await run('shadows', `${words.set('kept', 'yes')}\n${all}`)).exitCode).toBe(0);
    expect(await run('shadows', chain(words.printByProgram('$kept'), words.endWith(4)))).toMatchObject({
      stdout: 'yes\n',
      exitCode: 4,
    });
  });

  test('exit ends the shell: the job has its code, the next command a new shell', async () => {
    await run('exits', words.set('gone', 'no'));
    expect(await run('exits', chain('echo bye', 'exit 5'))).toMatchObject({
      status: 'failed',
      exitCode: 5,
      stdout: 'bye\n',
    });
    expect(await session('exits')).toMatchObject({ status: 'stopped', processAlive: false });
    expect((await run('exits', print('$gone'))).stdout).toBe('\n');
    expect(await run('exits', 'exit 0')).toMatchObject({ status: 'completed', exitCode: 0 });
    if (words.killItself === undefined) return;
    const [command, code] = words.killItself;
    expect((await run('exits', command)).exitCode).toBe(code);
  });

  const sessions = { words, door, env, rig: () => rig, submit, run, session };
  preparationStories(sessions);
  endingStories(sessions);

  test('commands of one session take turns, in order of arrival', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        submit('turns', chain(words.set('order', `$order ${index}`), print('$order'))),
      ),
    );
    const last = await rig.finished(ids.at(-1) ?? '');
    expect(last.stdout.trim().split(' ')).toHaveLength(20);
    for (const [index, id] of ids.entries())
      expect((await rig.finished(id)).stdout.trim().split(' ')).toHaveLength(index + 1);
  });

  test('sessions run side by side', async () => {
    const meeting = door.nativePath(join(rig.place.cwd, `meeting-${words.name}`));
    const [a, b] = await Promise.all([
      run('left', words.meet(`${meeting}.a`, `${meeting}.b`)),
      run('right', words.meet(`${meeting}.b`, `${meeting}.a`)),
    ]);
    expect([a.stdout, b.stdout]).toEqual(['met\n', 'met\n']);
  });

  if (words.takesInput) {
    test("a command that reads gets the job's input and its end, never the next command", async () => {
      const id = await submit('reads', chain(words.readLine, print('[$line]'), words.printRest));
      await rig.running(id);
      await rig.post(`/jobs/${id}/input`, { data: 'first\n' });
      await rig.printed(id, '[first]');
      await rig.post(`/jobs/${id}/input`, { data: 'rest\n', eof: true });
      expect((await rig.finished(id)).stdout).toBe('[first]\nrest\n');
      expect((await run('reads', 'echo next')).stdout).toBe('next\n');
    });

    test('a nudge is a newline', async () => {
      const id = await submit('nudged', chain(words.readLine, print('got [$line]')));
      await rig.running(id);
      expect(await rig.post(`/jobs/${id}/nudge`, {})).toEqual({ nudged: true, processAlive: true });
      expect((await rig.finished(id)).stdout).toBe('got []\n');
    });
  } else
    test('a command that reads gets the end of input, never the next command', async () => {
      const id = await submit('reads', chain(words.readLine, print('[$line]'), words.printRest));
      const next = await submit('reads', 'echo next');
      expect((await rig.finished(id)).stdout).toBe('[]\n');
      expect((await rig.finished(next)).stdout).toBe('next\n');
    });

  test('ten megabytes of any bytes arrive whole', async () => {
    const path = join(rig.place.cwd, 'much');
    writeFileSync(path, Buffer.alloc(10_000_000, 0xff));
    const job = await run('much', words.tenMillionBytes(door.nativePath(path)));
    expect(job).toMatchObject({ stdoutBytes: 10_000_000, stdoutTruncated: true, exitCode: 0 });
  });

  test('the record of the job says which session it was', async () => {
    const job = await run('labels', words.nothing);
    expect(job).toMatchObject({ mode: 'persistent_shell', sessionKey: 'labels', shell: words.name });
  });

  const { otherKind } = words;
  test.if(otherKind !== undefined)('the same key with another shell is refused in the job', async () => {
    await run('taken', words.nothing);
    const job = await run('taken', 'echo ran', { shell: otherKind });
    expect(job).toMatchObject({ status: 'failed', stderr: `session 'taken' already uses shell '${words.name}'` });
  });

  test('the shell sees no wrapping', async () => {
    for (const [command, stdout] of words.unwrapped) expect(await run('plain', command)).toMatchObject({ stdout });
  });
}
