import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { answerOf } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';

const MIB = 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };

export function badInputSuite(door: Door): void {
  describe('1.9 and 2: bad input', () => {
    const rig = sharedRig(door);
    const post = (body: string | Uint8Array | ReadableStream, headers: Record<string, string> = JSON_TYPE) =>
      rig().ask('/exec', { body: body as string, headers });

    test.each([
      '/job',
      '/console/nothing.js',
      '/jobs/a/b/c',
      '/exec/x',
      '/jobs//output',
      '/.env',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/%zz/%ff',
    ])('unknown route %s: 404', async (path) => {
      const { status, body } = await rig().ask(path);
      expect({ status, body }).toEqual({ status: 404, body: { error: 'not found' } });
    });

    const notObjects = [
      '',
      ' ',
      '{',
      'nope',
      '{"command":}',
      "{'command':'x'}",
      '[]',
      '[{"command":"x"}]',
      '"text"',
      '1',
      'null',
      'true',
      '{"command":"x"} x',
    ];
    test.each(notObjects)('body %j: 400', async (body) => {
      const { status, body: answer } = await post(body);
      expect({ status, answer }).toEqual({ status: 400, answer: { error: expect.any(String) } });
    });

    test('no body at all: 400 on inherited routes, 415 on ours, in JSON', async () => {
      for (const headers of [JSON_TYPE, {}])
        expect((await rig().ask('/exec', { method: 'POST', headers })).status).toBe(400);
      expect((await rig().ask('/terminals', { method: 'POST' })).status).toBe(415);
    });

    test.each([
      ['command a number', { command: 1 }],
      ['command a list', { command: ['ls'] }],
      ['command an object', { command: {} }],
      ['command a boolean', { command: true }],
      ['mode a number', { mode: 1, command: 'x' }],
      ['mode a list', { mode: ['shell'], command: 'x' }],
      ['workdir a number', { command: 'x', workdir: 1 }],
      ['workdir a list', { command: 'x', workdir: ['/'] }],
      ['background a word of its own', { command: 'x', background: 'maybe' }],
      ['background a boolean', { command: 'x', background: true }],
      ['NUL in the command', { command: 'a\0b' }],
      ['NUL in the workdir', { command: 'x', workdir: '/\0' }],
      ['NUL in a value of env', { command: 'x', env: { A: 'b\0' } }],
      ['NUL in a name of env', { command: 'x', env: { 'A\0': 'b' } }],
      ['an empty name in env', { command: 'x', env: { '': 'b' } }],
      ['a name with = in env', { command: 'x', env: { 'A=B': 'c' } }],
    ])('%s: 400', async (_what, json) => {
      const { status, body } = await rig().ask('/exec', { json });
      expect({ status, body }).toEqual({ status: 400, body: { error: expect.any(String) } });
    });

    test('a lone surrogate anywhere: 400, and the list of jobs still reads', async () => {
      for (const body of [
        '{"command":"a\\ud800b"}',
        '{"command":"x","env":{"A":"\\udc00"}}',
        '{"command":"x","env":{"\\ud83d":"a"}}',
        '{"command":"x","workdir":"\\udfff"}',
      ]) {
        expect({ body, status: (await post(body)).status }).toEqual({ body, status: 400 });
      }
      expect((await rig().ask('/jobs')).status).toBe(200);
      // A whole pair is a character like any other.
      expect(
        (await post(`{"command":${JSON.stringify(rig().commands.print('x'))},"env":{"A":"\\ud83d\\ude00"}}`)).status,
      ).toBe(202);
    });

    test.each([
      ['a stray continuation byte', [0x80]],
      ['an overlong slash', [0xc0, 0xaf]],
      ['an encoded surrogate', [0xed, 0xa0, 0x80]],
      ['a cut sequence', [0xe2, 0x82]],
      ['Latin-1', [0xe9]],
    ])('invalid UTF-8 (%s): 400', async (_what, bytes) => {
      const body = Buffer.concat([Buffer.from('{"command":"'), Buffer.from(bytes), Buffer.from('"}')]);
      const { status, body: answer } = await post(body);
      expect({ status, answer }).toEqual({ status: 400, answer: { error: expect.stringContaining('UTF-8') } });
    });

    test.each([100, 10_000, 400_000])('nested %d deep: 400', async (depth) => {
      for (const [open, close] of [
        ['[', ']'],
        ['{"a":', '}'],
      ] as const) {
        if (open.length * depth > MIB - 100) continue;
        const body = `{"command":"x","more":${open.repeat(depth)}1${close.repeat(depth)}}`;
        if (body.length > MIB) continue;
        expect((await post(body)).status).toBe(400);
      }
      expect((await rig().ask('/health')).status).toBe(200);
    });

    test('a __proto__ in the body gives nobody a command', async () => {
      const { status, body } = await post('{"__proto__":{"command":"echo polluted"}}');
      expect({ status, body }).toEqual({ status: 400, body: { error: 'command is required' } });
      expect((await post('{"constructor":{"prototype":{"command":"x"}}}')).status).toBe(400);
      expect(({} as { command?: string }).command).toBeUndefined();
    });

    const bodyOf = (size: number) => {
      const start = `{"command":${JSON.stringify(rig().commands.exit(0))},"padding":"`;
      return `${start}${'x'.repeat(size - start.length - 2)}"}`;
    };

    test('1 MiB is taken; one byte more is 413, declared or not', async () => {
      expect((await post(bodyOf(MIB))).status).toBe(202);
      expect((await post(chunked(bodyOf(MIB)))).status).toBe(202);
      for (const body of [bodyOf(MIB + 1), chunked(bodyOf(MIB + 1)), bodyOf(3 * MIB)]) {
        const { status, body: answer } = await post(body);
        expect({ status, answer }).toEqual({ status: 413, answer: { error: expect.stringContaining('1048576') } });
      }
      expect((await rig().ask('/health')).status).toBe(200);
    });

    test('a body far beyond it is 413 too, with what the contract says an error is', async () => {
      const { status, body } = await rig().ask('/exec', { body: new Uint8Array(17 * MIB), headers: JSON_TYPE });
      expect({ status, body }).toEqual({ status: 413, body: { error: expect.any(String) } });
    });

    test('chunked bodies are fine', async () => {
      const { status, body } = await post(chunked(JSON.stringify({ command: rig().commands.print('pieces') }), 3));
      expect(status).toBe(202);
      expect((await rig().finished((body as { jobId: string }).jobId)).stdout).toBe('pieces\n');
    });

    test.each([
      'text/plain',
      'text/plain;charset=UTF-8',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      'application/json, text/plain',
      'text/json',
    ])('content type %s: fine on inherited routes, 415 on ours', async (type) => {
      const headers = { 'content-type': type };
      // Windows PowerShell's Invoke-RestMethod declares every body a form.
      expect((await post(JSON.stringify({ command: rig().commands.exit(0) }), headers)).status).toBe(202);
      const { status, body } = await rig().ask('/terminals', { body: '{"name":"x"}', headers });
      expect({ status, body }).toEqual({ status: 415, body: { error: expect.any(String) } });
    });

    test.each([
      'application/json',
      'application/json; charset=utf-8',
      'Application/JSON',
      'application/json;charset=UTF-8',
    ])('content type %s is JSON', async (type) => {
      expect((await post(JSON.stringify({ command: rig().commands.exit(0) }), { 'content-type': type })).status).toBe(
        202,
      );
    });

    test.each([
      ['PUT', '/exec', 'POST'],
      ['GET', '/exec', 'POST'],
      ['DELETE', '/exec', 'POST'],
      ['PATCH', '/exec', 'POST'],
      ['OPTIONS', '/exec', 'POST'],
      ['POST', '/health', 'GET'],
      ['POST', '/jobs', 'GET'],
      ['DELETE', '/jobs/0123456789ab', 'GET'],
      ['GET', '/jobs/0123456789ab/nudge', 'POST'],
      ['GET', '/jobs/0123456789ab/cancel', 'POST'],
      ['GET', '/jobs/0123456789ab/input', 'POST'],
      ['POST', '/jobs/0123456789ab/output', 'GET'],
    ])('%s %s: 405, and the methods it has', async (method, path, allow) => {
      const { status, body, headers } = await rig().ask(path, { method });
      expect({ status, body }).toEqual({ status: 405, body: { error: expect.any(String) } });
      expect(headers.get('allow')).toContain(allow);
    });

    test.each([
      '/jobs?limit=1,x',
      '/jobs?limit=1%2C2',
      '/jobs?limit=%5B1%5D',
      '/jobs?limit=%5B%221%22%5D',
      '/jobs?limit=%7B%22a%22:1%7D',
      '/jobs?status=running,x',
      '/jobs?status=%5B%22running%22%5D',
      '/jobs?before=%7B%7D',
      '/jobs/ffffffffffff?tailLines=1,2',
      '/jobs/ffffffffffff?wait=0,x',
      '/jobs/ffffffffffff/output?stream=%5B%22stderr%22%5D',
      '/jobs/ffffffffffff/events?since=1,2',
      '/terminals/ffffffffffff/output?since=%5B1%5D',
    ])('%s: a list or a document is no parameter: 400', async (path) => {
      const { status, body } = await rig().ask(path);
      expect({ status, body }).toEqual({ status: 400, body: { error: expect.any(String) } });
    });

    test('of a parameter that is given twice the first counts', async () => {
      expect((await rig().ask('/jobs?limit=1&limit=x')).status).toBe(200);
      expect((await rig().ask('/jobs?limit=x&limit=1')).status).toBe(400);
    });

    test('what is not there is 404, whatever the body is', async () => {
      for (const [path, error] of [
        ['/jobs/ffffffffffff/input', 'job not found'],
        ['/terminals/ffffffffffff/input', 'terminal not found'],
        ['/terminals/ffffffffffff/resize', 'terminal not found'],
        ['/terminals/ffffffffffff/execute', 'terminal not found'],
      ] as const) {
        for (const request of [{ body: '{' }, { body: '[]', headers: JSON_TYPE }, { json: {} }, { method: 'POST' }]) {
          const { status, body } = await rig().ask(path, request);
          expect({ path, request, status, body }).toEqual({ path, request, status: 404, body: { error } });
        }
      }
    });

    test('HEAD is GET without the body, and never an error of ours', async () => {
      for (const [path, allowed] of [
        ['/health', [200]],
        ['/jobs', [200]],
        ['/exec', [405]],
        ['/nothing', [404]],
        ['/jobs/ffffffffffff', [404]],
      ] as const) {
        const response = await rig().request(path, { method: 'HEAD' });
        expect({ path, status: response.status }).toEqual({ path, status: allowed[0] });
      }
    });

    test.each([
      '%zz',
      '%',
      '%ff',
      '%00',
      '..%2f..%2fetc%2fpasswd',
      '..%5c..%5cwindows',
      '%2e%2e/nothing',
      'a'.repeat(10_000),
      'ABCDEF012345',
      '0123456789ab%00',
      '*',
      "'; DROP TABLE jobs; --",
      '__proto__',
      'constructor',
    ])('job id %s: 404', async (id) => {
      for (const path of [`/jobs/${id}`, `/jobs/${id}/output`, `/jobs/${id}/events`]) {
        const { status, body } = await rig().ask(path);
        // `%2e%2e` is one folder up for a URL parser, and there is nothing there either.
        expect([404, 200]).toContain(status);
        if (status === 200) expect(new URL(path, 'http://localhost').pathname).not.toBe(path);
        else expect(body).toEqual({ error: expect.stringMatching(/^(job )?not found$/) });
      }
      for (const action of ['nudge', 'cancel', 'input']) {
        expect((await rig().ask(`/jobs/${id}/${action}`, { json: {} })).status).toBe(404);
      }
    });

    test.each([
      '/jobs?limit=0',
      '/jobs?limit=-1',
      '/jobs?limit=1.5',
      '/jobs?limit=abc',
      '/jobs?limit=',
      '/jobs?limit=1e3',
      '/jobs?limit=101',
      '/jobs?status=done',
      '/jobs?status=',
      '/jobs?before=nothing',
      '/jobs?before=ffffffffffff',
      '/jobs?before=',
      '/jobs?tailLines=-1',
      '/jobs?tailLines=x',
    ])('%s: 400', async (path) => {
      const { status, body } = await rig().ask(path);
      expect({ status, body }).toEqual({ status: 400, body: { error: expect.any(String) } });
    });

    test.each([
      'wait=31',
      'wait=-1',
      'wait=abc',
      'wait=',
      'wait=1e1',
      'wait=Infinity',
      'wait=NaN',
      'tailLines=-1',
      'tailLines=1.5',
      'tailLines=',
      'tailLines=99999999999999999999',
    ])('GET /jobs/{id}?%s: 400', async (query) => {
      const { jobId } = await rig().run(rig().commands.exit(0));
      const { status, body } = await rig().ask(`/jobs/${jobId}?${query}`);
      expect({ status, body }).toEqual({ status: 400, body: { error: expect.any(String) } });
    });

    test('parameters of output and events that are wrong: 400', async () => {
      const { jobId } = await rig().run(rig().commands.exit(0));
      for (const path of ['output?stream=stdlog', 'output?stream=', 'events?since=x', 'events?since=-1']) {
        expect({ path, status: (await rig().ask(`/jobs/${jobId}/${path}`)).status }).toEqual({ path, status: 400 });
      }
      for (const last of ['x', '-1', '1.5', '1 2']) {
        expect({
          last,
          status: (await rig().ask(`/jobs/${jobId}/events`, { headers: { 'last-event-id': last } })).status,
        }).toEqual({ last, status: 400 });
      }
    });

    test('input that is wrong: 400, 413, 415', async () => {
      const id = await rig().exec(rig().commands.sortInput);
      for (const json of [{ data: 1 }, { data: null }, { data: ['x'] }, { eof: 'yes' }, { data: 'a\0b' }, [], 'text']) {
        expect({ json, status: (await rig().ask(`/jobs/${id}/input`, { json })).status }).toEqual({
          json,
          status: 400,
        });
      }
      expect((await rig().ask(`/jobs/${id}/input`, { json: { data: 'x'.repeat(MIB) } })).status).toBe(413);
      expect(
        (await rig().ask(`/jobs/${id}/input`, { body: '{}', headers: { 'content-type': 'text/plain' } })).status,
      ).toBe(415);
      await rig().post(`/jobs/${id}/input`, { eof: true });
      expect(await rig().finished(id)).toMatchObject({ status: 'completed', stdout: '' });
    });

    test.each([
      'evil.example',
      'localhost.evil.example',
      'evil.example:8585',
      '127.0.0.1.evil.example',
      'localhost@evil.example',
      '192.168.7.7',
      '0.0.0.0',
      'localhost, localhost',
      'localhost/x',
    ])('Host %s: 403', async (host) => {
      // Not even /health, which needs no key.
      for (const path of ['/health', '/jobs', '/openapi.json', '/nothing']) {
        const { status, body } = await rig().ask(path, { headers: { host } });
        expect({ path, status, body }).toEqual({ path, status: 403, body: { error: expect.any(String) } });
      }
    });

    test.each(['localhost', 'localhost:1', '127.0.0.1', '127.0.0.1:8585', '[::1]', '[::1]:99', 'LOCALHOST'])(
      'Host %s is ours',
      async (host) => {
        expect((await rig().ask('/jobs', { headers: { host } })).status).toBe(200);
      },
    );

    test.each([
      'https://evil.example',
      'http://localhost:1',
      'http://127.0.0.1',
      'null',
      'file://',
      'http://localhost.evil.example',
      'chrome-extension://abc',
      'garbage',
      '',
      'http://localhost@evil.example',
    ])('Origin %p: 403, even with the key', async (origin) => {
      const host = 'localhost:8585';
      for (const path of ['/health', '/jobs']) {
        const { status, body } = await rig().ask(path, { headers: { host, origin } });
        expect({ path, status, body }).toEqual({ path, status: 403, body: { error: expect.any(String) } });
      }
      expect((await rig().ask('/exec', { json: { command: 'x' }, headers: { host, origin } })).status).toBe(403);
    });

    test('the origin that was asked is ours', async () => {
      expect(
        (await rig().ask('/jobs', { headers: { host: 'localhost:8585', origin: 'http://localhost:8585' } })).status,
      ).toBe(200);
      expect((await rig().ask('/jobs', { headers: { host: 'localhost', origin: 'http://localhost' } })).status).toBe(
        200,
      );
    });

    test('no answer carries a CORS header', async () => {
      const origin = 'https://evil.example';
      const preflight = {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-api-key' },
      };
      const asked = [
        await rig().request('/exec', { ...preflight, key: null }),
        await rig().request('/exec', {
          ...preflight,
          headers: { ...preflight.headers, origin: 'http://localhost', host: 'localhost' },
        }),
        await rig().request('/health', { headers: { origin } }),
        await rig().request('/health'),
      ];
      for (const response of asked)
        expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(asked.map(({ status }) => status)).toEqual([403, 405, 403, 200]);
    });

    test('errors are one sentence in JSON, with nothing of our insides', async () => {
      for (const ask of [{ body: '{', headers: JSON_TYPE }, { body: '[]', headers: JSON_TYPE }, { method: 'PUT' }]) {
        const { body } = await answerOf(await rig().request('/exec', ask));
        expect(Object.keys(body as object)).toEqual(['error']);
        expect(JSON.stringify(body)).not.toMatch(/<html|\.ts\b|node_modules|src\/|\\n|SyntaxError|TypeError/i);
        expect(JSON.stringify(body)).not.toContain(rig().key);
      }
    });
  });
}

/** A body of unknown length, in pieces. */
function chunked(text: string, size = 64 * 1024): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}
