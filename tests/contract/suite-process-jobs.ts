/** Machine 3: jobs of mode `process`, one program without a shell. */
import { describe, expect, test } from 'bun:test';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobResource } from '../../src/protocol/job.ts';
import type { Door } from '../support/doors.ts';
import { textOf } from '../support/rig-events.ts';
import { Rig } from '../support/rig.ts';
import { notOnWindows } from './not-on-windows.ts';
import { sharedRig } from './shared-rig.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Programs by what they do, and their arguments. */
interface ProgramLines {
  print(text: string): string[];
  exit(code: number): string[];
  hang(marker: string): string[];
  /** A command line for the shell, itself a program here. */
  shell(rig: Rig, command: string): string[];
  /** A child and its child, which hangs. */
  grandchild(marker: string): string[];
  sortInput: string[];
}

const POSIX: ProgramLines = {
  print: (text) => ['printf', '%s\n', text],
  exit: (code) => ['sh', '-c', `exit ${code}`],
  hang: (marker) => ['sleep', marker],
  shell: (_rig, command) => ['sh', '-c', command],
  grandchild: (marker) => ['sh', '-c', `sh -c 'sleep ${marker}; true'; true`],
  sortInput: ['sort'],
};

const WINDOWS: ProgramLines = {
  print: (text) => ['cmd', '/d', '/c', 'echo', text],
  exit: (code) => ['cmd.exe', '/d', '/c', 'exit', String(code)],
  hang: (marker) => ['ping', '-n', marker, '127.0.0.1'],
  // The arguments of cmd.exe are no text that quotes could be in: a batch file has them.
  shell(rig, command) {
    const name = `story-${crypto.randomUUID()}.cmd`;
    writeFileSync(rig.path(name), `@echo off\r\n${command.replaceAll('%', '%%')}\r\n`);
    return [rig.door.nativePath(rig.path(name))];
  },
  grandchild: (marker) => ['cmd', '/d', '/c', 'cmd', '/d', '/c', 'ping', '-n', marker, '127.0.0.1'],
  sortInput: ['sort.exe'],
};

const linesFor = (door: Door): ProgramLines => (door.platform === 'posix' ? POSIX : WINDOWS);

const start = async (rig: Rig, argv: readonly string[], fields: Fields = {}): Promise<string> =>
  (await rig.post<{ jobId: string }>('/exec', { mode: 'process', argv, ...fields })).jobId;

const ran = async (rig: Rig, argv: readonly string[], fields: Fields = {}) =>
  rig.finished(await start(rig, argv, fields));

/** The record once it says which process the program is: some milliseconds after the start. */
const withPid = (rig: Rig, id: string) =>
  rig.waitFor(`the pid of ${id}`, async () => {
    const job = await rig.job(id);
    return job.pid === undefined ? undefined : job;
  });

