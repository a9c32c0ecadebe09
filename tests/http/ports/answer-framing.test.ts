/**
 * Where the answer of a port ends (RFC 9112, 6.3), and that nothing beyond it is ever taken for an answer. Each port is one that a
 * test wrote byte by byte; the server is a whole one.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { liveServer } from '../../support/doors.ts';
import { BROKEN_OFF, RawClient, valuesOf } from '../../support/raw-client.ts';
import { RawTarget } from '../../support/raw-target.ts';
import { Rig } from '../../support/rig.ts';
import { outcome, requestTo, through, whole } from './through.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start(liveServer);
});
afterAll(() => rig[Symbol.asyncDispose]());

const head = (...lines: string[]) => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n');
const CHUNKED = head('Transfer-Encoding: chunked');

describe('an answer that is whole', () => {
  const answers: readonly [string, string, string, 'stay' | 'end'][] = [
    ['by its length', `${head('Content-Length: 5')}hello`, 'hello', 'stay'],
    ['of no bytes', head('Content-Length: 0'), '', 'stay'],
    ['of chunks', `${CHUNKED}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`, 'hello', 'stay'],
    [
      'of chunks whose sizes have zeros in front',
      `${CHUNKED}0000000000000005\r\nhello\r\n000\r\n\r\n`,
      'hello',
      'stay',
    ],
    ['of chunks in capital letters', `${CHUNKED}A\r\n0123456789\r\n0\r\n\r\n`, '0123456789', 'stay'],
    ['of chunks with extensions', `${CHUNKED}5;name="a;b";c\r\nhello\r\n0;end\r\n\r\n`, 'hello', 'stay'],
    ['whose chunks hold line ends', `${CHUNKED}7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n`, '\r\n0\r\n\r\n', 'stay'],
    ['until the port hangs up', `${head('Content-Type: text/plain')}hello`, 'hello', 'end'],
    ['until the port hangs up, of no bytes', head('Content-Type: text/plain'), '', 'end'],
    ['of HTTP/1.0, until it hangs up', 'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello', 'hello', 'end'],
    ['of HTTP/1.0, by its length', 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello', 'hello', 'end'],
  ];
  test.each(answers)('%s', async (_what, bytes, body, then) => {
    using target = await RawTarget.answers(bytes, then);
    expect(await whole(rig, target)).toMatchObject({ status: 200, body });
  });

  test('byte by byte', async () => {
    const bytes = `${CHUNKED}5;x=y\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n`;
    using target = await RawTarget.start(async (connection) => {
      for (const byte of bytes) {
        connection.send(byte);
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    expect(await whole(rig, target)).toMatchObject({ status: 200, body: 'hello' });
  });

  test('trailers are dropped, and are no headers', async () => {
    using target = await RawTarget.answers(
      `${head('Transfer-Encoding: chunked', 'Trailer: X-Sum')}2\r\nok\r\n0\r\nX-Sum: 7\r\nSet-Cookie: a=1\r\n\r\n`,
    );
    const answer = await whole(rig, target);
    expect(answer).toMatchObject({ status: 200, body: 'ok' });
    for (const name of ['x-sum', 'set-cookie']) expect(valuesOf(answer, name)).toEqual([]);
  });

  test('the length goes through, where there is one', async () => {
    using target = await RawTarget.answers(`${head('Content-Length: 5')}hello`);
    expect(valuesOf(await whole(rig, target), 'content-length')).toEqual(['5']);
  });
});

describe('an answer that is not whole breaks off, and never looks whole', () => {
  const broken: readonly [string, string][] = [
    ['shorter than its length', `${head('Content-Length: 10')}hello`],
    ['shorter than its length, of which nothing came', head('Content-Length: 10')],
    ['larger than what a first look takes', `${head('Content-Length: 1000000')}${'x'.repeat(200_000)}`],
    ['chunks without an end', `${CHUNKED}5\r\nhello\r\n`],
    ['a chunk that ends early', `${CHUNKED}9\r\nhello`],
    ['a size that is none', `${CHUNKED}5\r\nhello\r\nzz\r\nok\r\n0\r\n\r\n`],
    ['a size below zero', `${CHUNKED}5\r\nhello\r\n-1\r\nok\r\n0\r\n\r\n`],
    ['a size with a sign', `${CHUNKED}5\r\nhello\r\n+2\r\nok\r\n0\r\n\r\n`],
    ['a size as C has it', `${CHUNKED}5\r\nhello\r\n0x2\r\nok\r\n0\r\n\r\n`],
    ['a size beyond all numbers', `${CHUNKED}5\r\nhello\r\nfffffffffffffffff\r\nok\r\n0\r\n\r\n`],
    ['a size that would wrap around', `${CHUNKED}5\r\nhello\r\n10000000000000002\r\nok\r\n0\r\n\r\n`],
    ['no size', `${CHUNKED}5\r\nhello\r\n\r\nok\r\n0\r\n\r\n`],
    ['a chunk longer than its size', `${CHUNKED}5\r\nhello!\r\n0\r\n\r\n`],
  ];
  test.each(broken)('%s', async (_what, bytes) => {
    using target = await RawTarget.answers(bytes, 'end');
    // Where nothing of it has gone out yet it may be a refusal of ours.
    expect([502, BROKEN_OFF]).toContain(outcome(await through(rig, target)));
  });

  test.each([
    ['by its length', `${head('Content-Length: 10')}hello`],
    ['of chunks', `${CHUNKED}5\r\nhello\r\n`],
    ['until the port hangs up', `${head('Content-Type: text/plain')}hello`],
  ])('a port that resets in a body %s', async (_what, bytes) => {
    const resets: (() => void)[] = [];
    using target = await RawTarget.start((connection) => {
      connection.send(bytes);
      resets.push(() => connection.reset());
    });
    using client = RawClient.to(rig.port);
    const answer = client.send(requestTo(rig, target)).answer();
    await rig.waitFor('the first bytes', () => client.got.includes('hello'));
    for (const reset of resets) reset();
    expect(await answer).toBe(BROKEN_OFF);
  });
});

describe('framing that is in doubt', () => {
  const refused: readonly [string, string][] = [
    ['two lengths', `${head('Content-Length: 2', 'Content-Length: 3')}okx`],
    ['two lengths in one line', `${head('Content-Length: 2, 3')}okx`],
    ['a length with a sign', `${head('Content-Length: +2')}ok`],
    ['a length below zero', `${head('Content-Length: -2')}ok`],
    ['a length as C has it', `${head('Content-Length: 0x2')}ok`],
    ['a length with more behind it', `${head('Content-Length: 2x')}ok`],
    ['a length of two words', `${head('Content-Length: 2 2')}ok`],
    ['a length that is a fraction', `${head('Content-Length: 2.0')}ok`],
    ['a length in powers', `${head('Content-Length: 2e0')}ok`],
    ['a length beyond all numbers', `${head('Content-Length: 99999999999999999999')}ok`],
    ['a length that says nothing', `${head('Content-Length:')}ok`],
    ['a coding that nobody knows', `${head('Transfer-Encoding: xchunked')}2\r\nok\r\n0\r\n\r\n`],
    ['chunks that are not the last coding', `${head('Transfer-Encoding: chunked, identity')}2\r\nok\r\n0\r\n\r\n`],
    ['a coding below the chunks', `${head('Transfer-Encoding: gzip, chunked')}2\r\nok\r\n0\r\n\r\n`],
    ['chunks twice', `${head('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')}2\r\nok\r\n0\r\n\r\n`],
  ];
  test.each(refused)('%s: 502', async (_what, bytes) => {
    using target = await RawTarget.answers(bytes, 'end');
    expect(outcome(await through(rig, target))).toBe(502);
  });

  // RFC 9112, 6.3: chunks override the length, or it is an error; nginx makes an error of it.
  test.each([
    ['a length and chunks', head('Content-Length: 3', 'Transfer-Encoding: chunked')],
    ['chunks and a length', head('Transfer-Encoding: chunked', 'Content-Length: 3')],
  ])('%s: 502, or the chunks alone', async (_what, top) => {
    using target = await RawTarget.answers(`${top}2\r\nok\r\n0\r\n\r\n`, 'end');
    const answer = await whole(rig, target);
    expect([502, 200]).toContain(answer.status);
    if (answer.status === 200) expect(answer.body).toBe('ok');
  });

  test('the same length twice: 502, or once', async () => {
    using target = await RawTarget.answers(`${head('Content-Length: 2', 'Content-Length: 2')}ok`);
    const answer = await whole(rig, target);
    expect([502, 200]).toContain(answer.status);
    if (answer.status === 200) expect([answer.body, valuesOf(answer, 'content-length')]).toEqual(['ok', ['2']]);
  });
});

describe('an answer without a body', () => {
  test('HEAD tells the length, and waits for nothing', async () => {
    using target = await RawTarget.answers(head('Content-Length: 5'));
    const answer = await whole(rig, target, { method: 'HEAD' });
    expect([answer.status, valuesOf(answer, 'content-length')]).toEqual([200, ['5']]);
    using chunked = await RawTarget.answers(CHUNKED);
    const unknown = await whole(rig, chunked, { method: 'HEAD' });
    expect([unknown.status, valuesOf(unknown, 'content-length')]).toEqual([200, []]);
  });

  test.each([204, 304])('%d has none, whatever it says of a length', async (status) => {
    using target = await RawTarget.answers(`HTTP/1.1 ${status} Nothing\r\nContent-Length: 5\r\nETag: "a"\r\n\r\n`);
    const answer = await whole(rig, target);
    expect([answer.status, answer.body, valuesOf(answer, 'etag')]).toEqual([status, '', ['"a"']]);
  });
});

describe('bytes beyond an answer are never the next one', () => {
  const EVIL = 'HTTP/1.1 200 OK\r\nX-Smuggled: 1\r\nContent-Length: 4\r\n\r\nevil';
  const firsts: readonly [string, string, string][] = [
    ['a length that is too small', 'GET', `${head('Content-Length: 2')}ok`],
    ['the last chunk', 'GET', `${CHUNKED}2\r\nok\r\n0\r\n\r\n`],
    ['trailers', 'GET', `${CHUNKED}2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n`],
    ['an answer without a body', 'GET', head('Content-Length: 0')],
    ['204', 'GET', 'HTTP/1.1 204 Nothing\r\n\r\n'],
    ['204 with a length', 'GET', 'HTTP/1.1 204 Nothing\r\nContent-Length: 62\r\n\r\n'],
    ['304', 'GET', 'HTTP/1.1 304 Same\r\nContent-Length: 62\r\n\r\n'],
    ['an answer to HEAD', 'HEAD', head('Content-Length: 62')],
    ['an answer to HEAD of chunks', 'HEAD', CHUNKED],
  ];

  for (const when of ['at once', 'later'] as const)
    test.each(firsts)(`after %s, ${when}`, async (_what, method, first) => {
      let later = () => {};
      using target = await RawTarget.start((connection, nth) => {
        if (nth > 1 || target.connections.length > 1) return void connection.send(`${head('Content-Length: 4')}good`);
        connection.send(when === 'at once' ? first + EVIL : first);
        later = () => void connection.send(EVIL);
      });
      using client = RawClient.to(rig.port);
      expect(await client.send(requestTo(rig, target, { method })).answer(method)).not.toBe(BROKEN_OFF);
      if (when === 'later') later();
      // The server has come round since.
      for (let round = 0; round < 3; round += 1) await rig.request('/healthz');
      for (let round = 0; round < 3; round += 1)
        expect(await whole(rig, target)).toMatchObject({ status: 200, body: 'good' });
      expect(client.got).not.toContain('evil');
      // What of it is still on its way would be taken for an answer there.
      expect(target.connections[0]?.requests).toBe(1);
      // Nor to whoever asked first.
      expect(await client.send(requestTo(rig, target)).answer()).toMatchObject({ status: 200, body: 'good' });
    });
});
