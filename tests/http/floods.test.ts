/** Connections that show no key do not last; those that have shown one do. Both stories at once: each waits twelve seconds. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { liveServer } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { CRLF, openRaw } from '../support/rig-raw.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start(liveServer);
});
afterAll(() => rig[Symbol.asyncDispose]());

const request = (key: string): string =>
  [`GET /jobs HTTP/1.1`, 'Host: localhost', `X-API-Key: ${key}`, '', ''].join(CRLF);

/** A connection that sends this, and perhaps a piece more now and then; `closed` when the server has hung up. */
async function connection(bytes: string, more?: string) {
  const { socket, ...opened } = await openRaw(rig.port, bytes);
  let answers = 0;
  socket.on('data', (chunk) => (answers += chunk.toString('latin1').split('HTTP/1.1 ').length - 1));
  socket.on('error', () => {});
  const dribble = more === undefined ? undefined : setInterval(() => socket.write(more), 500);
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      clearInterval(dribble);
      resolve();
    });
  });
  return { socket, closed, isOpen: () => !socket.destroyed && !socket.closed, answers: () => answers, ...opened };
}

test.concurrent('silent, with half a head, half a body or a wrong key they are closed, while a valid key stays', async () => {
  using valid = await connection(request(rig.key));
  await rig.waitFor('the answer', () => valid.answers() === 1);
  const others = {
    silent: await connection(''),
    'half a head': await connection(`GET /jobs HTTP/1.1${CRLF}Host: localhost${CRLF}`),
    'a header now and then': await connection(`GET /jobs HTTP/1.1${CRLF}Host: localhost${CRLF}`, `X-A: b${CRLF}`),
    'a wrong key': await connection(request('wrong')),
    'half a body': await connection(
      [`POST /exec HTTP/1.1`, 'Host: localhost', 'Content-Length: 100', '', '{"comm'].join(CRLF),
    ),
    'a byte of a body now and then': await connection(
      [`POST /exec HTTP/1.1`, 'Host: localhost', 'Content-Length: 100000', '', '{'].join(CRLF),
      ' ',
    ),
    'a chunk now and then, to an open path': await connection(
      [`GET /health HTTP/1.1`, 'Host: localhost', 'Transfer-Encoding: chunked', '', ''].join(CRLF),
      `1${CRLF}a${CRLF}`,
    ),
  };
  // Opened after the one that stays, and closed before it, each of them.
  await Promise.all(Object.values(others).map(({ closed }) => closed));
  expect(Object.entries(others).map(([name, { answers }]) => [name, answers()])).toEqual([
    ['silent', 0],
    ['half a head', 0],
    ['a header now and then', 0],
    ['a wrong key', 1],
    ['half a body', 1],
    ['a byte of a body now and then', 1],
    ['a chunk now and then, to an open path', 1],
  ]);
  valid.socket.write(request(rig.key));
  await rig.waitFor('the answer to a second request', () => valid.answers() === 2);
  expect(valid.isOpen()).toBe(true);
}, 60_000);

test.concurrent('a stream of events of a valid key outlasts them, too', async () => {
  const job = await rig.exec(rig.commands.hang(rig.marker()));
  const head = [`GET /jobs/${job}/events HTTP/1.1`, 'Host: localhost', `X-API-Key: ${rig.key}`, '', ''].join(CRLF);
  using events = await connection(head);
  await rig.waitFor('its head', () => events.answers() === 1);
  using silent = await connection('');
  await silent.closed;
  expect(events.isOpen()).toBe(true);
}, 60_000);
