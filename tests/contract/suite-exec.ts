import { describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';

export function execSuite(door: Door): void {
  const posixOnly = door.platform === 'posix';

  describe('1.3 exec', () => {
    const rig = sharedRig(door, {
      env: {
        FROM_SERVER: 'server',
        Devpilot_Agent_Api_Key: 'mixed',
        // Windows does not tell the case of a name: there this one is the key itself.
        ...(door.platform === 'posix' && { AGENT_RUNTIME_API_KEY: 'shouted' }),
        // Of the verbs of this program, in the environment of who started the server.
        AGENT_SERVER_KEY: 'of another server',
      },
    });

    test('answers 202 with twelve hex digits, pending', async () => {
      const { status, body } = await rig().ask('/exec', { json: { command: rig().commands.print('hi') } });
      expect(status).toBe(202);
      const { jobId } = body as { jobId: string };
      expect(body).toEqual({ jobId, status: 'pending' });
      expect(jobId).toMatch(/^[0-9a-f]{12}$/);
      expect((await rig().finished(jobId)).stdout).toBe('hi\n');
    });

    test('shell is the default mode and may be named', async () => {
      const done = await rig().run(rig().commands.print('named'), { mode: 'shell' });
      expect(done).toMatchObject({ status: 'completed', stdout: 'named\n' });
      expect('mode' in done).toBe(false);
    });

    test.each([
      ['dance', 'unsupported mode: dance'],
      ['', 'unsupported mode: '],
      ['Shell', 'unsupported mode: Shell'],
    ])('mode %p: 400', async (mode, error) => {
      expect(await rig().ask('/exec', { json: { mode, command: 'x' } })).toMatchObject({
        status: 400,
        body: { error },
      });
    });

    test('modes that /health does not list are unsupported', async () => {
      const { execution_modes: modes } = await rig().get<{ execution_modes: string[] }>('/health');
      expect(modes).toContain('acp');
      expect(modes).not.toContain('processes');
      const { status, body } = await rig().ask('/exec', { json: { mode: 'processes', command: 'x' } });
      expect({ status, body }).toEqual({ status: 400, body: { error: 'unsupported mode: processes' } });
    });

    test.each([[{}], [{ command: '' }], [{ command: null }]])('%j: command is required', async (json) => {
      const { status, body } = await rig().ask('/exec', { json });
      expect({ status, body }).toEqual({ status: 400, body: { error: 'command is required' } });
    });

    test.each([[[]], ['text'], [1], [true], [{ A: 1 }], [{ A: null }], [{ A: ['x'] }], [{ A: 'x', B: {} }]])(
      'env %j: 400',
      async (env) => {
        const { status, body } = await rig().ask('/exec', { json: { command: 'x', env } });
        expect({ status, body }).toEqual({
          status: 400,
          body: { error: 'env must be an object of string key/value pairs' },
        });
      },
    );

    test('what is wrong is told in order: mode, env, command', async () => {
      const errors = [];
      for (const json of [{ mode: 'x', env: 1 }, { env: 1 }, {}])
        errors.push((await rig().ask('/exec', { json })).body);
      expect(errors).toEqual([
        { error: 'unsupported mode: x' },
        { error: 'env must be an object of string key/value pairs' },
        { error: 'command is required' },
      ]);
    });

    test('env is laid over the server’s environment; env: null is no env', async () => {
      const { commands } = rig();
      const both = commands.chain(commands.printVariable('FROM_SERVER'), commands.printVariable('FROM_REQUEST'));
      expect((await rig().run(both, { env: { FROM_REQUEST: 'request' } })).stdout).toBe('server\nrequest\n');
      expect((await rig().run(both, { env: { FROM_SERVER: 'over' } })).stdout).toBe('over\n\n');
      expect((await rig().run(both, { env: null })).stdout).toBe('server\n\n');
    });

    test('a name like __proto__ is a name like any other', async () => {
      const body = `{"command":${JSON.stringify(rig().commands.printEnvironment)},"env":{"__proto__":"polluted","constructor":"c"}}`;
      const { status, body: answer } = await rig().ask('/exec', {
        body,
        headers: { 'content-type': 'application/json' },
      });
      expect(status).toBe(202);
      const done = await rig().finished((answer as { jobId: string }).jobId);
      expect(done.stdout).toContain('__proto__=polluted\n');
      expect(done.stdout).toContain('constructor=c\n');
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    });

    test('the key is in no job’s environment, under no spelling of its variables', async () => {
      const { stdout } = await rig().run(rig().commands.printEnvironment);
      expect(stdout).toContain('FROM_SERVER=server');
      expect(stdout).not.toContain(rig().key);
      expect(stdout.toLowerCase()).not.toContain('api_key');
      expect(stdout).not.toContain('shouted');
      expect(stdout).not.toContain('of another server');
      expect(stdout).not.toContain('mixed');
    });

    test('workdir is the working directory; empty or absent, the server’s own', async () => {
      const { commands } = rig();
      const deeper = rig().path('deeper here');
      mkdirSync(deeper, { recursive: true });
      const here = door.nativePath(rig().place.cwd);
      expect((await rig().run(commands.printWorkdir, { workdir: door.nativePath(deeper) })).stdout).toBe(
        `${door.nativePath(deeper)}\n`,
      );
      for (const fields of [{}, { workdir: '' }, { workdir: null }]) {
        expect((await rig().run(commands.printWorkdir, fields)).stdout).toBe(`${here}\n`);
      }
    });

    test('a workdir with a name in any script', async () => {
      // Not printed: cmd.exe prints it in the code page of old.
      const workdir = rig().path('über 漢字');
      mkdirSync(workdir, { recursive: true });
      expect(await rig().run('echo here> made', { workdir: door.nativePath(workdir) })).toMatchObject({ exitCode: 0 });
      expect(existsSync(join(workdir, 'made'))).toBe(true);
    });

    test('a workdir that is not there: the job fails and says so', async () => {
      const workdir = door.nativePath(join(rig().place.cwd, 'nowhere'));
      const done = await rig().run(rig().commands.print('never'), { workdir });
      expect(done).toMatchObject({ status: 'failed', stdout: '', processAlive: false, timedOut: false });
      expect(done.exitCode).not.toBe(0);
      expect(done.stderr).toContain('nowhere');
    });

    test.if(posixOnly)('runs through /bin/sh -c, with nothing of ours to be seen', async () => {
      const probe = 'echo "$0|$#|$*|$-"; trap; echo "line $LINENO"';
      const plain = Bun.spawnSync(['/bin/sh', '-c', probe]).stdout.toString();
      // Two kinds of wrapping: one for commands that name `trap`, one for the others.
      expect((await rig().run(probe)).stdout).toBe(plain);
      const short = 'echo "$0|$#|$*|$-"; echo "line $LINENO"';
      expect((await rig().run(short)).stdout).toBe(Bun.spawnSync(['/bin/sh', '-c', short]).stdout.toString());
    });

    const same: [string, string][] = [
      ['quotes', `echo 'it'\\''s' "a \\"b\\"" 'c"d'`],
      ['several lines', 'echo one\necho two\n'],
      ['a here-document', 'cat <<END\na $((1+1))\nEND'],
      ['a comment alone', '# nothing'],
      ['a comment at the end', 'echo hi # there'],
      ['a backslash at the end', 'echo hi \\'],
      ['a syntax error', 'echo hi; ('],
      ['an unknown command', 'no-such-command-here'],
      ['an own EXIT trap', 'trap "echo bye" EXIT; echo hi; exit 4'],
      ['a replaced shell', 'exec sh -c "echo replaced; exit 6"'],
      ['set -e', 'set -e; false; echo never'],
      ['the last command of a pipe', 'true | false'],
      ['a subshell’s exit', '(exit 3)'],
      ['percent signs', 'echo %PATH% 100%'],
      ['a background child', 'sleep 0 & wait; echo waited'],
    ];
    test.if(posixOnly).each(same)('a shell job does what the shell does: %s', async (_what, command) => {
      const plain = Bun.spawnSync(['/bin/sh', '-c', command], { cwd: rig().place.cwd });
      const done = await rig().run(command);
      expect({ out: done.stdout, err: done.stderr, code: done.exitCode }).toEqual({
        out: plain.stdout.toString(),
        err: plain.stderr.toString(),
        code: plain.exitCode,
      });
    });

    const asCmd: [string, string, string, number][] = [
      ['quotes', `echo "a b" 'c'`, `"a b" 'c'\n`, 0],
      ['a caret', 'echo a ^& b ^^', 'a & b ^\n', 0],
      ['percent signs', 'echo %NOBODY_SET_THIS% 100%', '%NOBODY_SET_THIS% 100%\n', 0],
      ['exclamation marks', 'echo !PATH!', '!PATH!\n', 0],
      ['variables, replaced before the line runs', 'set NEW=1& echo %NEW%', '%NEW%\n', 0],
      ['and, or', 'echo a&& echo b|| echo c', 'a\nb\n', 0],
      ['a pipe', 'echo piped| sort', 'piped\n', 0],
      ['a comment alone', 'rem nothing', '', 0],
      ['exit', 'echo hi& exit 4', 'hi\n', 4],
      ['exit in parentheses', '(exit 5)', '', 5],
      ['exit /b', 'exit /b 6', '', 6],
      ['the code of a program', 'cmd /c exit 7', '', 7],
      ['a code of more than a byte', 'exit 300', '', 300],
      ['the code that says "still active"', 'exit 259', '', 259],
      // What GetExitCodeProcess says, and so what -1 is for a cancel or a timeout stays told apart.
      ['a negative code', 'exit -1', '', 4_294_967_295],
      ['the code of a crash, 0xC0000005', 'exit -1073741819', '', 3_221_225_477],
    ];
    test.skipIf(posixOnly).each(asCmd)(
      'a shell job does what cmd.exe does: %s',
      async (_what, command, stdout, exitCode) => {
        expect(await rig().run(command)).toMatchObject({ stdout, stderr: '', exitCode });
      },
    );

    test('an unknown command fails and is named', async () => {
      const { status, stderr } = await rig().run('no-such-command-here');
      expect(status).toBe('failed');
      expect(stderr).toContain('no-such-command-here');
    });

    test('a command that is longer than the system takes in one: it runs, or says by how much', async () => {
      const { commands } = rig();
      const long = posixOnly
        ? `: ${'x'.repeat(200_000)}\n${commands.print('done')}`
        : commands.print('x'.repeat(40_000));
      const { status, stdout, stderr } = await rig().run(long);
      if (posixOnly) expect({ status, stdout, stderr }).toEqual({ status: 'completed', stdout: 'done\n', stderr: '' });
      else expect(stderr).toMatch(/its command line has 40\d\d\d characters, and Windows takes 32766$/);
    });

    test.if(posixOnly)('a variable that is longer than the system takes: the job says so', async () => {
      const { status, stderr } = await rig().run('true', { env: { LONG: 'x'.repeat(200_000) } });
      expect(status).toBe('failed');
      expect(stderr).toStartWith(
        'the shell could not be started: its environment variables, or its arguments, are too long',
      );
    });

    test('timeout is in seconds and may have a fraction; 0, negative, too large and no number are refused', async () => {
      expect((await rig().run(rig().commands.print('x'), { timeout: 20.5 })).status).toBe('completed');
      for (const timeout of [0, -1, 1e12, '5', true, [], {}]) {
        const { status, body } = await rig().ask('/exec', { json: { command: 'x', timeout } });
        expect({ timeout, status }).toEqual({ timeout, status: 400 });
        expect(body).toEqual({ error: expect.stringContaining('timeout') });
      }
    });

    test('a request that was refused leaves no job behind', async () => {
      await using other = await Rig.start(door);
      for (const json of [{}, { command: 1 }, { command: 'x', timeout: 0 }, { command: 'x', env: 1 }])
        await other.ask('/exec', { json });
      expect(await other.get<unknown[]>('/jobs')).toEqual([]);
      expect(await other.get<{ jobs: number }>('/health')).toMatchObject({ jobs: 0 });
    });

    test.if(posixOnly)('files of a job are for their owner alone', async () => {
      const id = (await rig().run(rig().commands.print('secret'))).jobId;
      const folder = join(rig().place.data, 'jobs', id);
      expect(readFileSync(join(folder, 'stdout'), 'utf8')).toBe('secret\n');
      const modes = Bun.spawnSync(['sh', '-c', `stat -c '%a %n' . *`], { cwd: folder }).stdout.toString();
      expect(modes).toContain('700 .');
      for (const name of ['stdout', 'stderr', 'job.json', 'stdin']) expect(modes).toContain(`600 ${name}`);
    });
  });
}
