/** What somebody may send on purpose: to the proxy, byte by byte, or as the answer of a port. The server is a whole one. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { connect } from 'node:net';
import { liveServer } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';
import { waitFor } from '../../support/wait.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start(liveServer);
});
afterAll(() => rig[Symbol.asyncDispose]());

/** All that a port hears, and how many of its connections are open; it answers when it has heard `after`. */
function port(answer: string, { after = '\r\n\r\n', end = false } = {}) {
  let heard = '';
  let open = 0;
  const target = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open: () => void (open += 1),
      close: () => void (open -= 1),
      data(socket, data) {
        heard += data.toString('latin1');
        if (!heard.includes(after)) return;
        socket.write(Buffer.from(answer, 'latin1'));
        if (end) socket.end();
      },
    },
  });
  return {
    port: target.port,
    get heard() {
      return heard;
    },
    get open() {
      return open;
    },
    [Symbol.dispose]: () => target.stop(true),
  };
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Sends that as it is, and hears what comes back until there are so many characters, or the end. */
async function raw(text: string, until: (heard: string) => boolean = (heard) => heard.includes('\r\n\r\n')) {
  const socket = connect({ host: '127.0.0.1', port: rig.port });
  let heard = '';
  let ended = false;
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString('latin1')));
  socket.on('error', () => {});
  socket.on('close', () => (ended = true));
  socket.write(Buffer.from(text, 'latin1'));
  await waitFor('an answer', () => ended || until(heard));
  socket.destroy();
  return heard;
}

/** A request of a client for that port. */
const asked = (to: number, lines: readonly string[], { method = 'GET', path = '/', body = '' } = {}) =>
  [
    `${method} /ports/${to}${path} HTTP/1.1`,
    `Host: 127.0.0.1:${rig.port}`,
    `X-API-Key: ${rig.key}`,
    ...lines,
    '',
    body,
  ].join('\r\n');

const statusOf = (answer: string) => Number(answer.split(' ')[1]);

