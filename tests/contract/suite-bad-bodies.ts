/** 1.9 and 2: bodies that are none, too large, or of another type. */
import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { answerOf } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';

const MIB = 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };

export function badBodiesSuite(door: Door): void {
  describe('1.9 and 2: bad bodies', () => {
    const rig = sharedRig(door);
    const post = (body: string | Uint8Array | ReadableStream, headers: Record<string, string> = JSON_TYPE) =>
      rig().ask('/exec', { body: body as string, headers });

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

    test.each(['gzip', 'GZIP', 'br', 'deflate, gzip', 'x-unknown'])(
      'a body in %s: 415, and it says so',
      async (encoding) => {
        const compressed = Bun.gzipSync(JSON.stringify({ command: 'echo hi' }));
        for (const path of ['/exec', '/terminals', '/agents/sessions']) {
          const answer = await rig().request(path, {
            method: 'POST',
            body: compressed,
            headers: { ...JSON_TYPE, 'content-encoding': encoding },
          });
          expect(answer.status).toBe(415);
          expect(await answer.json()).toEqual({ error: expect.stringContaining('Content-Encoding') });
          expect(answer.headers.get('accept-encoding')).toBe('identity');
        }
      },
    );

    test('a body that says it is not compressed is taken', async () => {
      const headers = { ...JSON_TYPE, 'content-encoding': 'identity' };
      expect((await post(JSON.stringify({ command: 'echo hi' }), headers)).status).toBe(202);
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
