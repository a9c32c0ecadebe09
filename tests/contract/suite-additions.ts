import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { Rig, type JobView } from '../support/rig.ts';
import { fileWith, sharedRig } from './shared-rig.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

export function additionsSuite(door: Door): void {
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

  describe('2: input', () => {
    const rig = sharedRig(door);

    test('data reaches the job, eof ends its input', async () => {
      const { commands } = rig();
      // What was sent is there before there is an end.
      const id = await rig().exec(commands.chain(commands.echoLine, commands.sortInput));
      await rig().running(id);
      const accepted = { accepted: true, processAlive: true };
      expect(await rig().post(`/jobs/${id}/input`, { data: 'now\n' })).toEqual(accepted);
      await rig().printed(id, '[now]\n');
      expect(await rig().post(`/jobs/${id}/input`, { data: 'one\ntwo\n', eof: false })).toEqual(accepted);
      expect(await rig().post(`/jobs/${id}/input`, {})).toEqual(accepted);
      expect(await rig().post(`/jobs/${id}/input`, { data: 'zwölf\n', eof: true })).toEqual(accepted);
      expect(await rig().finished(id)).toMatchObject({
        status: 'completed',
        exitCode: 0,
        stdout: '[now]\none\ntwo\nzwölf\n',
      });
    });

    // No program that every Windows has copies bytes from its input as they are.
    test.if(posixOnly)('bytes that are not text go as base64', async () => {
      const id = await rig().exec('cat');
      await rig().post(`/jobs/${id}/input`, { data: 'a', dataBase64: 'AAH/', eof: true });
      await rig().finished(id);
      const raw = await rig().request(`/jobs/${id}/output`);
      expect(await raw.bytes()).toEqual(new Uint8Array([0x61, 0x00, 0x01, 0xff]));
    });

    test('what is not base64 is refused', async () => {
      const id = await rig().exec(rig().commands.print('x'));
      const { status, body } = await rig().ask(`/jobs/${id}/input`, { json: { dataBase64: '*' } });
      expect({ status, body }).toEqual({ status: 400, body: { error: 'dataBase64 is not base64' } });
    });

    test('input that comes before anybody reads is not lost', async () => {
      const { commands } = rig();
      const gate = rig().gate();
      const id = await rig().exec(commands.chain(commands.waitForFile(gate.path), commands.sortInput));
      await rig().running(id);
      await rig().post(`/jobs/${id}/input`, { data: 'early\n', eof: true });
      gate.open();
      expect((await rig().finished(id)).stdout).toBe('early\n');
    });

    test('after eof there is no more input', async () => {
      const gate = rig().gate();
      const id = await rig().exec(rig().commands.waitForFile(gate.path));
      await rig().running(id);
      await rig().post(`/jobs/${id}/input`, { eof: true });
      const late = { accepted: false, reason: expect.stringContaining('closed'), processAlive: true };
      expect(await rig().post(`/jobs/${id}/input`, { data: 'late' })).toEqual(late);
      expect(await rig().post(`/jobs/${id}/input`, { eof: true })).toEqual(late);
      gate.open();
      await rig().finished(id);
      expect(await rig().post(`/jobs/${id}/input`, { data: 'x' })).toEqual({
        accepted: false,
        reason: 'process not running',
        processAlive: false,
      });
    });

    test('writes from many at once arrive whole, none twice', async () => {
      const id = await rig().exec(rig().commands.sortInput);
      await rig().running(id);
      // Windows' sort takes lines of 4,096 characters; all of them are more than a pipe holds.
      const lines = Array.from({ length: 60 }, (_, n) => `${String(n).padStart(3, '0')}:${'y'.repeat(4_000)}\n`);
      await Promise.all(lines.map((data) => rig().post(`/jobs/${id}/input`, { data })));
      await rig().post(`/jobs/${id}/input`, { eof: true });
      expect((await rig().finished(id)).stdout).toBe(lines.join(''));
    });

    test('a job that does not read does not fill the server', async () => {
      const gate = rig().gate();
      const id = await rig().exec(rig().commands.waitForFile(gate.path));
      await rig().running(id);
      const data = 'z'.repeat(700_000);
      // The pipe holds 64 KiB; the first waits, and a second one would be too much to keep.
      const first = rig().ask(`/jobs/${id}/input`, { json: { data } });
      const second = rig().ask(`/jobs/${id}/input`, { json: { data } });
      const refused = await Promise.race([first, second]);
      expect(refused).toMatchObject({ status: 409, body: { error: expect.any(String) } });
      gate.open();
      await rig().finished(id);
      const answers = [await first, await second].filter(({ status }) => status !== 409);
      // Whether the closed pipe or the ended process is noticed first, nobody can say.
      expect(answers).toMatchObject([{ status: 200, body: { accepted: false, reason: expect.any(String) } }]);
    });
  });

  describe('2: paging', () => {
    test('limit, before and status', async () => {
      await using rig = await Rig.start(door);
      const ids: string[] = [];
      for (let n = 0; n < 7; n += 1) ids.unshift((await rig.run(rig.commands.exit(n % 2))).jobId);
      const list = async (query: string) => (await rig.get<JobView[]>(`/jobs?${query}`)).map(({ jobId }) => jobId);
      expect(await list('limit=3')).toEqual(ids.slice(0, 3));
      expect(await list(`limit=3&before=${ids[2]}`)).toEqual(ids.slice(3, 6));
      expect(await list(`limit=3&before=${ids[5]}`)).toEqual(ids.slice(6));
      expect(await list(`before=${ids[6]}`)).toEqual([]);
      expect(await list('status=completed')).toEqual(ids.filter((_, index) => index % 2 === 0));
      expect(await list('status=failed&limit=2')).toEqual([ids[1], ids[3]] as string[]);
      expect(await list(`status=failed&before=${ids[3]}`)).toEqual([ids[5]] as string[]);
      expect(await list('status=timeout')).toEqual([]);
      const gate = rig.gate();
      const running = await rig.exec(rig.commands.waitForFile(gate.path));
      await rig.running(running);
      expect(await list('status=running')).toEqual([running]);
      gate.open();
      await rig.finished(running);
      expect(await list('status=running')).toEqual([]);
    });
  });

  describe('2: safe retries', () => {
    const rig = sharedRig(door);
    const submit = (key: string, json: object) => rig().ask('/exec', { json, headers: { 'idempotency-key': key } });

    test('the same key and body: the first job’s id, and one job', async () => {
      const json = { command: rig().commands.print('once'), timeout: 60 };
      const first = await submit('retry-1', json);
      expect(first.status).toBe(202);
      const { jobId } = first.body as { jobId: string };
      for (const again of [json, { timeout: 60, command: json.command }]) {
        const { status, body } = await submit('retry-1', again);
        expect({ status, body }).toEqual({ status: 202, body: { jobId, status: 'pending' } });
      }
      await rig().finished(jobId);
      expect((await submit('retry-1', json)).body).toEqual({ jobId, status: 'pending' });
      expect((await rig().get<JobView[]>('/jobs')).filter(({ command }) => command === json.command)).toHaveLength(1);
    });

    test('another body under the same key: 409', async () => {
      const command = rig().commands.exit(0);
      await submit('retry-2', { command });
      for (const json of [{ command: `${command} ` }, { command, timeout: 5 }, { command, env: {} }]) {
        const { status, body } = await submit('retry-2', json);
        expect({ status, body }).toEqual({ status: 409, body: { error: expect.any(String) } });
      }
    });

    test('another key, or none, is another job', async () => {
      const json = { command: rig().commands.exit(0) };
      const ids = [
        await submit('retry-3', json),
        await submit('retry-4', json),
        await rig().ask('/exec', { json }),
        await rig().ask('/exec', { json }),
      ];
      expect(new Set(ids.map(({ body }) => (body as { jobId: string }).jobId)).size).toBe(4);
    });

    test('retries at the same moment are one job', async () => {
      const json = { command: rig().commands.exit(0) };
      const answers = await Promise.all(Array.from({ length: 10 }, () => submit('retry-5', json)));
      expect(new Set(answers.map(({ body }) => (body as { jobId: string }).jobId)).size).toBe(1);
    });

    test('a request that was refused does not use up its key', async () => {
      expect((await submit('retry-6', { command: '' })).status).toBe(400);
      expect((await submit('retry-6', { command: rig().commands.exit(0) })).status).toBe(202);
    });

    test('a key that is too long: 400', async () => {
      const json = { command: rig().commands.exit(0) };
      expect((await submit('k'.repeat(256), json)).status).toBe(400);
      expect((await submit('k'.repeat(255), json)).status).toBe(202);
    });
  });

  describe('2: the description of the API', () => {
    const rig = sharedRig(door);

    test('/openapi.json and /openapi answer without a key and hold none', async () => {
      const { status, body } = await rig().ask('/openapi.json', { key: null });
      expect(status).toBe(200);
      const paths = Object.keys((body as { paths: object }).paths);
      for (const path of [
        '/exec',
        '/health',
        '/jobs',
        '/jobs/{id}',
        '/jobs/{id}/output',
        '/jobs/{id}/events',
        '/jobs/{id}/input',
        '/jobs/{id}/cancel',
        '/jobs/{id}/nudge',
      ]) {
        expect(paths).toContain(path);
      }
      const page = await rig().request('/openapi', { key: null });
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      for (const text of [await page.text(), JSON.stringify(body)]) expect(text).not.toContain(rig().key);
    });
  });
}
