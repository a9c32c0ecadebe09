/**
 * Attacks on HTTP, sent as raw bytes that no client library would send.
 *
 * What a client library can send (other values of Host, Origin, bodies) is in the suites of
 * tests/contract: suite-bad-bodies.ts, suite-foreign-origins.ts.
 */
import { describe, expect, test } from 'bun:test';
import { CRLF, head, openRaw, sendRaw, type RawAnswer } from '../support/rig-raw.ts';
import { attackedServer, isCleanAnswer, JSON_LINE, staysAsItWas } from './attacked-server.ts';

const server = attackedServer();

const errorOf = ({ body }: RawAnswer): unknown => JSON.parse(body);

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
      const answer = await server.ask('GET', target, ...lines, server.key);
      isCleanAnswer(answer);
      expect([400, 403]).toContain(answer.status);
      expect(answer.body).not.toContain('authenticated');
    }
  });

  test('without Host: refused, in HTTP/1.1 and in 1.0', async () => {
    for (const version of ['1.1', '1.0']) {
      const answer = await sendRaw(
        server.rig.port,
        [`GET /jobs HTTP/${version}`, server.key, 'Connection: close', '', ''].join(CRLF),
      );
      isCleanAnswer(answer);
      expect([400, 403]).toContain(answer.status);
    }
    expect(server.rig.process.said()).not.toMatch(/TypeError|\.ts:\d/);
  });

  /** As a load balancer checks. */
  const withoutHost = (target: string, ...lines: string[]) =>
    sendRaw(server.rig.port, [`${target} HTTP/1.0`, 'Connection: close', ...lines, '', ''].join(CRLF));

  test('health without Host: answered, and as to nobody, whatever the key', async () => {
    for (const lines of [[], [server.key]]) {
      const health = await withoutHost('GET /health', ...lines);
      expect({ status: health.status, body: JSON.parse(health.body) as unknown }).toEqual({
        status: 200,
        body: { status: 'ok', authenticated: false },
      });
      const healthz = await withoutHost('GET /healthz', ...lines);
      expect({ status: healthz.status, body: healthz.body }).toEqual({ status: 200, body: 'ok\n' });
      expect((await withoutHost('HEAD /healthz', ...lines)).status).toBe(200);
    }
  });

  test.each([
    ['health with an origin', 'GET /health', ['Origin: http://evil.example']],
    ['health with an empty Host', 'GET /health', ['Host:']],
    ['another method of health', 'POST /health', []],
    ['the console', 'GET /', []],
    ['the document', 'GET /openapi.json', []],
    ['figures', 'GET /metrics', []],
    ['a path that is none', 'GET /healthz/x', []],
  ])('without Host, %s is refused', async (_what, target, lines) => {
    const answer = await withoutHost(target, server.key, ...lines);
    isCleanAnswer(answer);
    expect([400, 403]).toContain(answer.status);
    expect(answer.body).not.toContain('authenticated');
  });

  test('an absolute request target does not get around the Host header', async () => {
    const answer = await server.ask('GET', 'http://localhost/jobs', 'Host: evil.example', server.key);
    isCleanAnswer(answer);
    expect([400, 403]).toContain(answer.status);
  });
});

