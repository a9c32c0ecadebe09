/** What a port hears of a request, byte by byte: what the client said, what is ours to say, and nothing else. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { liveServer } from '../../support/doors.ts';
import { RawClient } from '../../support/raw-client.ts';
import { RawTarget } from '../../support/raw-target.ts';
import { Rig } from '../../support/rig.ts';
import { waitFor } from '../../support/wait.ts';
import { requestTo, through, whole } from './through.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start(liveServer);
});
afterAll(() => rig[Symbol.asyncDispose]());

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** A port that answers when it has heard that. */
const answersAfter = (text: string) =>
  RawTarget.start(async (connection) => {
    await waitFor('the whole request', () => connection.heard.includes(text) || connection.closed);
    connection.send(OK);
  });

describe('the head', () => {
  test('is what the client said, and who asked', async () => {
    using target = await RawTarget.answers(OK);
    await whole(rig, target, { lines: ['X-Own: a', 'Accept: text/x', 'X-Own: b'] });
    const [line = '', ...headers] = target.heard.trimEnd().split('\r\n');
    expect(line).toBe('GET / HTTP/1.1');
    const said = headers.map((header) => header.replace(/^[^:]+/, (name) => name.toLowerCase())).toSorted();
    // Whether the connection is kept is for the two of us; no encoding is what who says none can take.
    expect(said.filter((header) => !/^(connection|accept-encoding|x-own):/.test(header))).toEqual([
      'accept: text/x',
      `host: localhost:${target.port}`,
      'x-forwarded-for: 127.0.0.1',
      `x-forwarded-host: 127.0.0.1:${rig.port}`,
      `x-forwarded-prefix: /ports/${target.port}`,
      'x-forwarded-proto: http',
    ]);
    // Two lines are one with a comma (RFC 9110, 5.3).
    expect(said.filter((header) => header.startsWith('x-own:')).join()).toMatch(/^x-own: a,( |x-own: )b$/);
  });

  test('says no method but that of the client', async () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH', 'PROPFIND']) {
      using target = await RawTarget.answers(OK.replace('ok', method === 'HEAD' ? '' : 'ok'));
      await whole(rig, target, { method });
      expect(target.heard).toStartWith(`${method} / HTTP/1.1\r\n`);
    }
  });

  test('is none for a socket, unless it is a GET', async () => {
    using target = await RawTarget.answers(OK);
    const lines = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
    await whole(rig, target, { method: 'POST', lines: [...lines, 'Content-Length: 4'], body: 'body' });
    expect(target.heard).toMatch(/^POST \/ HTTP\/1\.1\r\n.*\r\n\r\nbody$/s);
  });

  test('has the path and the query as they came', async () => {
    const path = '/a%2Fb//c%20d/%zz/;p=1/~!$&()*+,=:@-._%00%ff/?q=%41+b&q&&=%&r=/../x?y';
    using target = await RawTarget.answers(OK);
    await whole(rig, target, { path });
    expect(target.heard).toStartWith(`GET ${path} HTTP/1.1\r\n`);
  });

  test('has what no URL may hold as a browser would say it', async () => {
    using target = await RawTarget.answers(OK);
    await whole(rig, target, { path: `/a"<>^\`{}\\b|[]/./c/../d?q="<>'{}|^\\` });
    expect(target.heard).toStartWith('GET /a%22%3C%3E%5E%60%7B%7D/b|[]/d?q=%22%3C%3E%27{}|^\\ HTTP/1.1\r\n');
  });
});

