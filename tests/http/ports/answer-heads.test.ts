/**
 * Status lines and headers of a port's answer: what is right goes through byte for byte, what is wrong is refused, and nothing
 * becomes a header that was none. Where RFC 9112 leaves a choice both are taken; what nginx does is among them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { liveServer } from '../../support/doors.ts';
import { valuesOf } from '../../support/raw-client.ts';
import { RawTarget } from '../../support/raw-target.ts';
import { Rig } from '../../support/rig.ts';
import { whole } from './through.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start(liveServer);
});
afterAll(() => rig[Symbol.asyncDispose]());

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
/** An answer with these header lines as they are. */
const withLines = (lines: string) => `HTTP/1.1 200 OK\r\n${lines}\r\nContent-Length: 2\r\n\r\nok`;
const answerOf = async (bytes: string, then: 'stay' | 'end' | 'reset' = 'end') => {
  using target = await RawTarget.answers(bytes, then);
  return await whole(rig, target);
};

describe('status lines', () => {
  // The phrase is the server's own: Bun's sends no other, and nobody may read it (RFC 9112, 4).
  const good: readonly [string, number][] = [
    ['HTTP/1.1 200 OK', 200],
    ['HTTP/1.1 200 ', 200],
    ['HTTP/1.1 299 Odd, but fine', 299],
    ["HTTP/1.1 418 I'm a teapot", 418],
    ['HTTP/1.1 500 \xe9\xe8', 500],
    ['HTTP/1.1 599 Last', 599],
    ['HTTP/1.0 203 Old', 203],
  ];
  test.each(good)('%s', async (line, status) => {
    expect(await answerOf(`${line}\r\nContent-Length: 2\r\n\r\nok`)).toMatchObject({ status, body: 'ok' });
  });

  const bad = [
    'HTTP/1.1 99 Low',
    'HTTP/1.1 099 Low',
    'HTTP/1.1 000 Zero',
    'HTTP/1.1 2000 High',
    'HTTP/1.1 20 Short',
    'HTTP/1.1 2OO OK',
    'HTTP/1.1 -20 OK',
    'HTTP/1.1 OK',
    'HTTP/1.1',
    'HTTP/2 200 OK',
    'HTTP/2.0 200 OK',
    'HTTPS/1.1 200 OK',
    'ICY 200 OK',
    'SSH-2.0-OpenSSH_9.9',
    '200 OK',
    '',
    '\0',
    '\x16\x03\x01\x02\x00\x01\x00',
  ];
  test.each(bad)('502: %j', async (line) => {
    expect((await answerOf(`${line}\r\nContent-Length: 2\r\n\r\nok`)).status).toBe(502);
  });

  test('a line end in a phrase makes no header', async () => {
    const answer = await answerOf('HTTP/1.1 200 OK\rX-Injected: 1\r\nContent-Length: 2\r\n\r\nok');
    expect([502, 200]).toContain(answer.status);
    expect(valuesOf(answer, 'x-injected')).toEqual([]);
  });
});