describe('WebSocket hijack', () => {
  const upgrade = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
  const shake = (path: string, ...lines: string[]) =>
    sendRaw(server.rig.port, [`GET ${path} HTTP/1.1`, 'Connection: Upgrade', ...upgrade, ...lines, '', ''].join(CRLF));

  // terminal-attacks.test.ts has the same for `/terminal`.
  test.each(['/jobs', '/health', '/nothing-here', '/sessions', '/terminal/', '/terminal/x', '//terminal', '/TERMINAL'])(
    'no upgrade of %s for a foreign origin, host or key',
    async (path) => {
      const host = `Host: localhost:${server.rig.port}`;
      for (const lines of [
        [host],
        [host, 'X-API-Key: wrong'],
        [host, server.key, 'Origin: https://evil.example'],
        [host, server.key, 'Origin: http://localhost:1'],
        [host, server.key, 'Origin: null'],
        ['Host: evil.example', server.key],
        ['Host: evil.example', server.key, 'Origin: http://evil.example'],
        [host, `Sec-WebSocket-Protocol: ${server.rig.key}`],
      ]) {
        const answer = await shake(path, ...lines);
        isCleanAnswer(answer);
        expect(answer.status).not.toBe(101);
      }
      expect((await shake(path, 'Host: evil.example', server.key)).status).toBe(403);
      expect((await shake(path, host, server.key, 'Origin: https://evil.example')).status).toBe(403);
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
      `/jobs/${server.running}/..%2f..%2f..%2fhealth`,
      `/jobs/${server.running}?/../../health`,
      `/jobs/${server.running}#/../../health`,
      `/jobs/${server.running}/output?/health`,
      `/jobs/${server.running}\\..\\..\\health`,
      '/jobs;/health',
      '//jobs/health',
      '/jobs?x=/health',
      '/JOBS',
      '/jobs/',
      '/%6a%6f%62%73',
      'http://localhost/jobs',
      'http://localhost/health/../jobs',
    ]) {
      const answer = await server.ask('GET', target, host);
      isCleanAnswer(answer);
      expect({ target, open: answer.status === 200 && !answer.body.includes('"authenticated":false') }).toEqual({
        target,
        open: false,
      });
      expect(answer.body).not.toContain(server.running);
    }
  });

  test('the key twice, or among other text, is not the key', async () => {
    for (const lines of [
      [server.key, server.key],
      ['X-API-Key: wrong', server.key],
      [`${server.key}, wrong`],
      [`X-API-Key: "${server.rig.key}"`],
      [`X-API-Key : ${server.rig.key}`],
    ]) {
      const answer = await server.ask('GET', '/jobs', 'Host: localhost', ...lines);
      isCleanAnswer(answer);
      expect([400, 401]).toContain(answer.status);
    }
  });

  test('errors repeat neither the key nor what was sent for it', async () => {
    const sent = [
      await server.ask('GET', `/jobs?key=${server.rig.key}`, 'Host: localhost'),
      await server.ask('GET', `/${server.rig.key}`, 'Host: localhost', server.key),
      await server.ask('GET', `/jobs/${server.rig.key}`, 'Host: localhost', server.key),
      await server.ask('PUT', '/exec', 'Host: localhost', server.key),
      await server.ask('GET', '/jobs', 'Host: evil.example', server.key),
      await server.ask('GET', '/jobs', 'Host: localhost', server.key, `Origin: http://${server.rig.key}`),
    ];
    for (const answer of sent) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(`${answer.head}${answer.body}`).not.toContain(server.rig.key);
    }
    expect(server.rig.process.said()).not.toContain(server.rig.key);
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
      const answer = await server.ask('GET', '/jobs', 'Host: localhost', line);
      isCleanAnswer(answer);
      expect([0, 400, 431]).toContain(answer.status);
    }
    const many = Array.from({ length: 5000 }, (_, n) => `X-${n}: ${n}`);
    const answer = await server.ask('GET', '/jobs', 'Host: localhost', ...many);
    isCleanAnswer(answer);
    expect([0, 400, 401, 431]).toContain(answer.status);
    expect((await server.rig.ask('/health')).status).toBe(200);
  });

  test('an oversized path is refused', async () => {
    const answer = await server.ask('GET', `/${'a'.repeat(200_000)}`, 'Host: localhost', server.key);
    isCleanAnswer(answer);
    expect([0, 400, 404, 414, 431]).toContain(answer.status);
  });

  test('a body is not waited for where the head is refused already', async () => {
    const declared = ['Host: localhost', JSON_LINE, 'Content-Length: 1000000000'];
    // No byte of the body is ever sent.
    const noKey = await server.ask('POST', '/exec', ...declared);
    expect(noKey.status).toBe(401);
    const tooLarge = await server.ask('POST', '/exec', ...declared, server.key);
    expect(tooLarge.status).toBe(413);
    expect(errorOf(tooLarge)).toEqual({ error: expect.stringContaining('1048576') });
    const wrongHost = await server.ask('POST', '/exec', 'Host: evil.example', JSON_LINE, 'Content-Length: 5');
    expect(wrongHost.status).toBe(403);
    const chunkedNoKey = await server.ask('POST', '/exec', 'Host: localhost', JSON_LINE, 'Transfer-Encoding: chunked');
    expect(chunkedNoKey.status).toBe(401);
    const wrongType = await server.ask(
      'POST',
      '/terminals',
      'Host: localhost',
      server.key,
      'Content-Type: text/plain',
      'Content-Length: 5',
    );
    expect(wrongType.status).toBe(415);
  });

  test('who sends a head or a body slowly blocks nobody', async () => {
    const stack = new DisposableStack();
    using _all = stack;
    for (let n = 0; n < 100; n += 1) {
      stack.use(await openRaw(server.rig.port, `GET /jobs HTTP/1.1${CRLF}Host: localhost${CRLF}X-Slow: `));
      stack.use(
        await openRaw(
          server.rig.port,
          head('POST', '/exec', 'Host: localhost', server.key, JSON_LINE, 'Content-Length: 100').concat('{"command":'),
        ),
      );
    }
    expect((await server.rig.run(server.rig.commands.print('not blocked'))).stdout).toBe('not blocked\n');
  });

  test('a body that its sender cuts off makes no job and no error', async () => {
    const before = (await server.rig.get<{ jobs: number }>('/health')).jobs;
    const cut = await openRaw(
      server.rig.port,
      head('POST', '/exec', 'Host: localhost', server.key, JSON_LINE, 'Content-Length: 1000').concat(
        '{"command":"echo',
      ),
    );
    const closed = new Promise((resolve) => cut.socket.once('close', resolve));
    cut[Symbol.dispose]();
    await closed;
    const half = await openRaw(
      server.rig.port,
      head('POST', '/exec', 'Host: localhost', server.key, JSON_LINE, 'Transfer-Encoding: chunked').concat(
        '5\r\n{"com',
      ),
    );
    half.socket.end();
    half[Symbol.dispose]();
    expect((await server.rig.get<{ jobs: number }>('/health')).jobs).toBe(before);
    expect(server.rig.process.said()).not.toMatch(/TypeError|unhandled|\.ts:\d/i);
  });
});

test('after all of it the server answers as before, and its job still runs', () => staysAsItWas(server));
