/** Answers of ports as bytes: heads and bodies, in whatever pieces they come, and what is not believed. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { bodyOf } from '../../../src/ports/http/framing.ts';
import type { Field } from '../../../src/ports/http/fields.ts';
import { HeadReader } from '../../../src/ports/http/head.ts';
import { requestHead } from '../../../src/ports/http/request-head.ts';

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const textOf = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString('latin1');

/** The head and what came behind it; 'wrong', or undefined where it is not whole. */
function readPieces(pieces: readonly string[]): unknown {
  const reader = new HeadReader();
  let rest = '';
  let found: { status: number; statusText: string; fields: readonly Field[] } | undefined;
  for (const piece of pieces) {
    if (found !== undefined) {
      rest += piece;
      continue;
    }
    const read = reader.read(bytesOf(piece));
    if (read === undefined) continue;
    if (!read.ok) return read.failure.detail;
    const { status, statusText, fields } = read.value.head;
    found = { status, statusText, fields };
    rest = textOf([read.value.rest]);
  }
  return found === undefined ? undefined : { ...found, rest };
}

/** The text in pieces, cut at these places. */
const cut = (text: string, places: readonly number[]): string[] => {
  const at = [0, ...places.map((place) => place % (text.length + 1)).toSorted((a, b) => a - b), text.length];
  return at.slice(1).map((end, index) => text.slice(at[index], end));
};

describe('a head', () => {
  const right: readonly [string, string, object][] = [
    [
      'as it should be',
      'HTTP/1.1 200 OK\r\nA: b\r\nSet-Cookie: 1\r\nset-cookie: 2\r\n\r\n',
      {
        status: 200,
        statusText: 'OK',
        fields: [
          ['a', 'b'],
          ['set-cookie', '1'],
          ['set-cookie', '2'],
        ],
      },
    ],
    ['without words', 'HTTP/1.0 404\r\n\r\n', { status: 404, statusText: '', fields: [] }],
    ['with bare line feeds', 'HTTP/1.0 200 OK\nA: b\n\n', { status: 200, statusText: 'OK', fields: [['a', 'b']] }],
    [
      'with blanks',
      'HTTP/1.1 200 \r\nA \t:\t b c \t\r\nB:\r\n\r\n',
      {
        status: 200,
        statusText: '',
        fields: [
          ['a', 'b c'],
          ['b', ''],
        ],
      },
    ],
    [
      'with letters beyond ASCII',
      'HTTP/1.1 200 OK\r\nA: \xe4\xa0\r\n\r\n',
      {
        status: 200,
        statusText: 'OK',
        fields: [['a', '\xe4\xa0']],
      },
    ],
  ];
  test.each(right)('%s, in whatever pieces', (_what, text, expected) => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 6 }), (places) => {
        expect(readPieces(cut(`${text}rest`, places))).toEqual({ ...expected, rest: 'rest' });
      }),
    );
    expect(readPieces([text.slice(0, -1)])).toBeUndefined();
    expect(readPieces(text.split(''))).toEqual({ ...expected, rest: '' });
  });

  test.each([
    'SSH-2.0-x\r\n\r\n',
    'HTTP/2 200\r\n\r\n',
    'HTTP/1.1 2000 X\r\n\r\n',
    'HTTP/1.1 20 X\r\n\r\n',
    'HTTP/1.1 200 O\rK\r\n\r\n',
    'HTTP/1.1 200 OK\r\n folded\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n',
    'HTTP/1.1 200 OK\r\nno field\r\n\r\n',
    'HTTP/1.1 200 OK\r\nnocolon\r\n\r\n',
    'HTTP/1.1 200 OK\r\n: no name\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA b: c\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n',
  ])('%j is none', (text) => {
    expect(typeof readPieces([text])).toBe('string');
  });

  test('of 1 MB is read, of more than 2 MiB is not, whether it ends or not', () => {
    const withField = (bytes: number) => `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(bytes)}\r\n\r\n`;
    const long = withField(1_000_000);
    expect(readPieces([long.slice(0, 1000), long.slice(1000)])).toMatchObject({ status: 200 });
    const longer = withField(2 * 1024 * 1024);
    expect([readPieces([longer]), readPieces([longer.slice(0, -2)])]).toEqual([
      'its head is too long',
      'its head is too long',
    ]);
  });

  test('of 1000 fields is read, of more is not', () => {
    const withFields = (count: number) => `HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(count)}\r\n`;
    expect(readPieces([withFields(1000)])).toMatchObject({ status: 200 });
    expect(readPieces([withFields(1001)])).toBe('its head has too many fields');
  });
});

test('what came behind a head stays as it is, whoever reads it and whenever: the next head is not written over it', () => {
  const reader = new HeadReader();
  const readInPieces = (first: string, second: string) => {
    expect(reader.read(bytesOf(first))).toBeUndefined();
    const read = reader.read(bytesOf(second));
    if (read?.ok !== true) throw new Error('no head');
    return read.value.rest;
  };
  const rest = readInPieces('HTTP/1.1 200 OK\r\nA:', ' b\r\n\r\nmine');
  readInPieces('HTTP/1.1 200 OK\r\nA:', ' b\r\n\r\nyours');
  expect(textOf([rest])).toBe('mine');
});