export function processJobsSuite(door: Door): void {
  const posixOnly = door.platform === 'posix';
  const lines = linesFor(door);

  describe('mode process', () => {
    const rig = sharedRig(door);
    const refused = async (fields: Fields) =>
      (await rig().ask('/exec', { json: { mode: 'process', ...fields } })) as {
        status: number;
        body: { error: string };
      };

    test('a program runs with its arguments; the record says which it is', async () => {
      expect(await rig().get<{ execution_modes: string[] }>('/health')).toMatchObject({
        execution_modes: expect.arrayContaining(['shell', 'process']),
      });
      const argv = lines.print('hi');
      const job = await ran(rig(), argv);
      expect(job).toMatchObject({
        status: 'completed',
        exitCode: 0,
        stdout: 'hi\n',
        stderr: '',
        mode: 'process',
        argv,
      });
      expect(job).not.toHaveProperty('name');
      expect(job).not.toHaveProperty('signal');
      expect(await ran(rig(), lines.exit(7))).toMatchObject({ status: 'failed', exitCode: 7 });
    });

    test('workdir and env are its own', async () => {
      const fields = { env: { PROCESS_STORY: 'told' }, workdir: rig().door.nativePath(rig().place.home) };
      const argv = posixOnly
        ? ['sh', '-c', 'echo "$PROCESS_STORY"; pwd']
        : ['cmd', '/d', '/c', 'echo', '%PROCESS_STORY%&', 'cd'];
      const { stdout } = await ran(rig(), argv, fields);
      expect(stdout).toBe(`told\n${fields.workdir}\n`);
      expect(await ran(rig(), lines.print('x'), { workdir: `${fields.workdir}/none` })).toMatchObject({
        status: 'failed',
        exitCode: 1,
        stderr: expect.stringContaining('working directory not found'),
      });
    });

    test('no such program: 127, as from a shell', async () => {
      for (const program of ['no-such-program-here', './no/such/program', '-leading-dash']) {
        expect(await ran(rig(), [program, 'x'])).toMatchObject({
          status: 'failed',
          exitCode: 127,
          stderr: `no such program: ${program}`,
          stdout: '',
        });
      }
    });

    test('input reaches it; without, it reads the end of input', async () => {
      const id = await start(rig(), lines.sortInput);
      await rig().post(`/jobs/${id}/input`, { data: 'b\na\n' });
      const raw = { body: 'c\n', headers: { 'content-type': 'application/octet-stream' } };
      expect(await rig().ask(`/jobs/${id}/input?eof=1`, raw)).toMatchObject({ body: { accepted: true } });
      expect(await rig().finished(id)).toMatchObject({ exitCode: 0, stdout: 'a\nb\nc\n' });
      expect(await ran(rig(), lines.sortInput, { stdin: 'none' })).toMatchObject({ exitCode: 0, stdout: '' });
      const marker = rig().marker();
      const silent = await start(rig(), lines.hang(marker), { stdin: 'none' });
      await rig().running(silent);
      expect(await rig().post(`/jobs/${silent}/input`, { data: 'x' })).toMatchObject({
        accepted: false,
        reason: 'stdin is closed',
      });
      await rig().post(`/jobs/${silent}/cancel`);
      await rig().finished(silent);
    });

    test('it has no timeout of its own; with one it is ended with all it started', async () => {
      const marker = rig().marker();
      const argv = lines.grandchild(marker);
      const id = await start(rig(), argv, { timeout: 0.3 });
      expect(await rig().finished(id)).toMatchObject({ status: 'timeout', exitCode: -1, timedOut: true });
      expect(rig().marked(marker)).toEqual([]);
      const other = rig().marker();
      const endless = await start(rig(), lines.hang(other), { timeout: 0 });
      await rig().waitFor('it to run', () => rig().marked(other).length > 0);
      expect((await rig().job(endless, '?wait=1')).status).toBe('running');
      await rig().post(`/jobs/${endless}/cancel`);
      const done = await rig().finished(endless);
      expect(done).toMatchObject({ status: 'failed', exitCode: -1, cancelled: true, stderr: 'Command cancelled' });
      expect(done).toMatchObject({ pid: expect.any(Number), startTime: expect.any(String) });
      expect(done).not.toHaveProperty('signal');
      expect(rig().marked(other)).toEqual([]);
    });

    test('a name stands for the id while it runs, and one job has it', async () => {
      const marker = rig().marker();
      const name = `story-${marker}`;
      const id = await start(rig(), lines.hang(marker), { name });
      const named = await withPid(rig(), name);
      expect(named).toMatchObject({ jobId: id, name, pid: expect.any(Number), startTime: expect.any(String) });
      expect(await refused({ argv: lines.print('x'), name })).toMatchObject({
        status: 409,
        body: { error: `job ${id} has the name ${name} until it ends` },
      });
      expect(await rig().get<JobResource[]>('/jobs?limit=1')).toMatchObject([
        { jobId: id, name, command: expect.any(String) },
      ]);
      const waiting = rig().ask(`/jobs/${name}?wait=20`);
      const events = rig().events(name);
      expect(await rig().post(`/jobs/${name}/cancel`)).toEqual({ cancelled: true });
      // Both began with the name, and see the end.
      expect(await waiting).toMatchObject({ status: 200, body: { jobId: id, cancelled: true } });
      expect((await events).at(-1)).toMatchObject({ event: 'end', data: { jobId: id } });
      expect(await rig().ask(`/jobs/${name}`)).toMatchObject({ status: 404 });
      expect(await ran(rig(), lines.print('again'), { name })).toMatchObject({ name, stdout: 'again\n' });
    });

    test('output by offset, and the events with both streams apart', async () => {
      const id = await start(rig(), lines.shell(rig(), posixOnly ? 'echo out; echo err >&2' : 'echo out& echo err>&2'));
      await rig().finished(id);
      const events = await rig().events(id);
      expect(textOf(events, 'stdout').replaceAll('\r', '')).toBe('out\n');
      expect(textOf(events, 'stderr').replaceAll('\r', '')).toBe('err\n');
      const later = await rig().request(`/jobs/${id}/output`, { headers: { range: 'bytes=1-2' } });
      expect([later.status, await later.text()]).toEqual([206, 'ut']);
    });

    test('a retry under the same Idempotency-Key is the same job, named or not', async () => {
      const headers = { 'idempotency-key': crypto.randomUUID() };
      const marker = rig().marker();
      const json = { mode: 'process', argv: lines.hang(marker), name: `retried-${marker}` };
      const first = await rig().ask('/exec', { json, headers });
      const second = await rig().ask('/exec', { json, headers });
      expect([first.status, second.status]).toEqual([202, 202]);
      expect(second.body).toEqual(first.body);
      const other = await rig().ask('/exec', { json: { ...json, argv: lines.print('x') }, headers });
      expect(other).toMatchObject({ status: 409, body: { error: 'this Idempotency-Key was used with another body' } });
      await rig().post(`/jobs/${json.name}/cancel`);
    });

    const wrong: readonly [string, Fields, string][] = [
      ['no argv', {}, 'argv must be a list of strings, the first of them not empty'],
      ['a text', { argv: 'git log' }, 'argv must be'],
      ['nothing in it', { argv: [] }, 'argv must be'],
      ['no program', { argv: ['', 'x'] }, 'argv must be'],
      ['a number in it', { argv: ['git', 1] }, 'argv must be'],
      ['NUL', { argv: ['git', 'a\0b'] }, 'NUL'],
      ['stdin', { argv: ['git'], stdin: 'tty' }, 'stdin must be "pipe" or "none"'],
      ['timeout', { argv: ['git'], timeout: -1 }, 'timeout must be a number of seconds from 0'],
      ['a timeout that is none', { argv: ['git'], timeout: 'soon' }, 'timeout must be'],
      ['background', { argv: ['git'], background: 'some' }, 'background must be'],
      ['env', { argv: ['git'], env: { A: 1 } }, 'env must be'],
      ['workdir', { argv: ['git'], workdir: 1 }, 'workdir must be'],
      ['a name like an id', { argv: ['git'], name: '0123456789ab' }, 'name must be'],
      ['a name with a slash', { argv: ['git'], name: 'a/b' }, 'name must be'],
      ['a name of dots', { argv: ['git'], name: '..' }, 'name must be'],
      ['a name that is no text', { argv: ['git'], name: 7 }, 'name must be'],
    ];
    test.each(wrong)('400: %s', async (_what, fields, error) => {
      expect(await refused(fields)).toMatchObject({ status: 400, body: { error: expect.stringContaining(error) } });
    });

    test('shell jobs take no timeout of 0, as ever', async () => {
      const { status } = await rig().ask('/exec', { json: { command: 'exit 0', timeout: 0 } });
      expect(status).toBe(400);
    });

    test.if(!posixOnly)('a batch file takes no arguments, however it is named; without it runs', async () => {
      const folder = rig().place.cwd;
      writeFileSync(join(folder, 'tool.cmd'), '@echo off\r\necho [%1]\r\nexit /b 3\r\n');
      const workdir = rig().door.nativePath(folder);
      const env = { PATH: `${workdir};C:\\windows\\system32` };
      for (const program of ['tool', 'tool.cmd', 'TOOL.CMD', `${workdir}\\tool.cmd`, '.\\tool']) {
        expect(await refused({ argv: [program, '"&calc'], workdir, env })).toMatchObject({
          status: 400,
          body: { error: expect.stringContaining('a batch file (.bat, .cmd) cannot be given arguments') },
        });
      }
      expect(await refused({ argv: ['none.bat', 'x'] })).toMatchObject({ status: 400 });
      expect(await ran(rig(), ['tool'], { workdir, env })).toMatchObject({ exitCode: 3, stdout: '[]\n' });
    });

    if (!posixOnly) return;

    test('every argument arrives as it is', async () => {
      const words = [
        '',
        ' ',
        'a b',
        `'`,
        `"`,
        '\\',
        '\n',
        '$HOME',
        '`id`',
        '$(id)',
        '*',
        '-n',
        '--',
        'é😀',
        '\u0001',
        '\t',
        '%PATH%',
        ';',
        '&',
        '|',
        '~',
        '#',
        '!',
        'a\r\nb',
      ];
      const script = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
      const { stdout, argv, command } = await ran(rig(), [process.execPath, '-e', script, '--', ...words]);
      expect(JSON.parse(stdout)).toEqual(words);
      expect(argv?.slice(4)).toEqual(words);
      expect(command).toStartWith(`${process.execPath} -e 'process.stdout.write(`);
      expect((await ran(rig(), ['git', 'log', '--', `a 'b'`, ''])).command).toBe(`git log -- 'a '\\''b'\\''' ''`);
      expect((await ran(rig(), ['printf', '%s', ...Array<string>(3000).fill('x'.repeat(100))])).stdoutBytes).toBe(
        300_000,
      );
    });

    test('what is too long for the system is said', async () => {
      const { status, exitCode, stderr } = await ran(rig(), ['true', 'x'.repeat(200_000)]);
      expect({ status, exitCode }).toEqual({ status: 'failed', exitCode: 1 });
      expect(stderr).toContain('its environment variables, or its arguments, are too long for this system');
    });

    test('a relative program counts from workdir; what cannot be executed is no program', async () => {
      const path = join(rig().place.cwd, 'tool');
      writeFileSync(path, '#!/bin/sh\necho "tool $1"\n');
      const workdir = rig().place.cwd;
      expect(await ran(rig(), ['./tool', 'x'], { workdir })).toMatchObject({ exitCode: 127 });
      chmodSync(path, 0o755);
      expect(await ran(rig(), ['./tool', 'x y'], { workdir })).toMatchObject({ exitCode: 0, stdout: 'tool x y\n' });
      expect(await ran(rig(), ['tool', 'z'], { workdir, env: { PATH: '/none:.' } })).toMatchObject({ exitCode: 127 });
      expect(await ran(rig(), ['tool', 'z'], { env: { PATH: `${workdir}:/bin:/usr/bin` } })).toMatchObject({
        stdout: 'tool z\n',
      });
    });

    test('signals reach the program itself; the record names the one that it died of', async () => {
      const id = await start(rig(), [
        'sh',
        '-c',
        'trap "echo caught; exit 5" INT; echo ready; while :; do sleep 0.02; done',
      ]);
      const { pid } = await rig().printed(id, 'ready\n');
      expect(await rig().get<{ pid: number }>(`/jobs/${id}`)).toMatchObject({ pid });
      process.kill(pid ?? 0, 'SIGINT');
      expect(await rig().finished(id)).toMatchObject({ exitCode: 5, stdout: 'ready\ncaught\n' });
      const other = await start(rig(), ['sleep', rig().marker()]);
      await rig().running(other);
      expect(await rig().post(`/jobs/${other}/signal`, { signal: 'SIGUSR1' })).toEqual({ signalled: 1 });
      expect(await rig().finished(other)).toMatchObject({ status: 'failed', exitCode: 128 + 10, signal: 'SIGUSR1' });
      const killed = await start(rig(), ['sleep', rig().marker()]);
      const { pid: victim } = await withPid(rig(), killed);
      process.kill(victim ?? 0, 'SIGKILL');
      expect(await rig().finished(killed)).toMatchObject({ exitCode: 137, signal: 'SIGKILL', stderr: '' });
    });

    test('cancel ends what left the session, too', async () => {
      const marker = rig().marker();
      const id = await start(rig(), [
        'sh',
        '-c',
        `setsid sleep ${marker} & env -i setsid sleep ${marker} & exec sleep ${marker}`,
      ]);
      await rig().waitFor('all to run', () => rig().marked(marker).length === 3);
      await rig().post(`/jobs/${id}/cancel`);
      await rig().finished(id);
      expect(rig().marked(marker)).toEqual([]);
    });

    test('what it leaves in the background goes on, or ends with it', async () => {
      const marker = rig().marker();
      const argv = ['sh', '-c', `sleep ${marker} >/dev/null 2>&1 &`];
      expect(await ran(rig(), argv)).toMatchObject({ status: 'completed' });
      await rig().waitFor('it to run on', () => rig().marked(marker).length === 1);
      const other = rig().marker();
      await ran(rig(), ['sh', '-c', `sleep ${other} >/dev/null 2>&1 &`], { background: 'end' });
      expect(rig().marked(other)).toEqual([]);
    });
  });
}

