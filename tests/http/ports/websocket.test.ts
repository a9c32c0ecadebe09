/** The client side of WebSockets to ports: what is read of frames, and of the answer to a handshake. */
import { heapStats } from 'bun:jsc';
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { clientFrame, closePayload, FrameReader, maySay, OPCODES } from '../../../src/ports/websocket/frames.ts';
import { upgradeRequest } from '../../../src/ports/websocket/handshake.ts';
import { RefusalBody } from '../../../src/ports/websocket/refusal-body.ts';
import { TargetSocket } from '../../../src/ports/websocket/target-socket.ts';
import { rawTarget, RawSocket } from '../../support/raw-socket.ts';
import { RawTarget } from '../../support/raw-target.ts';
import { standstill, waitFor } from '../../support/wait.ts';

/** A frame of a server. */
function frame(opcode: number, payload: Uint8Array, final = true): Uint8Array {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (final ? 0x80 : 0) | opcode;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

const text = (words: string) => new TextEncoder().encode(words);

describe('frames', () => {
  test('however messages are cut into frames and frames into pieces, they come whole and in order', () => {
    const message = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.uint8Array({ maxLength: 70_000, size: 'max' }),
    );
    const cuts = fc.array(fc.nat(), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(message, cuts), { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (sent, pieces) => {
          const bytes = Buffer.concat(
            sent.flatMap(([data, cutAt]) => {
              const payload = typeof data === 'string' ? text(data) : data;
              const at = [...cutAt.map((cut) => cut % (payload.length + 1)), payload.length].toSorted((a, b) => a - b);
              return at.map((end, index) =>
                frame(
                  index > 0 ? 0 : typeof data === 'string' ? 1 : 2,
                  payload.subarray(at[index - 1] ?? 0, end),
                  index === at.length - 1,
                ),
              );
            }),
          );
          const reader = new FrameReader();
          const ends = [...pieces.map((piece) => piece % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
          const read = ends.flatMap((end, index) =>
            reader.read(Uint8Array.from(bytes.subarray(ends[index - 1] ?? 0, end))),
          );
          expect(
            read.map((one) => (one.is === 'message' ? (typeof one.data === 'string' ? one.data : [...one.data]) : one)),
          ).toEqual(sent.map(([data]) => (typeof data === 'string' ? data : [...data])));
        },
      ),
      { numRuns: 50 },
    );
  });

  test('what is sent is masked, and what is masked back is what was sent', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 70_000, size: 'max' }),
        fc.uint8Array({ minLength: 4, maxLength: 4 }),
        (payload, key) => {
          const sent = clientFrame(OPCODES.binary, payload, key);
          const size = (payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10) + 4;
          expect(sent[0]).toBe(0x82);
          expect((sent[1] ?? 0) & 0x80).toBe(0x80);
          expect(sent.subarray(size - 4, size)).toEqual(key);
          expect(sent.length).toBe(size + payload.length);
          expect(sent.subarray(size).every((byte, at) => (byte ^ (key[at % 4] ?? 0)) === payload[at])).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  const wrong: readonly [string, Uint8Array, number][] = [
    ['a bit of an extension', Buffer.from([0xc1, 0]), 1002],
    ['a mask', Buffer.from([0x81, 0x80, 0, 0, 0, 0]), 1002],
    ['no such opcode', frame(3, text('')), 1002],
    ['no such control', frame(11, text('')), 1002],
    ['a ping in parts', frame(9, text(''), false), 1002],
    ['a ping that is long', frame(9, new Uint8Array(126)), 1002],
    ['a part of nothing', frame(0, text('x')), 1002],
    ['a message within a message', Buffer.concat([frame(1, text('a'), false), frame(1, text('b'))]), 1002],
    ['text that is none', frame(1, Uint8Array.from([0xc3, 0x28])), 1007],
    ['half a close code', frame(8, Uint8Array.from([3])), 1002],
    ['a close code that nobody may say', frame(8, Uint8Array.from([0x03, 0xed])), 1002],
    ['a reason that is no text', frame(8, Uint8Array.from([0x03, 0xe8, 0xff])), 1007],
    ['more than 16 MiB', Buffer.from([0x82, 127, 0, 0, 0, 0, 1, 0, 0, 1]), 1009],
    ['a length beyond all numbers', Buffer.from([0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255]), 1009],
  ];
  test.each(wrong)('%s: wrong, and nothing more is read', (_what, bytes, code) => {
    const reader = new FrameReader();
    expect(reader.read(bytes)).toEqual([{ is: 'wrong', code }]);
    expect(reader.read(frame(1, text('more')))).toEqual([]);
  });

  test('many parts are together no more than one message may be', () => {
    const reader = new FrameReader();
    const half = new Uint8Array(9 * 1024 * 1024);
    expect(reader.read(frame(2, half, false))).toEqual([]);
    expect(reader.read(frame(0, half))).toEqual([{ is: 'wrong', code: 1009 }]);
  });

  test('parts of a byte are kept as few larger ones', () => {
    const PARTS = 50_000;
    const reader = new FrameReader();
    const objects = () => heapStats().objectTypeCounts['Uint8Array'] ?? 0;
    expect(reader.read(frame(1, text('a'), false))).toEqual([]);
    const part = frame(0, text('b'), false);
    const parts = Buffer.concat(Array.from({ length: PARTS }, () => part));
    const before = objects();
    expect(reader.read(parts)).toEqual([]);
    Bun.gc(true);
    expect(objects() - before).toBeLessThan(PARTS / 10);
    expect(reader.read(frame(0, text('c')))).toEqual([{ is: 'message', data: `a${'b'.repeat(PARTS)}c` }]);
  });

  test('controls between the parts of a message', () => {
    const bytes = Buffer.concat([
      frame(1, text('a'), false),
      frame(9, text('p')),
      frame(10, text('q')),
      frame(0, text('b')),
    ]);
    expect(new FrameReader().read(bytes)).toEqual([
      { is: 'ping', data: Buffer.from('p') },
      { is: 'message', data: 'ab' },
    ]);
  });

  test('close frames: with a code and a reason, with neither, and only with a code that may be said', () => {
    const read = (payload: Uint8Array) => new FrameReader().read(frame(8, payload));
    expect(read(closePayload(4000, 'bye'))).toEqual([{ is: 'close', code: 4000, reason: 'bye' }]);
    expect(read(closePayload(1005, 'x'))).toEqual([{ is: 'close', code: 1005, reason: '' }]);
    expect([999, 1000, 1003, 1004, 1005, 1006, 1007, 1014, 1015, 2999, 3000, 4999, 5000].filter(maySay)).toEqual([
      1000, 1003, 1007, 1014, 3000, 4999,
    ]);
  });
});

describe('the handshake', () => {
  test('what would be more than one request is none', () => {
    for (const path of ['/a b', '/a\r\nX: 1', 'a', '', '/ü'])
      expect([path, upgradeRequest({ path, fields: [], key: 'k' })]).toEqual([path, undefined]);
  });

  const bodies: readonly [string, Record<string, string>, string, string | undefined][] = [
    ['a length', { 'content-length': '3' }, 'abcdef', 'abc'],
    ['a length that is not reached', { 'content-length': '3' }, 'ab', undefined],
    ['chunks', { 'transfer-encoding': 'chunked' }, '2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n', 'abc'],
    ['chunks without an end', { 'transfer-encoding': 'chunked' }, '2\r\nab\r\n', undefined],
    ['no chunks', { 'transfer-encoding': 'chunked' }, 'zz\r\n', undefined],
    ['neither', {}, 'abc', 'abc'],
    ['too much', {}, 'x'.repeat(70_000), undefined],
  ];
  test.each(bodies)('the body of a refusal: %s', (_what, fields, sent, expected) => {
    const body = new RefusalBody({ minorVersion: 1, status: 400, statusText: '', fields: Object.entries(fields) });
    body.add(Buffer.from(sent));
    const { bytes } = body;
    expect(bytes === undefined ? undefined : Buffer.from(bytes).toString()).toBe(expected);
  });

  const open = (port: number, answerSeconds = 5, { signal } = new AbortController()) =>
    TargetSocket.open({
      port,
      path: '/',
      fields: [
        ['host', 'localhost'],
        ['sec-websocket-protocol', 'a'],
      ],
      answerSeconds,
      signal,
    });
  const answers: readonly [string, (key: string) => string, string][] = [
    [
      'something else',
      () => 'HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
      'it switches to something else',
    ],
    ['for another key', () => `${RawSocket.accept('other')}\r\n`, 'its Sec-WebSocket-Accept does not fit'],
    [
      'an extension',
      (key) => `${RawSocket.accept(key)}Sec-WebSocket-Extensions: x\r\n\r\n`,
      'it uses an extension that was not offered',
    ],
    [
      'another subprotocol',
      (key) => `${RawSocket.accept(key)}Sec-WebSocket-Protocol: z\r\n\r\n`,
      'it chose a subprotocol that was not offered',
    ],
    ['no HTTP', () => 'SSH-2.0-x\r\n\r\n', 'it does not speak HTTP'],
    ['an endless head', () => `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(2_200_000)}`, 'its head is too long'],
  ];
  test.each(answers)('a target that answers %s', async (_what, answer, detail) => {
    using target = rawTarget(answer);
    expect(await open(target.port)).toEqual({ ok: false, failure: { reason: 'target-failed', detail } });
  });

  test('a target that hangs up, or says nothing', async () => {
    using ends = rawTarget(() => '', { ends: true });
    expect(await open(ends.port)).toMatchObject({
      failure: { reason: 'target-failed', detail: 'the connection was closed' },
    });
    using silent = rawTarget(() => '');
    expect(await open(silent.port, 0.2)).toEqual({ ok: false, failure: { reason: 'target-silent' } });
  });

  test('a target that says nothing is left when nobody waits for it any more, or did so from the start', async () => {
    using target = await RawTarget.start(() => {});
    const leaving = new AbortController();
    const opening = open(target.port, 1000, leaving);
    await waitFor('its connection', () => target.open === 1);
    leaving.abort();
    const left = { ok: false, failure: { reason: 'target-failed', detail: 'nobody waits for it' } } as const;
    expect([await opening, await open(target.port, 1000, leaving)]).toEqual([left, left]);
    await waitFor('no connection', () => target.open === 0);
  });

  test('a target that asks without end and takes no answer: what waits for it does not grow', async () => {
    const pings = Buffer.concat(Array.from({ length: 20_000 }, () => frame(9, text('x'.repeat(100)))));
    using target = await RawTarget.start((connection) => {
      const [, key = ''] = /sec-websocket-key: (\S+)/i.exec(connection.heard) ?? [];
      connection.send(`${RawSocket.accept(key)}\r\n`).pause();
    });
    const opened = await open(target.port);
    if (!opened.ok) throw new Error(opened.failure.reason);
    const socket = opened.value;
    let heard = 0;
    socket.listen({ message: () => (heard += 1), closed: () => {} });
    // More than the system takes for it, and than may wait.
    for (let sent = 0; sent < 3; sent += 1) socket.send(new Uint8Array(16 * 1024 * 1024));
    const waiting = await standstill('what waits', () => socket.waiting);
    for (const connection of target.connections) connection.send(`${pings.toString('latin1')}\x81\x02hi`);
    await waitFor('what comes behind the pings', () => heard === 1);
    expect(socket.waiting).toBeLessThanOrEqual(waiting);
    socket.terminate();
  });

  test('Connection may be said in two header fields', async () => {
    using target = rawTarget(
      (key) => `${RawSocket.accept(key).replace('Connection:', 'Connection: keep-alive\r\nConnection:')}\r\n`,
    );
    expect((await open(target.port)).ok).toBe(true);
  });

  test('a hundred thousand early hints at once are no answer either', async () => {
    using target = rawTarget((key) => `${'HTTP/1.1 103 Early\r\n\r\n'.repeat(100_000)}${RawSocket.accept(key)}\r\n`);
    expect((await open(target.port)).ok).toBe(true);
  });

  test('an early hint is no answer; what comes right behind the 101 is not lost', async () => {
    using target = rawTarget((key) =>
      Buffer.concat([
        Buffer.from(`HTTP/1.1 103 Early\r\n\r\n${RawSocket.accept(key)}\r\n`),
        frame(1, text('hi')),
        frame(8, closePayload(4000, '')),
      ]),
    );
    const opened = await open(target.port);
    if (!opened.ok) throw new Error(opened.failure.reason);
    const heard: unknown[] = [];
    opened.value.listen({ message: (data) => heard.push(data), closed: (code) => heard.push(code) });
    expect(heard).toEqual(['hi', 4000]);
  });
});
