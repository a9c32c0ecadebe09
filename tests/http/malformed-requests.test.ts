/** Requests that are none: HTTP that a server must not understand in its own way. */
import { describe, expect, test } from 'bun:test';
import { CRLF, head, sendRaw } from '../support/rig-raw.ts';
import { attackedServer, isCleanAnswer, JSON_LINE, staysAsItWas } from './attacked-server.ts';

const server = attackedServer();

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
  ];
  test.each(bodies)('%s: 400, or nothing', async (_what, lines, body) => {
    const answer = await sendRaw(server.rig.port, head('POST', '/exec', host, server.key, JSON_LINE, ...lines) + body);
    isCleanAnswer(answer);
    expect([0, 400]).toContain(answer.status);
  });

  test('request smuggling: what follows a refused length is no second request', async () => {
    const inner = `GET /jobs HTTP/1.1${CRLF}Host: localhost${CRLF}${server.key}${CRLF}${CRLF}`;
    const outer = [
      `POST /exec HTTP/1.1`,
      host,
      JSON_LINE,
      'Content-Length: 5',
      'Transfer-Encoding: chunked',
      '',
      '',
    ].join(CRLF);
    const answer = await sendRaw(server.rig.port, `${outer}0${CRLF}${CRLF}${inner}`);
    isCleanAnswer(answer);
    expect(answer.status).toBe(400);
    expect(answer.body).not.toContain(server.running);
  });

  test.each([
    'GARBAGE\r\n\r\n',
    'GET\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    '\0\0\0\0\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  ])('%j is refused', async (bytes) => {
    const answer = await sendRaw(server.rig.port, Buffer.from(bytes, 'latin1'));
    isCleanAnswer(answer);
    expect([0, 400, 403, 505]).toContain(answer.status);
  });

  test.each(['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'CONNECT', 'PROPFIND', 'BREW', 'get'])(
    'method %s is no error of ours on any path',
    async (method) => {
      for (const target of ['/exec', '/jobs', `/jobs/${server.running}`, '/health', '/nothing', '*', '/openapi.json']) {
        const answer = await server.ask(method, target, host, server.key);
        isCleanAnswer(answer);
        if (method !== 'HEAD' && answer.status !== 0) expect([400, 404, 405, 501]).toContain(answer.status);
      }
    },
  );

  test('TRACE does not send back what it got', async () => {
    const answer = await server.ask('TRACE', '/jobs', host, server.key);
    expect(`${answer.head}${answer.body}`).not.toContain(server.rig.key);
    expect(answer.status).toBe(405);
  });

  test('after all of it the server answers as before, and its job still runs', () => staysAsItWas(server));
});
