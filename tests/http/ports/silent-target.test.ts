/** A port that does not come to the end of its headers: a limit of time, and one of bytes. */
import { describe, expect, test } from 'bun:test';
import { bareProxy } from '../../support/bare-proxy.ts';
import { RawTarget } from '../../support/raw-target.ts';
import { waitFor } from '../../support/wait.ts';

const silence: readonly [string, string][] = [
  ['nothing', ''],
  ['half a status line', 'HTTP/1.1 200'],
  ['half of its headers', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n'],
  ['that it is about to answer', 'HTTP/1.1 100 Continue\r\n\r\n'],
];
test.each(silence)('a port that says %s: 504, and it is let go of', async (_what, bytes) => {
  using target = await RawTarget.answers(bytes);
  using proxy = bareProxy(target.port, { answerSeconds: 0.2 });
  const answer = await fetch(proxy.url);
  expect([answer.status, await answer.json()]).toEqual([
    504,
    { error: `port ${target.port} did not answer within 0.2 s` },
  ]);
  await waitFor('no connection', () => target.open === 0);
  expect(proxy.slots.taken).toBe(0);
});

test('each request on a connection has the whole time: also one after that time has passed, and one to which nothing is said', async () => {
  using target = await RawTarget.start((connection, nth) => {
    if (nth < 3) connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  });
  using proxy = bareProxy(target.port, { answerSeconds: 0.2 });
  expect(await (await fetch(proxy.url)).text()).toBe('ok');
  const later = performance.now() + 300;
  await waitFor('that time to pass', () => performance.now() > later);
  expect(await (await fetch(proxy.url)).text()).toBe('ok');
  expect((await fetch(proxy.url)).status).toBe(504);
  expect(target.connections).toHaveLength(1);
  await waitFor('no connection', () => target.open === 0);
});

test('the time begins with the last byte that was sent: a slow upload is no silence', async () => {
  using target = await RawTarget.start(async (connection) => {
    await waitFor('all of it', () => connection.heard.endsWith('end\r\n0\r\n\r\n'));
    connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  });
  using proxy = bareProxy(target.port, { answerSeconds: 1 });
  const begun = performance.now();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await Bun.sleep(20);
      const isOver = performance.now() - begun > 1500;
      controller.enqueue(Buffer.from(isOver ? 'end' : 'x'));
      if (isOver) controller.close();
    },
  });
  const answer = await fetch(proxy.url, { method: 'PUT', body });
  expect([answer.status, await answer.text()]).toEqual([200, 'ok']);
});

test('a port that goes on saying that it is about to: 504', async () => {
  using target = await RawTarget.start(async (connection) => {
    while (!connection.closed) {
      connection.send('HTTP/1.1 100 Continue\r\n\r\n');
      await Bun.sleep(5);
    }
  });
  using proxy = bareProxy(target.port, { answerSeconds: 0.2 });
  expect((await fetch(proxy.url)).status).toBe(504);
  await waitFor('no connection', () => target.open === 0);
});

test('thousands of such words at once, and then the answer: it is the answer', async () => {
  const early = 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(50_000);
  using target = await RawTarget.answers(`${early}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`);
  using proxy = bareProxy(target.port);
  const answer = await fetch(proxy.url);
  expect([answer.status, await answer.text()]).toEqual([200, 'ok']);
});

describe('headers without an end: 502, long before they fill the memory', () => {
  const MIB = 1024 * 1024;
  const endless: readonly [string, string, string][] = [
    ['one that goes on', 'HTTP/1.1 200 OK\r\nX-Long: ', 'x'.repeat(MIB)],
    ['one after the other', 'HTTP/1.1 200 OK\r\n', `X-Next: ${'x'.repeat(1022)}\r\n`.repeat(1024)],
    ['a status line that goes on', 'HTTP/1.1 200 ', 'O'.repeat(MIB)],
  ];
  test.each(endless)('%s', async (_what, beginning, piece) => {
    using target = await RawTarget.start((connection) => {
      connection.send(beginning);
      void connection.pour(Buffer.from(piece), 200);
    });
    using proxy = bareProxy(target.port);
    expect((await fetch(proxy.url)).status).toBe(502);
    await waitFor('no connection', () => target.open === 0);
    expect(target.connections[0]?.written).toBeLessThan(64 * MIB);
  });
});
