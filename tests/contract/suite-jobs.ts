import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import type { JobView } from '../support/rig.ts';
import { Rig } from '../support/rig.ts';
import { fileWith, sharedRig } from './shared-rig.ts';

export function jobsSuite(door: Door): void {
  const posixOnly = door.platform === 'posix';

  describe('1.4 jobs', () => {
    const rig = sharedRig(door);

    test('a completed job', async () => {
      const { commands } = rig();
      const command = commands.chain(commands.print('hi'), commands.printError('oops'));
      const before = Date.now() / 1000;
      const done = await rig().run(command);
      expect(done).toMatchObject({
        status: 'completed',
        command,
        exitCode: 0,
        stdout: 'hi\n',
        stderr: 'oops\n',
        timedOut: false,
        processAlive: false,
      });
      expect(done.jobId).toMatch(/^[0-9a-f]{12}$/);
      expect('cancelled' in done).toBe(false);
      // Unix seconds, not milliseconds.
      expect(done.submittedAt).toBeGreaterThanOrEqual(Math.floor(before * 1000) / 1000);
      expect(done.submittedAt).toBeLessThanOrEqual(Date.now() / 1000);
      expect(done.lastOutputAt).toBeGreaterThanOrEqual(done.submittedAt);
      expect(Number.isInteger(done.durationMs)).toBe(true);
      expect(done.durationMs).toBeGreaterThanOrEqual(0);
    });

    test.each([1, 3, 42, 255])('exit code %d is failed', async (code) => {
      const done = await rig().run(rig().commands.exit(code));
      expect(done).toMatchObject({
        status: 'failed',
        exitCode: code,
        stdout: '',
        stderr: '',
        timedOut: false,
        // Callers subtract it from now to find jobs that hang.
        lastOutputAt: done.startedAt,
      });
    });

    test('a running job says so, and has no exit code yet', async () => {
      const { commands } = rig();
      const gate = rig().gate();
      const id = await rig().exec(
        commands.chain(commands.print('begun'), commands.waitForFile(gate.path), commands.print('end')),
      );
      const job = await rig().printed(id, 'begun');
      expect(job).toMatchObject({ jobId: id, status: 'running', processAlive: true, stdout: 'begun\n', stderr: '' });
      for (const field of ['exitCode', 'durationMs', 'timedOut', 'cancelled']) expect(field in job).toBe(false);
      gate.open();
      expect(await rig().finished(id)).toMatchObject({
        status: 'completed',
        stdout: 'begun\nend\n',
        processAlive: false,
      });
    });

    test('a timed-out job: the output so far, and one sentence', async () => {
      const { commands } = rig();
      const marker = rig().marker();
      const [silent, loud] = await Promise.all([
        rig().run(commands.hang(marker), { timeout: 0.2 }),
        rig().run(commands.chain(commands.print('out'), commands.printError('err'), commands.hang(marker)), {
          timeout: 2,
        }),
      ]);
      expect(silent).toMatchObject({
        status: 'timeout',
        exitCode: -1,
        timedOut: true,
        stdout: '',
        stderr: 'Command timed out',
        processAlive: false,
      });
      expect(loud).toMatchObject({ status: 'timeout', exitCode: -1, timedOut: true, stdout: 'out\n', stderr: 'err\n' });
      expect('cancelled' in loud).toBe(false);
      expect(rig().marked(marker)).toEqual([]);
    });

    test('an unknown job: 404, on every route', async () => {
      for (const [method, path] of [
        ['GET', ''],
        ['GET', '?wait=1'],
        ['GET', '/output'],
        ['GET', '/events'],
        ['POST', '/nudge'],
        ['POST', '/cancel'],
        ['POST', '/input'],
      ] as const) {
        const ask = method === 'POST' ? { json: {} } : {};
        const { status, body } = await rig().ask(`/jobs/ffffffffffff${path}`, ask);
        expect({ path, status, body }).toEqual({ path, status: 404, body: { error: 'job not found' } });
      }
    });

    test('the list: newest first, at most 20', async () => {
      await using other = await Rig.start(door);
      const ids: string[] = [];
      for (let n = 0; n < 22; n += 1) ids.unshift(await other.exec(other.commands.exit(0)));
      const listed = await other.get<JobView[]>('/jobs');
      expect(listed.map(({ jobId }) => jobId)).toEqual(ids.slice(0, 20));
      for (const id of ids) await other.finished(id);
      expect(await other.get<{ jobs: number }>('/health')).toMatchObject({ jobs: 22 });
      // A record in the list is the record by itself.
      expect((await other.get<JobView[]>('/jobs'))[0]).toEqual(await other.job(ids[0] ?? ''));
    });

    test('CRLF and lone CR read as LF in the record, and are what they are at the output route', async () => {
      const text = 'a\r\nb\rc\n\r\n';
      const done = await rig().run(rig().commands.printFile(fileWith(rig(), text)));
      expect(done.stdout).toBe('a\nb\nc\n\n');
      const raw = await (await rig().request(`/jobs/${done.jobId}/output`)).text();
      expect(raw).toBe(text);
    });

    test('bytes that are not UTF-8 read as U+FFFD', async () => {
      const { commands } = rig();
      const [out, err] = [
        [0x61, 0xff, 0x62, 0xc3, 0xa9, 0xc3],
        [0x80, 0x78],
      ].map((bytes) => fileWith(rig(), new Uint8Array(bytes)));
      const done = await rig().run(
        commands.chain(commands.printFile(out ?? ''), commands.printFile(err ?? '', 'stderr')),
      );
      expect(done).toMatchObject({ stdout: 'a\ufffdbé\ufffd', stderr: '\ufffdx', stdoutBytes: 6, stderrBytes: 2 });
      const raw = new Uint8Array(await (await rig().request(`/jobs/${done.jobId}/output`)).arrayBuffer());
      expect([...raw]).toEqual([0x61, 0xff, 0x62, 0xc3, 0xa9, 0xc3]);
    });

    test('text comes back as it went in, also beyond the basic plane', async () => {
      const text = 'größe-Ωμέγα-漢字-👩‍🚀';
      const command = rig().commands.printUnicode(text);
      expect(await rig().run(command)).toMatchObject({ command, stdout: `${text}\n` });
    });

    test.if(posixOnly).each([
      ['HUP', 129],
      ['INT', 130],
      ['KILL', 137],
      ['SEGV', 139],
      ['TERM', 143],
    ])('a shell that died of SIG%s: %d', async (signal, exitCode) => {
      expect(await rig().run(`kill -${signal} $$`)).toMatchObject({ status: 'failed', exitCode, timedOut: false });
    });

    test.if(posixOnly)('a shell that was killed from outside: 128 + signal', async () => {
      const marker = rig().marker();
      const id = await rig().exec(`echo begun; sleep ${marker}`);
      const { pid } = await rig().printed(id, 'begun');
      process.kill(pid ?? 0, 'SIGKILL');
      expect(await rig().finished(id)).toMatchObject({ status: 'failed', exitCode: 137, stdout: 'begun\n' });
    });

    test.skipIf(posixOnly)(
      'a shell that was ended from outside: 1, as whoever ends a process on Windows says',
      async () => {
        const marker = rig().marker();
        const id = await rig().exec(rig().commands.chain('echo begun', rig().commands.hang(marker)));
        const { pid } = await rig().printed(id, 'begun');
        await rig().run(`taskkill /f /pid ${pid}`);
        expect(await rig().finished(id)).toMatchObject({ status: 'failed', exitCode: 1, stdout: 'begun\n' });
      },
    );

    test('nudge writes a newline', async () => {
      const { commands } = rig();
      const id = await rig().exec(commands.chain(commands.print('ask'), commands.echoLine));
      await rig().printed(id, 'ask');
      const { status, body } = await rig().ask(`/jobs/${id}/nudge`, { method: 'POST' });
      expect({ status, body }).toEqual({ status: 200, body: { nudged: true, processAlive: true } });
      expect(await rig().finished(id)).toMatchObject({ status: 'completed', stdout: 'ask\n[]\n' });
    });

    test('nudging a job that is done', async () => {
      const { jobId } = await rig().run(rig().commands.exit(0));
      const { status, body } = await rig().ask(`/jobs/${jobId}/nudge`, { method: 'POST' });
      expect({ status, body }).toEqual({
        status: 200,
        body: { nudged: false, reason: 'process not running', processAlive: false },
      });
    });

    test('nudging a job whose stdin was closed', async () => {
      const { commands } = rig();
      const gate = rig().gate();
      const id = await rig().exec(commands.waitForFile(gate.path));
      await rig().running(id);
      await rig().post(`/jobs/${id}/input`, { eof: true });
      const { status, body } = await rig().ask(`/jobs/${id}/nudge`, { method: 'POST' });
      expect({ status, body }).toEqual({
        status: 200,
        body: { nudged: false, reason: expect.stringContaining('closed'), processAlive: true },
      });
      gate.open();
      expect((await rig().finished(id)).status).toBe('completed');
    });

    test('at least the last 100 finished jobs are kept, and running ones are never dropped', async () => {
      await using other = await Rig.start(door, { flags: { 'keep-jobs': '100', 'keep-bytes': '0' } });
      const gate = other.gate();
      const oldest = await other.exec(other.commands.waitForFile(gate.path));
      const ids: string[] = [];
      for (let n = 0; n < 105; n += 1) ids.push(await other.exec(other.commands.exit(0)));
      await other.finished(ids.at(-1) ?? '');
      await other.waitFor('the surplus to go', async () => (await other.get<{ jobs: number }>('/health')).jobs === 101);
      expect((await other.job(oldest)).status).toBe('running');
      for (const id of ids.slice(5)) expect((await other.job(id)).status).toBe('completed');
      expect((await other.ask(`/jobs/${ids[0]}`)).status).toBe(404);
      gate.open();
      expect((await other.finished(oldest)).status).toBe('completed');
    });
  });
}