describe('what a client sends', () => {
  const smuggled = 'GET /ports/1/ HTTP/1.1\r\nHost: smuggled\r\n\r\n';
  const doubtful: readonly [string, readonly string[], string][] = [
    ['a length and chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`],
    ['chunks and a length', ['Transfer-Encoding: chunked', 'Content-Length: 5'], `0\r\n\r\n${smuggled}`],
    ['two lengths', ['Content-Length: 1', 'Content-Length: 2'], `xx${smuggled}`],
    ['a length that is none', ['Content-Length: +1'], `x${smuggled}`],
    ['a coding that is none', ['Transfer-Encoding: xchunked'], `0\r\n\r\n${smuggled}`],
    ['a header without a name', [': x'], ''],
    ['a header with a space before the colon', ['Transfer-Encoding : chunked'], `0\r\n\r\n${smuggled}`],
  ];
  test.each(doubtful)('%s: refused, or one request for the port as for us', async (_what, lines, body) => {
    using target = port(OK);
    const answer = await raw(asked(target.port, lines, { method: 'POST', body }));
    expect(answer).toStartWith('HTTP/1.1 ');
    // Whatever the port hears is one request, framed in one way, and nothing of it is what was smuggled in.
    expect(target.heard).not.toContain('smuggled');
    expect(target.heard.match(/HTTP\/1\.1\r\n/g)?.length ?? 0).toBeLessThanOrEqual(1);
    const framing = target.heard.match(/^(content-length|transfer-encoding):/gim) ?? [];
    expect(framing.length).toBeLessThanOrEqual(1);
  });

  test('encoded line ends stay encoded, in the path and in a header', async () => {
    using target = port(OK);
    const path = '/a%0d%0aX-Injected:%201?b=%0d%0aX-Injected:%202';
    await raw(asked(target.port, ['X-Kept: %0d%0aX-Injected: 3'], { path }));
    expect(target.heard).toContain(`GET ${path} HTTP/1.1\r\n`);
    expect(target.heard).not.toMatch(/^x-injected/im);
    expect(target.heard).toMatch(/^x-kept: %0d%0aX-Injected: 3\r$/im);
  });

  test('headers of the connection end with it, also those that it names; what is ours stays here', async () => {
    using target = port(OK);
    const lines = [
      'Connection: keep-alive, X-Secret, Authorization',
      'X-Secret: 1',
      'Keep-Alive: timeout=1',
      'TE: trailers',
      'Proxy-Authorization: Basic eA==',
      `Authorization: Bearer ${rig.key}`,
      'X-Tunnel-Authorization: tunnel t',
      'X-Forwarded-For: 6.6.6.6',
      'X-Forwarded-Host: evil.example',
      'Forwarded: for=6.6.6.6',
      'Cookie: a=1; agent-server-port=secret; b=2',
    ];
    await raw(asked(target.port, lines));
    for (const gone of [
      'x-secret',
      'keep-alive:',
      'te:',
      'proxy-authorization',
      'authorization',
      'x-api-key',
      'forwarded: for',
    ])
      expect(target.heard.toLowerCase()).not.toContain(`\r\n${gone}`);
    for (const gone of [rig.key, '6.6.6.6', 'evil.example', 'secret']) expect(target.heard).not.toContain(gone);
    expect(target.heard).toMatch(/^x-forwarded-for: 127\.0\.0\.1\r$/im);
    expect(target.heard).toMatch(/^cookie: a=1; b=2\r$/im);
  });

  test('an upgrade to something else goes through as a request without it', async () => {
    using target = port(OK);
    const lines = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
    expect(statusOf(await raw(asked(target.port, lines)))).toBe(200);
    expect(target.heard.toLowerCase()).not.toMatch(/^(upgrade|http2-settings):/m);
  });

  test('a body that is shorter than it says: the port does not get the whole of one', async () => {
    using target = port(OK, { after: 'never' });
    const socket = connect({ host: '127.0.0.1', port: rig.port });
    socket.on('error', () => {});
    socket.write(asked(target.port, ['Content-Length: 10'], { method: 'POST', body: 'half.' }));
    await waitFor('the half', () => target.heard.includes('half.'));
    socket.destroy();
    await waitFor('no connection', () => target.open === 0);
    expect(target.heard).toEndWith('half.');
  });
});

describe('what a port answers', () => {
  test('duplicates stay, as far as they say something; what is between us and it goes', async () => {
    using target = port(
      [
        'HTTP/1.1 200 Fine',
        'Set-Cookie: a=1',
        'Set-Cookie: b=2; Path=/',
        'Link: </a>',
        'Link: </b>',
        'Connection: X-Hop',
        'X-Hop: 1',
        'Content-Length: 2',
        '',
        'ok',
      ].join('\r\n'),
    );
    const answer = await raw(asked(target.port, []), (heard) => heard.endsWith('ok'));
    expect(answer).toMatch(/^set-cookie: a=1\r$/im);
    expect(answer).toMatch(new RegExp(`^set-cookie: b=2; Path=/ports/${target.port}/\\r$`, 'im'));
    expect(answer).toMatch(/^link: <\/a>, <\/b>\r$/im);
    expect(answer).not.toMatch(/^x-hop:/im);
  });

  const lies: readonly [string, string][] = [
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ],
    ['more than its length', `${OK}HTTP/1.1 200 OK\r\nX-Smuggled: 1\r\nContent-Length: 4\r\n\r\nevil`],
    ['a broken chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n'],
    ['a line end in a header', 'HTTP/1.1 200 OK\r\nX-A: 1\rX-Injected: 2\r\nContent-Length: 2\r\n\r\nok'],
    ['a length below zero', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok'],
    ['a status that is none', 'HTTP/1.1 99 Low\r\nContent-Length: 2\r\n\r\nok'],
  ];
  test.each(lies)('%s: one answer, framed in one way, or none', async (_what, bytes) => {
    using target = port(bytes, { end: true });
    // To its end.
    const answer = await raw(asked(target.port, ['Connection: close']), () => false);
    expect([200, 502]).toContain(statusOf(answer));
    const [head = '', body] = answer.split('\r\n\r\n');
    // Without the end of a head it was broken off, and nobody takes it for one.
    const framing = head.match(/^(content-length|transfer-encoding):/gim) ?? [];
    expect(framing).toHaveLength(body === undefined ? 0 : 1);
    expect(answer).not.toMatch(/^x-(injected|smuggled):/im);
    expect(answer).not.toContain('evil');
  });

  test('interim answers are no answers', async () => {
    using target = port(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`);
    expect(statusOf(await raw(asked(target.port, [])))).toBe(200);
  });

  test('the first part of a body with a length comes at once', async () => {
    using target = port('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst');
    const answer = await raw(asked(target.port, []), (heard) => heard.includes('first'));
    expect(answer).toContain('first');
    await waitFor('no connection', () => target.open === 0);
  });
});
