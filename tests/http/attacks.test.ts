/**
 * Attacks on HTTP, sent as raw bytes that no client library would send.
 *
 * What a client library can send (other values of Host, Origin, bodies) is in the suites of
 * tests/contract: suite-bad-bodies.ts, suite-foreign-origins.ts.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { liveServer } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { CRLF, head, openRaw, sendRaw, type RawAnswer } from '../support/rig-raw.ts';

let rig: Rig;
let key: string;
let running: string;

beforeAll(async () => {
  rig = await Rig.start(liveServer);
  key = `X-API-Key: ${rig.key}`;
  running = await rig.exec(rig.commands.hang(rig.marker()));
  await rig.running(running);
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const ask = (method: string, target: string, ...lines: string[]) => sendRaw(rig.port, head(method, target, ...lines));
const errorOf = ({ body }: RawAnswer): unknown => JSON.parse(body);
const JSON_LINE = 'Content-Type: application/json';

/** Our refusals are JSON. Bun answers malformed HTTP itself, with an empty body. Nothing else may come back. */
function isCleanAnswer({ status, head: top, body }: RawAnswer): void {
  expect(status).not.toBe(500);
  expect(`${top}${body}`).not.toMatch(/<html|<h1|text\/html|\.ts:|node_modules|Something went wrong/i);
  if (body !== '' && status >= 400) expect(JSON.parse(body)).toEqual({ error: expect.any(String) });
}

describe('DNS rebinding', () => {
  test.each([
    ['a foreign one first', ['Host: evil.example', 'Host: localhost']],
    ['a foreign one second', ['Host: localhost', 'Host: evil.example']],
    ['ours twice', ['Host: localhost', 'Host: localhost']],
    ['an empty one', ['Host:']],
    ['one with a space', ['Host: localhost evil.example']],
    ['one with a trailing dot', ['Host: evil.example.']],
    ['one with a comma', ['Host: localhost,evil.example']],
    ['one with a question mark', ['Host: evil.example?localhost']],
  ])('Host: %s is refused, with the key and on open paths', async (_what, lines) => {
    for (const target of ['/jobs', '/health', '/openapi.json']) {
      const answer = await ask('GET', target, ...lines, key);
      isCleanAnswer(answer);
      expect([400, 403]).toContain(answer.status);
      expect(answer.body).not.toContain('authenticated');
    }
  });

  test('without Host: refused, in HTTP/1.1 and in 1.0', async () => {
    for (const version of ['1.1', '1.0']) {
      const answer = await sendRaw(
        rig.port,
        [`GET /jobs HTTP/${version}`, key, 'Connection: close', '', ''].join(CRLF),
      );
      isCleanAnswer(answer);
      expect([400, 403]).toContain(answer.status);
    }
    expect(rig.process.said()).not.toMatch(/TypeError|\.ts:\d/);
  });

  test('an absolute request target does not get around the Host header', async () => {
    const answer = await ask('GET', 'http://localhost/jobs', 'Host: evil.example', key);
    isCleanAnswer(answer);
    expect([400, 403]).toContain(answer.status);
  });
});

describe('WebSocket hijack', () => {
  const upgrade = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
  const shake = (path: string, ...lines: string[]) =>
    sendRaw(rig.port, [`GET ${path} HTTP/1.1`, 'Connection: Upgrade', ...upgrade, ...lines, '', ''].join(CRLF));

  // terminal-attacks.test.ts has the same for `/terminal`.
  test.each(['/jobs', '/health', '/nothing-here', '/sessions', '/terminal/', '/terminal/x', '//terminal', '/TERMINAL'])(
    'no upgrade of %s for a foreign origin, host or key',
    async (path) => {
      const host = `Host: localhost:${rig.port}`;
      for (const lines of [
        [host],
        [host, 'X-API-Key: wrong'],
        [host, key, 'Origin: https://evil.example'],
        [host, key, 'Origin: http://localhost:1'],
        [host, key, 'Origin: null'],
        ['Host: evil.example', key],
        ['Host: evil.example', key, 'Origin: http://evil.example'],
        [host, `Sec-WebSocket-Protocol: ${rig.key}`],
      ]) {
        const answer = await shake(path, ...lines);
        isCleanAnswer(answer);
        expect(answer.status).not.toBe(101);
      }
      expect((await shake(path, 'Host: evil.example', key)).status).toBe(403);
      expect((await shake(path, host, key, 'Origin: https://evil.example')).status).toBe(403);
      if (path !== '/health') expect((await shake(path, host)).status).toBe(401);
    },
  );
});