describe('answers before the answer', () => {
  const interim: readonly [string, string][] = [
    ['100', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['102', 'HTTP/1.1 102 Processing\r\n\r\n'],
    ['103 with headers', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX-Early: 1\r\n\r\n'],
    ['103 that says a length', 'HTTP/1.1 103 Early Hints\r\nContent-Length: 7\r\nX-Early: 1\r\n\r\n'],
    ['one that nobody knows', 'HTTP/1.1 199 Odd\r\nX-Early: 1\r\n\r\n'],
    ['many', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n'.repeat(5)],
  ];
  test.each(interim)('%s: the answer follows, without their headers', async (_what, early) => {
    const answer = await answerOf(early + OK, 'stay');
    expect(answer).toMatchObject({ status: 200, body: 'ok' });
    for (const name of ['x-early', 'link']) expect(valuesOf(answer, name)).toEqual([]);
  });

  test('101 that nobody asked for: 502', async () => {
    const switched = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    expect((await answerOf(switched + OK)).status).toBe(502);
  });

  test('nothing but interim answers: 502', async () => {
    expect((await answerOf('HTTP/1.1 100 Continue\r\n\r\n')).status).toBe(502);
  });
});

describe('an answer that ends before its headers do: 502', () => {
  for (const then of ['end', 'reset'] as const)
    test.each(['', 'HTTP', 'HTTP/1.1 200 OK', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n'])(
      `${then} after %j`,
      async (bytes) => {
        expect((await answerOf(bytes, then)).status).toBe(502);
      },
    );
});

describe('header lines', () => {
  // RFC 9112, 2.2: one may take a line feed for a line end.
  test('line feeds alone: as line ends, or 502', async () => {
    const answer = await answerOf('HTTP/1.1 200 OK\nX-A: 1\nContent-Length: 2\n\nok');
    if (answer.status !== 502) expect([answer.body, valuesOf(answer, 'x-a')]).toEqual(['ok', ['1']]);
  });

  // RFC 9112, 5.2: a proxy makes a space of it, or answers 502.
  test.each([' folded: 1', '\tfolded: 1', ' Set-Cookie: folded=1'])('folded, %j: a space, or 502', async (fold) => {
    const answer = await answerOf(withLines(`X-A: 1\r\n${fold}`));
    if (answer.status !== 502) expect(valuesOf(answer, 'x-a')).toEqual([`1 ${fold.trim()}`]);
    for (const name of ['folded', 'set-cookie']) expect(valuesOf(answer, name)).toEqual([]);
  });

  // RFC 9112, 5.1: a proxy takes that space away; nginx refuses the whole.
  test('a space before the colon: without it, or 502', async () => {
    const answer = await answerOf('HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n');
    expect([502, 200]).toContain(answer.status);
    if (answer.status === 200) expect(answer).toMatchObject({ body: 'ok' });
  });

  const bad: readonly [string, string][] = [
    ['no colon', 'X-A'],
    ['no name', ': 1'],
    ['a space in the name', 'X A: 1'],
    ['a bracket in the name', 'X(A): 1'],
    ['NUL in the name', 'X\0A: 1'],
    ['a byte beyond ASCII in the name', 'X-\xe9: 1'],
  ];
  test.each(bad)('%s: 502, or without that line', async (_what, line) => {
    const answer = await answerOf(withLines(`${line}\r\nX-B: 2`));
    if (answer.status === 502) return;
    expect(answer).toMatchObject({ status: 200, body: 'ok' });
    expect(valuesOf(answer, 'x-b')).toEqual(['2']);
    expect(answer.headers.map(([name]) => name)).not.toContain('x-a');
  });

  // RFC 9110, 5.5: refused, or a space in its place. The client of this test takes neither for a value.
  test.each(['\0', '\r', '\x01\r\x02'])('%j in a value: 502, or not that', async (byte) => {
    const answer = await answerOf(withLines(`X-A: 1${byte}X-Injected: 2`));
    expect([502, 200]).toContain(answer.status);
    expect(valuesOf(answer, 'x-injected')).toEqual([]);
  });

  test('space around a value goes, what is in it stays; an empty one stays', async () => {
    const answer = await answerOf(withLines('X-A: \t a  b;"c, d" \t \r\nX-Empty:\r\nX-C:c'));
    expect(['x-a', 'x-empty', 'x-c'].map((name) => valuesOf(answer, name))).toEqual([['a  b;"c, d"'], [''], ['c']]);
  });

  test('its Date goes through, and no other', async () => {
    const date = 'Sun, 06 Nov 1994 08:49:37 GMT';
    const answer = await answerOf(withLines(`Date: ${date}`));
    expect(valuesOf(answer, 'date')).toEqual([date]);
  });

  test('each Set-Cookie is one of its own, in their order', async () => {
    const answer = await answerOf(
      withLines('Set-Cookie: a=1; Secure\r\nX-A: 1\r\nset-cookie: b=2, c\r\nSET-COOKIE: a=3'),
    );
    expect(valuesOf(answer, 'set-cookie')).toEqual(['a=1; Secure', 'b=2, c', 'a=3']);
  });

  test('what is packed goes through packed, also what is not what it says', async () => {
    const packed = Buffer.from(Bun.gzipSync('hello '.repeat(1000))).toString('latin1');
    for (const [coding, body] of [
      ['gzip', packed],
      ['gzip', packed.slice(0, -5)],
      ['gzip', 'plain'],
      ['br', 'plain'],
      ['x-own', 'plain'],
    ] as const) {
      const bytes = `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      const answer = await answerOf(bytes);
      expect([answer.status, answer.body, valuesOf(answer, 'content-encoding')]).toEqual([200, body, [coding]]);
    }
  });
});

describe('large heads', () => {
  test('a header of 1 MB goes through, or is refused', async () => {
    const long = 'x'.repeat(1_000_000);
    const answer = await answerOf(withLines(`X-Long: ${long}`));
    if (answer.status !== 502) expect(valuesOf(answer, 'x-long')[0]).toBe(long);
  });

  test('a hundred headers go through, ten thousand do, or are refused', async () => {
    for (const count of [100, 10_000]) {
      const lines = Array.from({ length: count }, (_, index) => `X-N${index}: ${index}`).join('\r\n');
      const answer = await answerOf(withLines(lines));
      if (count > 100 && answer.status === 502) continue;
      expect(answer.status).toBe(200);
      expect(answer.headers.filter(([name]) => name.startsWith('x-n')).length).toBeGreaterThanOrEqual(count);
    }
  });
});