describe('the body', () => {
  test('with a length has that length', async () => {
    using target = await answersAfter('\r\n\r\nhello');
    expect(await whole(rig, target, { method: 'PUT', lines: ['Content-Length: 5'], body: 'hello' })).toMatchObject({
      body: 'ok',
    });
    expect(target.heard).toMatch(/^content-length: 5\r$/im);
    expect(target.heard).not.toMatch(/^transfer-encoding:/im);
  });

  test('of no bytes has a length of none', async () => {
    for (const method of ['POST', 'PUT']) {
      using target = await RawTarget.answers(OK);
      await whole(rig, target, { method, lines: ['Content-Length: 0'] });
      expect(target.heard).toMatch(/^content-length: 0\r$/im);
    }
  });

  test('in chunks comes in chunks, without their extensions', async () => {
    using target = await answersAfter('0\r\n\r\n');
    const body = '2;ext="a\\"b"\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n';
    await whole(rig, target, { method: 'POST', lines: ['Transfer-Encoding: chunked'], body });
    expect(target.heard).toMatch(/^transfer-encoding: chunked\r$/im);
    expect(target.heard).not.toMatch(/^content-length:/im);
    expect(target.heard).not.toContain('ext=');
    const chunks = target.heard.slice(target.heard.indexOf('\r\n\r\n') + 4).split('\r\n');
    expect(chunks.filter((_, index) => index % 2 === 1).join('')).toBe('hello');
    expect(chunks.slice(-3)).toEqual(['0', '', '']);
  });

  test.each([
    ['a chunk that is none', 'zz\r\nhello\r\n0\r\n\r\n'],
    ['a size below zero', '-5\r\nhello\r\n0\r\n\r\n'],
    ['a chunk longer than its size', '2\r\nhello\r\n0\r\n\r\n'],
    ['a size that would wrap around', '10000000000000005\r\nhello\r\n0\r\n\r\n'],
  ])('%s: the port never hears the end of a body', async (_what, body) => {
    using target = await RawTarget.start(() => {});
    using client = RawClient.to(rig.port);
    client.send(
      requestTo(rig, target, { method: 'POST', lines: ['Transfer-Encoding: chunked'], body: `5\r\nfirst\r\n${body}` }),
    );
    await waitFor('the end', () => client.ended || client.got.includes('\r\n\r\n'));
    client.leave();
    await waitFor('no connection', () => target.open === 0);
    expect(target.heard).not.toMatch(/\r\n0\r\n\r\n$/);
  });

  test('a client that hangs up in the middle of one in chunks: the port never hears its end', async () => {
    using target = await RawTarget.start(() => {});
    using client = RawClient.to(rig.port);
    client.send(
      requestTo(rig, target, { method: 'POST', lines: ['Transfer-Encoding: chunked'], body: '5\r\nfirst\r\n' }),
    );
    await waitFor('the first', () => target.heard.includes('first'));
    client.leave();
    await waitFor('no connection', () => target.open === 0);
    expect(target.heard).not.toMatch(/\r\n0\r\n\r\n$/);
  });

  test('a client that asks whether to go on is told to', async () => {
    using target = await answersAfter('\r\n\r\nhello');
    using client = RawClient.to(rig.port);
    client.send(requestTo(rig, target, { method: 'POST', lines: ['Content-Length: 5', 'Expect: 100-continue'] }));
    await waitFor('the word', () => client.got.startsWith('HTTP/1.1 100 ') && client.got.includes('\r\n\r\n'));
    expect(await client.send('hello').answer()).toMatchObject({ status: 200, body: 'ok' });
    expect(target.heard).toEndWith('\r\n\r\nhello');
    // It would say so once more.
    expect(target.heard).not.toMatch(/^expect:/im);
  });
});

describe('bytes beyond ASCII', () => {
  const UTF8 = Buffer.from('naïve 日本.txt').toString('latin1');

  test('in a header of the client reach the port', async () => {
    using target = await RawTarget.answers(OK);
    await through(rig, target, { lines: [`X-Utf8: ${UTF8}`, 'X-Latin: caf\xe9 \x80\xff'] });
    expect(target.heard).toContain(`: ${UTF8}\r\n`);
    expect(target.heard).toContain(': caf\xe9 \x80\xff\r\n');
  });

  test('in a header of the port reach the client', async () => {
    using target = await RawTarget.answers(
      `HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename="${UTF8}"\r\nX-Latin: caf\xe9 \x80\xff\r\nContent-Length: 2\r\n\r\nok`,
    );
    const { headers } = await whole(rig, target);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-disposition': `attachment; filename="${UTF8}"`,
      'x-latin': 'caf\xe9 \x80\xff',
    });
  });
});
