/** What a command may do to the cmd.exe that is kept. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { shellText } from '../../src/modes/acp/shell-text.ts';
import { Rig, type JobView } from '../support/rig.ts';
import { openExecutable } from './executable.ts';
import { World } from './world.ts';

const door = await openExecutable('hazards of cmd through the Windows executable');
const driver = door === undefined ? '' : await World.driverPath();

if (door !== undefined)
  console.log('cmd: no story of text beyond ASCII, which Wine reads in the OEM code page whatever chcp has said');

describe.skipIf(door === undefined)('hazards, cmd', () => {
  let rig: Rig;
  beforeAll(async () => {
    if (door !== undefined) rig = await Rig.start(door);
  });
  afterAll(async () => rig[Symbol.asyncDispose]());

  const submit = (sessionKey: string, command: string): Promise<string> =>
    rig.exec(command, { mode: 'persistent_shell', sessionKey, shell: 'cmd' });
  const run = async (sessionKey: string, command: string): Promise<JobView> =>
    rig.finished(await submit(sessionKey, command));
  /** The session has kept its process, and with it its state; streams and exit code are still told apart. */
  const unharmed = async (key: string): Promise<void> => {
    const job = await run(key, 'echo %kept%\n>&2 echo err\nexit /b 12');
    expect(job).toMatchObject({ stdout: 'yes\n', stderr: 'err\n', exitCode: 12 });
  };
  const memory = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${rig.process.pid}/status`, 'utf8'))?.[1]);

  test('a hundred megabytes go to the job’s file, and not through the server', async () => {
    await run('much', 'echo x');
    const before = memory();
    expect(await run('much', `"${driver}" __flood 100000000`)).toMatchObject({ stdoutBytes: 100_000_000, exitCode: 0 });
    expect(memory() - before).toBeLessThan(60_000);
  });

  test('a program of an agent’s terminal gets its arguments and variables as they are, and none of them is a command', async () => {
    const args = ['__arguments', 'a b', 'a&echo x', 'c|d^e>f<g', '%PATH%', '%', '!x!', '', 'C:\\dir\\', '(a)', '*'];
    const env = { GREETING: 'a & b | %PATH% ^ !x!' };
    const made = shellText('cmd', { command: driver, args, cwd: 'C:\\windows', cwdGiven: true, env });
    if (!made.ok) throw new Error(made.failure.detail);
    const job = await run('arguments', made.value);
    expect(JSON.parse(job.stdout)).toEqual({ args: args.slice(1), greeting: env.GREETING });
    expect((await run('arguments', 'cd')).stdout).toBe('C:\\windows\n');
  });

  test('where its folder cannot be entered, the command of a terminal is not run', async () => {
    const made = shellText('cmd', { command: 'echo ran', args: [], cwd: 'C:\\none', cwdGiven: true, env: {} });
    if (!made.ok) throw new Error(made.failure.detail);
    expect(await run('nowhere', made.value)).toMatchObject({ exitCode: 1, stdout: '' });
  });

  const habits: [string, string][] = [
    ['an empty PATH', 'set PATH='],
    ['no PATHEXT', 'set PATHEXT='],
    ['no ComSpec', 'set ComSpec='],
    ['no SystemRoot', 'set SystemRoot='],
    ['a variable that hides the level', 'set ERRORLEVEL=7'],
    ['variables that hide others of the kind', 'set CD=x\nset RANDOM=1\nset CMDCMDLINE=&set CMDEXTVERSION=0'],
    ['a prompt that looks like an end', 'prompt 000000000000000000000000 is 0$_'],
    ['echo on', 'echo on'],
    ['extensions off', 'setlocal disableextensions'],
    ['delayed expansion', 'setlocal enabledelayedexpansion'],
    ['another code page', 'chcp 437 >nul'],
    ['a title', 'title x & y'],
    ['a folder on the stack', 'pushd C:\\windows'],
    ['a text that looks like an end', 'echo 000000000000000000000000 is 5'],
  ];
  test.each(habits)('%s', async (what, command) => {
    await run(what, `set kept=yes\n${command}`);
    await unharmed(what);
    await unharmed(what);
  });

  test('a folder that is deleted under the shell', async () => {
    mkdirSync(rig.path('doomed'));
    await run('doomed', 'set kept=yes\ncd doomed');
    rmdirSync(rig.path('doomed'));
    await unharmed('doomed');
    expect((await run('doomed', 'cd /d C:\\\ncd')).stdout).toBe('C:\\\n');
  });

  test('echo on lasts no longer than its command', async () => {
    expect((await run('echo', 'echo on\nset x=1')).stdout).toContain('set x=1');
    expect((await run('echo', 'set x=2')).stdout).toBe('');
  });

  test('what a command did not read is not the next one’s', async () => {
    const id = await submit('unread', 'ping -n 2 127.0.0.1 >nul');
    await rig.running(id);
    await rig.post(`/jobs/${id}/input`, { data: 'left over\n' });
    await rig.finished(id);
    const next = await submit('unread', 'sort');
    await rig.running(next);
    await rig.post(`/jobs/${next}/input`, { data: 'own\n', eof: true });
    expect((await rig.finished(next)).stdout).toBe('own\n');
  });

  test('input and its end that come before anybody reads wait for who does', async () => {
    const gate = rig.gate();
    const id = await submit('early', `:again\nif not exist "${gate.path}" goto again\nsort`);
    await rig.running(id);
    await rig.post(`/jobs/${id}/input`, { data: 'b\na\n', eof: true });
    gate.open();
    expect((await rig.finished(id)).stdout).toBe('a\nb\n');
  });

  test('what is left in the background goes on printing into its own job', async () => {
    const gate = rig.gate();
    const late = `cmd /c "(for /l %%i in (1,0,2) do @if exist ${gate.path} (echo late& exit))"`;
    const job = await run('later', `set kept=yes\nstart /b "" ${late}\necho early`);
    expect(job).toMatchObject({ stdout: 'early\n', exitCode: 0 });
    await unharmed('later');
    gate.open();
    await rig.waitFor('the late word', async () => (await rig.job(job.jobId)).stdout === 'early\nlate\n');
  });

  const texts: [string, string, string][] = [
    ['no final line end', 'echo hi', 'hi\n'],
    ['line ends of both kinds', 'echo one\r\necho two\necho three\r\n', 'one\ntwo\nthree\n'],
    ['nothing but white space', ' \r\n\t\n', ''],
    ['nothing but a label', ':nowhere', ''],
    ['labels, far apart', `goto there\n${'rem filler\n'.repeat(500)}:there\necho here`, 'here\n'],
    ['a caret at the end', 'echo hi ^', 'hi \n'],
    ['quotes, and what is special outside of them', 'echo "a & b | c > d ^ %% !"', '"a & b | c > d ^ % !"\n'],
    ['a percent sign of a loop', 'for %%i in (1 2) do @echo %%i', '1\n2\n'],
  ];
  test.each(texts)('the text of a command: %s', async (_what, command, stdout) => {
    expect(await run('texts', command)).toMatchObject({ stdout, exitCode: 0 });
  });

  test('a command of nearly a megabyte, the most that a request may hold', async () => {
    expect(await run('long', `goto end\n${`rem ${'x'.repeat(1000)}\n`.repeat(950)}:end\necho done`)).toMatchObject({
      stdout: 'done\n',
      exitCode: 0,
    });
  });
});