describe('a body', () => {
  const taken = (fields: readonly Field[], pieces: readonly string[], { status = 200, method = 'GET' } = {}) => {
    const body = bodyOf({ minorVersion: 1, status, statusText: '', fields }, method);
    if (!body.ok) return body.failure.detail;
    const got: Uint8Array[] = [];
    let beyond = 0;
    for (const piece of pieces) {
      const some = body.value.take(bytesOf(piece));
      if (!some.ok) return some.failure.detail;
      got.push(...some.value.pieces);
      beyond += some.value.beyond;
    }
    return { text: textOf(got), beyond, over: body.value.isOver, whole: body.value.end() };
  };
  const LENGTH: Field = ['content-length', '3'];
  const CHUNKED: Field = ['transfer-encoding', 'Chunked'];
  const whole = { over: true, whole: true };

  test.each([
    ['a length', [LENGTH], 'abcde', { text: 'abc', beyond: 2, ...whole }],
    ['a length that is not reached', [LENGTH], 'ab', { text: 'ab', beyond: 0, over: false, whole: false }],
    ['a length of nothing', [['content-length', '0']], '', { text: '', beyond: 0, ...whole }],
    ['neither', [], 'abc', { text: 'abc', beyond: 0, over: false, whole: true }],
    ['chunks', [CHUNKED], '2\r\nab\r\n01 ;x="y"\r\nc\r\n0\r\n\r\nde', { text: 'abc', beyond: 2, ...whole }],
    ['chunks and trailers', [CHUNKED], '3\r\nabc\r\n0\r\nA: b\r\nC: d\r\n\r\n', { text: 'abc', beyond: 0, ...whole }],
    ['chunks with bare line feeds', [CHUNKED], '3\nabc\n0\n\n', { text: 'abc', beyond: 0, ...whole }],
    ['chunks without the last', [CHUNKED], '3\r\nabc\r\n', { text: 'abc', beyond: 0, over: false, whole: false }],
    ['chunks without an end of it', [CHUNKED], '0\r\n', { text: '', beyond: 0, over: false, whole: false }],
  ] as const)('%s, in whatever pieces', (_what, fields, text, expected) => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 6 }), (places) => {
        expect(taken(fields, cut(text, places))).toEqual(expected);
      }),
    );
  });

  test.each([
    ['zz\r\n', 'its chunks are broken'],
    ['\r\n', 'its chunks are broken'],
    ['-1\r\n', 'its chunks are broken'],
    ['0x3\r\nabc\r\n', 'its chunks are broken'],
    ['3\r\nabcd\r\n', 'its chunks are broken'],
    ['1000000000000\r\n', 'its chunks are broken'],
    ['x'.repeat(70_000), 'a line between its chunks is too long'],
    [`0\r\n${'a: b\r\n'.repeat(20_000)}`, 'its chunks are broken'],
  ])('chunks that are none', (text, detail) => {
    expect(taken([CHUNKED], [text])).toBe(detail);
  });

  test.each([
    [[LENGTH, LENGTH], 'it states its length twice'],
    [[LENGTH, ['content-length', '4']], 'it states its length twice'],
    [[LENGTH, CHUNKED], 'it states its length in two ways'],
    [[['content-length', '3, 3']], 'its length is no number'],
    [[['content-length', '-3']], 'its length is no number'],
    [[['content-length', '']], 'its length is no number'],
    [[['transfer-encoding', 'gzip, chunked']], 'its transfer encoding is not chunked'],
    [[CHUNKED, CHUNKED], 'its transfer encoding is not chunked'],
  ] as const)('what can be read in two ways is not believed: %j', (fields, detail) => {
    expect(taken(fields, ['abc'])).toBe(detail);
  });

  test('there is none for HEAD, nor with 204, 205 and 304, whatever the head says', () => {
    const none = { text: '', beyond: 3, ...whole };
    expect(taken([LENGTH], ['abc'], { method: 'HEAD' })).toEqual(none);
    for (const status of [204, 205, 304]) expect(taken([LENGTH], ['abc'], { status })).toEqual(none);
    expect(taken([CHUNKED], ['abc'], { status: 304 })).toEqual(none);
  });
});

describe('a request', () => {
  const head = (request: { method?: string; path?: string; fields?: Field[] }) =>
    requestHead({ method: 'GET', path: '/', fields: [], ...request })?.toString('latin1');

  test('goes out byte for byte', () => {
    expect(
      head({
        path: '/a//b?%2F',
        fields: [
          ['host', 'localhost:1'],
          ['x', '\xe4'],
        ],
      }),
    ).toBe('GET /a//b?%2F HTTP/1.1\r\nhost: localhost:1\r\nx: \xe4\r\n\r\n');
  });

  test.each([
    { path: '/a b' },
    { path: '/a\r\nX: y' },
    { path: 'a' },
    { path: '' },
    { path: '/ü' },
    { method: 'G T' },
    { method: '' },
    { fields: [['x', 'a\r\nb: c']] satisfies Field[] },
    { fields: [['x', 'a\0']] satisfies Field[] },
  ])('%j would be more than one, or none', (request) => {
    expect(head(request)).toBeUndefined();
  });
});
