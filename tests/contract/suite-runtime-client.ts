/** 1.10: the requests of the inherited RuntimeClient, which go on as they are; and a Python program that makes them. */
import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import type { Health } from '../../src/protocol/health.ts';
import type { Door } from '../support/doors.ts';
import type { Ask } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';

const PROGRAM = join(import.meta.dir, '..', 'fixtures', 'runtime_client.py');

/** As urllib sends it: the token of the tunnel beside the key, JSON declared also where there is no body. */
const HEADERS = {
  'x-tunnel-authorization': 'tunnel eyJhbGciOiJFUzI1NiJ9.e30.c2ln',
  'content-type': 'application/json',
  'user-agent': 'Python-urllib/3.11',
  'accept-encoding': 'identity',
  connection: 'close',
};

export function runtimeClientSuite(door: Door): void {
  describe('1.10 the existing client', () => {
    const rig = sharedRig(door);
    const ask = (path: string, more: Ask = {}) => rig().ask(path, { headers: HEADERS, ...more });
    /** Prints 1, 2 and 3, and then waits for a line. */
    const countAndWait = () => {
      const { commands } = rig();
      return commands.chain(commands.count(3), commands.echoLine);
    };

    test('the token of the tunnel beside the key changes nothing, and does not stand for the key', async () => {
      expect(await ask('/health')).toMatchObject({ status: 200, body: { authenticated: true } });
      expect(await ask('/health', { key: null })).toMatchObject({ status: 200, body: { authenticated: false } });
      expect(await ask('/jobs', { key: null })).toMatchObject({
        status: 401,
        body: { error: 'invalid or missing API key' },
      });
    });

    test('/health has `jobs`, a number: the server is not too old', async () => {
      expect((await ask('/health')).body).toMatchObject({ status: 'ok', jobs: expect.any(Number) });
    });

    test('a job is found at once, and a poll does not wait for its end', async () => {
      const { body } = await ask('/exec', { json: { command: countAndWait(), timeout: 60 } });
      const { jobId } = body as { jobId: string };
      // The job ends only when this has been answered.
      const { status, body: job } = await ask(`/jobs/${jobId}`);
      expect(status).toBe(200);
      expect(['pending', 'running']).toContain((job as { status: string }).status);
      expect(job).toMatchObject({ processAlive: true, lastOutputAt: expect.any(Number) });
      await rig().printed(jobId, '3');
      await ask(`/jobs/${jobId}/nudge`, { json: {} });
      await rig().finished(jobId);
    });

    test('`tailLines` previews a running job, `{}` nudges it', async () => {
      const id = await rig().exec(countAndWait());
      await rig().printed(id, '3');
      const preview = await ask(`/jobs/${id}?tailLines=2`);
      expect(preview).toMatchObject({ status: 200, body: { status: 'running', stdout: '2\n3\n' } });
      const nudged = await ask(`/jobs/${id}/nudge`, { json: {} });
      expect(nudged).toMatchObject({ status: 200, body: { nudged: true, processAlive: true } });
      expect((await rig().finished(id)).stdout).toBe('1\n2\n3\n[]\n');
      const late = await ask(`/jobs/${id}/nudge`, { json: {} });
      expect(late.body).toEqual({ nudged: false, reason: 'process not running', processAlive: false });
    });

    test('a refused submission that comes three times is refused three times, and makes no job', async () => {
      const { jobs } = await rig().get<Health>('/health');
      for (let attempt = 0; attempt < 3; attempt += 1)
        expect(await ask('/exec', { json: { command: '' } })).toMatchObject({
          status: 400,
          body: { error: 'command is required' },
        });
      expect((await rig().get<Health>('/health')).jobs).toBe(jobs);
    });

    test('without an Idempotency-Key every submission is a job of its own', async () => {
      const submit = () => ask('/exec', { json: { command: rig().commands.print('hi') } });
      const answers = [await submit(), await submit(), await submit()];
      expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
      const ids = answers.map(({ body }) => (body as { jobId: string }).jobId);
      expect(new Set(ids).size).toBe(3);
      for (const id of ids) expect((await rig().finished(id)).stdout).toBe('hi\n');
    });

    test('a job that is not there: 404 and the inherited sentence, which it takes for "still running"', async () => {
      expect(await ask('/jobs/0123456789ab')).toMatchObject({ status: 404, body: { error: 'job not found' } });
    });

    test('/sessions is an array, as it has always been', async () => {
      expect(await ask('/sessions')).toMatchObject({ status: 200, body: [] });
      expect(Array.isArray((await ask('/sessions')).body)).toBe(true);
    });

    test('`{}` to /update is answered as ever', async () => {
      const { version } = await rig().get<Health>('/health');
      expect(await ask('/update', { json: {} })).toMatchObject({
        status: 200,
        body: { status: 'updating', version, message: 'Server will restart for update' },
      });
    });

    const python = Bun.which('python3');
    const told = `the contract, ${door.name}: no story of the Python client,`;
    if (!door.mortal) process.stdout.write(`${told} there is no port\n`);
    else if (python === null) process.stdout.write(`${told} there is no python3\n`);
    else
      test('a Python program with nothing but its standard library', async () => {
        const child = Bun.spawn([python, '-I', PROGRAM], {
          env: {
            URL: rig().url,
            KEY: rig().key,
            TOKEN: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln',
            COUNT: countAndWait(),
            PRINT: rig().commands.print('hi'),
          },
          stderr: 'pipe',
        });
        const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
        expect(err).toBe('');
        expect(JSON.parse(out)).toEqual({
          jobs: 'int',
          withoutKey: 'the runtime is too old',
          hi: { status: 'completed', exitCode: 0, stdout: 'hi\n', stderr: '', timedOut: false },
          refused: 'HTTP Error 400: Bad Request: command is required',
          attempts: 3,
          whileItRuns: null,
          idle: true,
          nudge: { nudged: true, processAlive: true },
          nudged: '1\n2\n3\n[]\n',
          nudgeLater: { nudged: false, reason: 'process not running', processAlive: false },
          unknown: null,
          sessions: "'list' object has no attribute 'items'",
          update: 'updating',
        });
      });
  });
}