describe('key leaks', () => {
  test('a path that looks open to one parser is not open to another', async () => {
    const host = 'Host: localhost';
    for (const target of [
      '/health/../jobs',
      '/openapi/../jobs',
      '/console/../jobs',
      '/console/..%2fjobs',
      '/console/%2e%2e/jobs',
      '//console/../jobs',
      '/health/%2e%2e/jobs',
      '/jobs/../health/../jobs',
      `/jobs/${running}/..%2f..%2f..%2fhealth`,
      `/jobs/${running}?/../../health`,
      `/jobs/${running}#/../../health`,
      `/jobs/${running}/output?/health`,
      `/jobs/${running}\\..\\..\\health`,
      '/jobs;/health',
      '//jobs/health',
      '/jobs?x=/health',
      '/JOBS',
      '/jobs/',
      '/%6a%6f%62%73',
      'http://localhost/jobs',
      'http://localhost/health/../jobs',
    ]) {
      const answer = await ask('GET', target, host);
      isCleanAnswer(answer);
      expect({ target, open: answer.status === 200 && !answer.body.includes('"authenticated":false') }).toEqual({
        target,
        open: false,
      });
      expect(answer.body).not.toContain(running);
    }
  });

  test('the key twice, or among other text, is not the key', async () => {
    for (const lines of [
      [key, key],
      ['X-API-Key: wrong', key],
      [`${key}, wrong`],
      [`X-API-Key: "${rig.key}"`],
      [`X-API-Key : ${rig.key}`],
    ]) {
      const answer = await ask('GET', '/jobs', 'Host: localhost', ...lines);
      isCleanAnswer(answer);
      expect([400, 401]).toContain(answer.status);
    }
  });

  test('errors repeat neither the key nor what was sent for it', async () => {
    const sent = [
      await ask('GET', `/jobs?key=${rig.key}`, 'Host: localhost'),
      await ask('GET', `/${rig.key}`, 'Host: localhost', key),
      await ask('GET', `/jobs/${rig.key}`, 'Host: localhost', key),
      await ask('PUT', '/exec', 'Host: localhost', key),
      await ask('GET', '/jobs', 'Host: evil.example', key),
      await ask('GET', '/jobs', 'Host: localhost', key, `Origin: http://${rig.key}`),
    ];
    for (const answer of sent) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(`${answer.head}${answer.body}`).not.toContain(rig.key);
    }
    expect(rig.process.said()).not.toContain(rig.key);
  });

  test('the key is compared as digests of one length, in constant time', async () => {
    const source = await Bun.file(new URL('../../src/http/keyring.ts', import.meta.url)).text();
    expect(source).toContain('timingSafeEqual(hash, one.hash)');
    // There is no second comparison: the guard does not keep the key itself.
    expect(source.match(/this\.#key\b/)).toBeNull();
    expect(source.match(/(?:===|==|!==|startsWith|includes)\(?\s*(?:key|given)\b/)).toBeNull();
  });
});

describe('floods before authentication', () => {
  test('oversized headers are refused, and the next request is answered', async () => {
    for (const line of [`X-Big: ${'a'.repeat(200_000)}`, `X-API-Key: ${'k'.repeat(100_000)}`]) {
      const answer = await ask('GET', '/jobs', 'Host: localhost', line);
      isCleanAnswer(answer);
      expect([0, 400, 431]).toContain(answer.status);
    }
    const many = Array.from({ length: 5000 }, (_, n) => `X-${n}: ${n}`);
    const answer = await ask('GET', '/jobs', 'Host: localhost', ...many);
    isCleanAnswer(answer);
    expect([0, 400, 401, 431]).toContain(answer.status);
    expect((await rig.ask('/health')).status).toBe(200);
  });

  test('an oversized path is refused', async () => {
    const answer = await ask('GET', `/${'a'.repeat(200_000)}`, 'Host: localhost', key);
    isCleanAnswer(answer);
    expect([0, 400, 404, 414, 431]).toContain(answer.status);
  });

  test('a body is not waited for where the head is refused already', async () => {
    const declared = ['Host: localhost', JSON_LINE, 'Content-Length: 1000000000'];
    // No byte of the body is ever sent.
    const noKey = await ask('POST', '/exec', ...declared);
    expect(noKey.status).toBe(401);
    const tooLarge = await ask('POST', '/exec', ...declared, key);
    expect(tooLarge.status).toBe(413);
    expect(errorOf(tooLarge)).toEqual({ error: expect.stringContaining('1048576') });
    const wrongHost = await ask('POST', '/exec', 'Host: evil.example', JSON_LINE, 'Content-Length: 5');
    expect(wrongHost.status).toBe(403);
    const chunkedNoKey = await ask('POST', '/exec', 'Host: localhost', JSON_LINE, 'Transfer-Encoding: chunked');
    expect(chunkedNoKey.status).toBe(401);
    const wrongType = await ask(
      'POST',
      '/terminals',
      'Host: localhost',
      key,
      'Content-Type: text/plain',
      'Content-Length: 5',
    );
    expect(wrongType.status).toBe(415);
  });

  test('who sends a head or a body slowly blocks nobody', async () => {
    const stack = new DisposableStack();
    using _all = stack;
    for (let n = 0; n < 100; n += 1) {
      stack.use(await openRaw(rig.port, `GET /jobs HTTP/1.1${CRLF}Host: localhost${CRLF}X-Slow: `));
      stack.use(
        await openRaw(
          rig.port,
          head('POST', '/exec', 'Host: localhost', key, JSON_LINE, 'Content-Length: 100').concat('{"command":'),
        ),
      );
    }
    expect((await rig.run(rig.commands.print('not blocked'))).stdout).toBe('not blocked\n');
  });

  test('a body that its sender cuts off makes no job and no error', async () => {
    const before = (await rig.get<{ jobs: number }>('/health')).jobs;
    const cut = await openRaw(
      rig.port,
      head('POST', '/exec', 'Host: localhost', key, JSON_LINE, 'Content-Length: 1000').concat('{"command":"echo'),
    );
    const closed = new Promise((resolve) => cut.socket.once('close', resolve));
    cut[Symbol.dispose]();
    await closed;
    const half = await openRaw(
      rig.port,
      head('POST', '/exec', 'Host: localhost', key, JSON_LINE, 'Transfer-Encoding: chunked').concat('5\r\n{"com'),
    );
    half.socket.end();
    half[Symbol.dispose]();
    expect((await rig.get<{ jobs: number }>('/health')).jobs).toBe(before);
    expect(rig.process.said()).not.toMatch(/TypeError|unhandled|\.ts:\d/i);
  });
});

describe('requests that are no requests', () => {
  const host = 'Host: localhost';
  const bodies: [string, string[], string][] = [
    ['a negative length', ['Content-Length: -5'], ''],
    ['a length that is no number', ['Content-Length: abc'], ''],
    ['two lengths', ['Content-Length: 2', 'Content-Length: 3'], '{}x'],
    ['a length and chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['a chunk size that is no number', ['Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'],
    ['another transfer encoding', ['Transfer-Encoding: gzip'], 'xx'],
    ['chunks twice', ['Transfer-Encoding: chunked, chunked'], '0\r\n\r\n'],
    ['a compressed body', ['Content-Encoding: gzip', 'Content-Length: 2'], '{}'],
  ];
  test.each(bodies)('%s: 400, or nothing', async (_what, lines, body) => {
    const answer = await sendRaw(rig.port, head('POST', '/exec', host, key, JSON_LINE, ...lines) + body);
    isCleanAnswer(answer);
    expect([0, 400]).toContain(answer.status);
  });

  test('request smuggling: what follows a refused length is no second request', async () => {
    const inner = `GET /jobs HTTP/1.1${CRLF}Host: localhost${CRLF}${key}${CRLF}${CRLF}`;
    const outer = [
      `POST /exec HTTP/1.1`,
      host,
      JSON_LINE,
      'Content-Length: 5',
      'Transfer-Encoding: chunked',
      '',
      '',
    ].join(CRLF);
    const answer = await sendRaw(rig.port, `${outer}0${CRLF}${CRLF}${inner}`);
    isCleanAnswer(answer);
    expect(answer.status).toBe(400);
    expect(answer.body).not.toContain(running);
  });

  test.each([
    'GARBAGE\r\n\r\n',
    'GET\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    '\0\0\0\0\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  ])('%j is refused', async (bytes) => {
    const answer = await sendRaw(rig.port, Buffer.from(bytes, 'latin1'));
    isCleanAnswer(answer);
    expect([0, 400, 403, 505]).toContain(answer.status);
  });

  test.each(['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'CONNECT', 'PROPFIND', 'BREW', 'get'])(
    'method %s is no error of ours on any path',
    async (method) => {
      for (const target of ['/exec', '/jobs', `/jobs/${running}`, '/health', '/nothing', '*', '/openapi.json']) {
        const answer = await ask(method, target, host, key);
        isCleanAnswer(answer);
        if (method !== 'HEAD' && answer.status !== 0) expect([400, 404, 405, 501]).toContain(answer.status);
      }
    },
  );

  test('TRACE does not send back what it got', async () => {
    const answer = await ask('TRACE', '/jobs', host, key);
    expect(`${answer.head}${answer.body}`).not.toContain(rig.key);
    expect(answer.status).toBe(405);
  });

  test('after all of it the server answers as before, and its job still runs', async () => {
    expect((await rig.job(running)).status).toBe('running');
    expect(rig.process.said()).not.toMatch(/TypeError|\.ts:\d|a request failed/);
  });
});