export function processSurvivalSuite(door: Door): void {
  notOnWindows(
    door,
    'mode process, survival',
    'signals, which Windows has not, and of a thousand programs, which take Wine minutes',
  );
  const posixOnly = door.platform === 'posix';
  const lines = linesFor(door);

  describe('mode process, a server that is killed', () => {
    test('the program goes on under its name, and its exit code is known', async () => {
      await using rig = await Rig.start(door);
      const [gate, late, marker] = [rig.gate(), rig.gate(), rig.marker()];
      const waits = (path: string, ...then: string[]) =>
        lines.shell(rig, rig.commands.chain(rig.commands.print('begun'), rig.commands.waitForFile(path), ...then));
      const id = await start(rig, waits(gate.path, rig.commands.print('after'), rig.commands.exit(9)), {
        name: 'kept',
      });
      const alone = await start(rig, waits(late.path, rig.commands.exit(11)));
      const endless = await start(rig, lines.hang(marker));
      const before = await rig.printed(id, 'begun');
      await rig.printed(alone, 'begun');
      await rig.running(endless);
      await rig.kill9();
      late.open();
      await rig.waitFor('an exit code', () => existsSync(join(rig.place.data, 'jobs', alone, 'exit')));
      await rig.restart();
      const { pid, startTime, argv } = await rig.job('kept');
      expect({ pid, startTime, argv }).toEqual({ pid: before.pid, startTime: before.startTime, argv: before.argv });
      expect((await rig.ask('/exec', { json: { mode: 'process', argv: ['x'], name: 'kept' } })).status).toBe(409);
      gate.open();
      expect(await rig.finished(id)).toMatchObject({
        exitCode: 9,
        stdout: 'begun\nafter\n',
        mode: 'process',
        name: 'kept',
      });
      expect(await rig.finished(alone)).toMatchObject({ status: 'failed', exitCode: 11 });
      expect((await rig.ask('/jobs/kept')).status).toBe(404);
      expect(await rig.job(endless)).toMatchObject({ status: 'running' });
      await rig.post(`/jobs/${endless}/cancel`);
      await rig.finished(endless);
      expect(rig.marked(marker)).toEqual([]);
    });

    test.if(posixOnly)('the signal that it died of, while no server was there', async () => {
      await using rig = await Rig.start(door);
      const id = await start(rig, ['sleep', rig.marker()]);
      const { pid } = await withPid(rig, id);
      await rig.kill9();
      process.kill(pid ?? 0, 'SIGTERM');
      await rig.waitFor('its exit code', () => existsSync(join(rig.place.data, 'jobs', id, 'exit')));
      await rig.restart();
      expect(await rig.finished(id)).toMatchObject({ exitCode: 143, signal: 'SIGTERM' });
    });

    test.if(posixOnly)(
      'a thousand of them',
      async () => {
        await using rig = await Rig.start(door, { flags: { 'max-jobs': '50', 'keep-jobs': '2000' } });
        const ids = await Promise.all(
          Array.from({ length: 1000 }, (_, index) =>
            start(rig, ['sh', '-c', 'echo $1; exit $2', 'sh', `n${index}`, String(index % 7)]),
          ),
        );
        for (const [index, id] of ids.entries())
          expect(await rig.finished(id)).toMatchObject({ stdout: `n${index}\n`, exitCode: index % 7 });
      },
      120_000,
    );
  });
}
