/** 2: the output of a job: tails, long-poll, what a record shows of it, and the route of its bytes. */
import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { fileWith, sharedRig } from './shared-rig.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

export function outputSuite(door: Door): void {
  const posixOnly = door.platform === 'posix';

  describe('2: tail, long-poll and live output', () => {
    const rig = sharedRig(door);

    test('tailLines: the last N lines of both streams', async () => {
      const { commands } = rig();
      const { jobId } = await rig().run(
        commands.chain(commands.count(5), commands.printError('one'), commands.printError('two')),
      );
      const tail = async (lines: number) => {
        const { stdout, stderr, stdoutTruncated, stderrTruncated } = await rig().job(jobId, `?tailLines=${lines}`);
        return [stdout, stderr, stdoutTruncated, stderrTruncated];
      };
      expect(await tail(1)).toEqual(['5\n', 'two\n', true, true]);
      expect(await tail(2)).toEqual(['4\n5\n', 'one\ntwo\n', true, false]);
      expect(await tail(5)).toEqual(['1\n2\n3\n4\n5\n', 'one\ntwo\n', false, false]);
      expect(await tail(100)).toEqual(['1\n2\n3\n4\n5\n', 'one\ntwo\n', false, false]);
      expect(await tail(0)).toEqual(['', '', true, true]);
    });

    test('tailLines also while the job runs', async () => {
      const { commands } = rig();
      const gate = rig().gate();
      const id = await rig().exec(commands.chain(commands.count(4), commands.waitForFile(gate.path)));
      await rig().printed(id, '4\n');
      expect(await rig().job(id, '?tailLines=2')).toMatchObject({ status: 'running', stdout: '3\n4\n', stderr: '' });
      gate.open();
      await rig().finished(id);
    });

    test('wait: answers when the job ends', async () => {
      const { commands } = rig();
      const gate = rig().gate();
      const id = await rig().exec(commands.waitForFile(gate.path));
      await rig().running(id);
      const polled = rig().job(id, '?wait=30');
      gate.open();
      expect(await polled).toMatchObject({ status: 'completed', exitCode: 0 });
    });

    test('wait: answers after S seconds with a job that still runs; a job that is done at once', async () => {
      const { commands } = rig();
      const gate = rig().gate();
      const id = await rig().exec(commands.waitForFile(gate.path));
      expect(await rig().job(id, '?wait=0.05')).toMatchObject({ processAlive: true });
      expect((await rig().job(id, '?wait=0')).exitCode).toBeUndefined();
      gate.open();
      await rig().finished(id);
      expect(await rig().job(id, '?wait=30')).toMatchObject({ status: 'completed' });
    });

    test('many may wait for one job, and one who leaves leaves the others', async () => {
      const gate = rig().gate();
      const id = await rig().exec(rig().commands.waitForFile(gate.path));
      await rig().running(id);
      const abort = new AbortController();
      const leaver = rig()
        .request(`/jobs/${id}?wait=30`, { signal: abort.signal })
        .catch(() => undefined);
      const waiting = Array.from({ length: 5 }, () => rig().job(id, '?wait=30'));
      abort.abort();
      await Promise.race([leaver, Promise.all(waiting)]);
      gate.open();
      for (const job of await Promise.all(waiting)) expect(job.status).toBe('completed');
    });

    test('a running job: the last 64 KiB of each stream, and what there is in total', async () => {
      const { commands } = rig();
      const gate = rig().gate();
      const out = fileWith(rig(), `${'a'.repeat(200_000)}END\n`);
      const err = fileWith(rig(), `${'b'.repeat(70_000)}ready\n`);
      const id = await rig().exec(
        commands.chain(commands.printFile(out), commands.printFile(err, 'stderr'), commands.waitForFile(gate.path)),
      );
      const job = await rig().waitFor('both streams', async () => {
        const now = await rig().job(id);
        return now.stderr.endsWith('ready\n') ? now : undefined;
      });
      expect(job).toMatchObject({
        status: 'running',
        stdoutBytes: 200_004,
        stderrBytes: 70_006,
        stdoutTruncated: true,
        stderrTruncated: true,
      });
      expect(job.stdout).toBe(`${'a'.repeat(64 * KIB - 4)}END\n`);
      expect(job.stderr).toBe(`${'b'.repeat(64 * KIB - 6)}ready\n`);
      gate.open();
      expect(await rig().finished(id)).toMatchObject({
        stdoutTruncated: false,
        stdoutBytes: 200_004,
        stdout: `${'a'.repeat(200_000)}END\n`,
      });
    });

    test('a cut never falls into a character', async () => {
      const { commands } = rig();
      const gate = rig().gate();
      // Three bytes each, and no multiple of three is a power of two.
      const file = fileWith(rig(), `${'€'.repeat(28_000)}x`);
      const id = await rig().exec(commands.chain(commands.printFile(file), commands.waitForFile(gate.path)));
      const job = await rig().waitFor('the output', async () => {
        const now = await rig().job(id);
        return now.stdoutBytes === 84_001 ? now : undefined;
      });
      expect(job.stdout).toBe(`${'€'.repeat(Math.floor((64 * KIB - 1) / 3))}x`);
      gate.open();
      await rig().finished(id);
    });

    test('a finished job: whole up to 1 MiB, beyond it head and tail with one line between', async () => {
      const { commands } = rig();
      const whole = await rig().run(commands.printFile(fileWith(rig(), 'a'.repeat(MIB))));
      expect(whole).toMatchObject({ stdoutTruncated: false, stdoutBytes: MIB });
      expect(whole.stdout).toBe('a'.repeat(MIB));
      const big = await rig().run(commands.printFile(fileWith(rig(), `HEAD\n${'a'.repeat(2 * MIB)}TAIL\n`)));
      expect(big).toMatchObject({ stdoutTruncated: true, stdoutBytes: 2 * MIB + 10, stderrTruncated: false });
      const [head = '', between = '', tail = '', ...more] = big.stdout.slice(5).split('\n');
      expect(big.stdout.startsWith('HEAD\n')).toBe(true);
      expect(more).toEqual(['']);
      expect(tail).toEndWith('TAIL');
      expect(between).toContain(String(MIB + 10));
      expect(5 + head.length + tail.length + 1).toBe(MIB);
      const response = await rig().request(`/jobs/${big.jobId}/output`);
      expect((await response.arrayBuffer()).byteLength).toBe(2 * MIB + 10);
    });
  });

  describe('2: the output route', () => {
    const rig = sharedRig(door);
    let jobId = '';
    const output = async (headers: Record<string, string> = {}, query = '') => {
      jobId ||= (
        await rig().run(rig().commands.chain(rig().commands.print('0123456789'), rig().commands.printError('err')))
      ).jobId;
      const response = await rig().request(`/jobs/${jobId}/output${query}`, { headers });
      return { status: response.status, text: await response.text(), headers: response.headers };
    };
    // A line ends as the platform ends it: these are the raw bytes.
    const text = `0123456789${posixOnly ? '\n' : '\r\n'}`;
    const size = text.length;

    test('serves the raw bytes of either stream', async () => {
      const { status, text: got, headers } = await output();
      expect({ status, got }).toEqual({ status: 200, got: text });
      expect(headers.get('content-type')).toBe('application/octet-stream');
      expect(headers.get('accept-ranges')).toBe('bytes');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect((await output({}, '?stream=stdout')).text).toBe(text);
      expect((await output({}, '?stream=stderr')).text.trimEnd()).toBe('err');
    });

    test.each([
      ['bytes=0-3', 0, 4],
      ['bytes=4-', 4, size],
      ['bytes=-3', size - 3, size],
      ['bytes=0-0', 0, 1],
      ['bytes=5-9999', 5, size],
      ['bytes=-9999', 0, size],
    ])('Range %s: 206', async (range, from, to) => {
      const answer = await output({ range });
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 206, text: text.slice(from, to) });
      expect(answer.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${size}`);
    });

    test.each([`bytes=${size}-`, 'bytes=9999-', 'bytes=-0'])('Range %s: 416', async (range) => {
      const answer = await output({ range });
      expect(answer.status).toBe(416);
      expect(JSON.parse(answer.text)).toEqual({ error: expect.any(String) });
      expect(answer.headers.get('content-range')).toBe(`bytes */${size}`);
    });

    test.each([
      'bytes=',
      'bytes=-',
      'bytes=a-b',
      'bytes=5-2',
      'bytes=0-1,3-4',
      'lines=0-1',
      'garbage',
      'bytes=1--2',
      'bytes=99999999999999999999999-',
      'bytes=0x1-2',
    ])('Range %s is none: 200 with all of it', async (range) => {
      const answer = await output({ range });
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text });
    });

    test.each(['"of another server"', 'W/"weak"', 'Wed, 21 Oct 2015 07:28:00 GMT'])(
      'Range with If-Range %j: 200 with all of it, since no validator is ours',
      async (validator) => {
        for (const range of ['bytes=4-', 'bytes=9999-']) {
          const answer = await output({ range, 'if-range': validator });
          expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text });
          expect(answer.headers.get('etag') ?? answer.headers.get('last-modified')).toBeNull();
        }
      },
    );

    test('a job without output', async () => {
      const done = await rig().run(rig().commands.exit(0));
      const response = await rig().request(`/jobs/${done.jobId}/output`);
      expect({ status: response.status, text: await response.text() }).toEqual({ status: 200, text: '' });
      expect((await rig().request(`/jobs/${done.jobId}/output`, { headers: { range: 'bytes=0-' } })).status).toBe(416);
    });

    test('a running job: what there is so far, and the rest from there', async () => {
      const { commands } = rig();
      const gate = rig().gate();
      const id = await rig().exec(
        commands.chain(commands.print('first'), commands.waitForFile(gate.path), commands.print('second')),
      );
      await rig().printed(id, 'first');
      const first = await (await rig().request(`/jobs/${id}/output`)).text();
      expect(first.trimEnd()).toBe('first');
      gate.open();
      await rig().finished(id);
      const rest = await rig().request(`/jobs/${id}/output`, { headers: { range: `bytes=${first.length}-` } });
      expect((await rest.text()).trimEnd()).toBe('second');
    });
  });
}
