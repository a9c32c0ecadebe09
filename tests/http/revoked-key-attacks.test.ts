/** What the holder of a key prepares for the time when it is revoked, on a real server: slow bodies, a reader that reads nothing. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { connect } from 'node:net';
import type { JobResource } from '../../src/protocol/job.ts';
import type { MadeKey } from '../../src/protocol/keys.ts';
import { liveServer } from '../support/doors.ts';
import { CRLF } from '../support/rig-raw.ts';
import { Rig } from '../support/rig.ts';
import { TerminalClient } from '../support/terminal-client.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start(liveServer, { flags: { 'terminal-shell': 'sh' } });
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const addKey = (): Promise<MadeKey> =>
  rig.post<MadeKey>('/keys', { name: crypto.randomUUID(), scopes: ['observe', 'run'] });
const revoke = (id: string) => rig.ask(`/keys/${id}`, { method: 'DELETE' });

test.each(['Content-Length: 40', 'Transfer-Encoding: chunked'])(
  'a command whose end is sent after the key has ended is not run (%s)',
  async (length) => {
    const { id, key } = await addKey();
    const marker = `late-${crypto.randomUUID().slice(0, 8)}`;
    const text = JSON.stringify({ command: `echo ${marker}` }).padEnd(40);
    const chunked = length.startsWith('Transfer');
    const piece = (part: string) => (chunked ? `${part.length.toString(16)}${CRLF}${part}${CRLF}` : part);
    const socket = connect(rig.port, '127.0.0.1');
    let got = '';
    socket.on('data', (data) => (got += data.toString()));
    socket.on('error', () => {});
    const over = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    socket.write(
      [`POST /exec HTTP/1.1`, `Host: 127.0.0.1:${rig.port}`, `X-API-Key: ${key}`, length, '', ''].join(CRLF) +
        piece(text.slice(0, 20)),
    );
    // A request on the same server that comes after it, so that the head of the first has been read.
    await rig.waitFor('the key to be used', async () => {
      const keys = await rig.get<{ readonly id: string; readonly lastUsedAt: number | null }[]>('/keys');
      return keys.some((one) => one.id === id && one.lastUsedAt !== null);
    });
    await revoke(id);
    socket.write(piece(text.slice(20)) + (chunked ? `0${CRLF}${CRLF}` : ''));
    await rig.waitFor('an answer', () => got.includes(CRLF));
    socket.end();
    await over;
    expect(got).toStartWith('HTTP/1.1 401');
    expect(JSON.stringify(await rig.get<JobResource[]>('/jobs'))).not.toContain(marker);
  },
);

test('a download that has begun breaks off with its key; those of others get all of it', async () => {
  const bytes = 64_000_000;
  const job = await rig.run(`head -c ${bytes} /dev/zero`);
  const { id, key } = await addKey();
  const path = `/jobs/${job.jobId}/output`;
  const other = rig.request(path);
  const socket = connect(rig.port, '127.0.0.1');
  let [got, end] = [0, ''];
  const over = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.on('error', () => {});
  socket.on('data', (data) => {
    if (got === 0) socket.pause();
    got += data.length;
    end = data.slice(-5).toString();
  });
  socket.write([`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${rig.port}`, `X-API-Key: ${key}`, '', ''].join(CRLF));
  await rig.waitFor('its beginning', () => got > 0);
  await revoke(id);
  socket.resume();
  await over;
  expect(got).toBeLessThan(bytes);
  // Not the chunk that says that this was all.
  expect(end).not.toBe(`0${CRLF}${CRLF}`);
  expect((await (await other).bytes()).length).toBe(bytes);
});

test('the length of an output is known beforehand where it is asked for, or is sent at once', async () => {
  const job = await rig.run('head -c 2000000 /dev/zero');
  const lengthOf = async (init: RequestInit, from = 0) => {
    const answer = await rig.request(`/jobs/${job.jobId}/output`, { ...init, headers: { range: `bytes=${from}-` } });
    const length = answer.headers.get('content-length');
    return { range: answer.headers.get('content-range'), length, got: (await answer.bytes()).length };
  };
  const range = 'bytes 0-1999999/2000000';
  expect(await lengthOf({ method: 'HEAD' })).toEqual({ range, length: '2000000', got: 0 });
  expect(await lengthOf({})).toEqual({ range, length: null, got: 2_000_000 });
  expect(await lengthOf({}, 1_999_000)).toMatchObject({ length: '1000', got: 1000 });
});

test('a socket that reads nothing is let go with its key: its terminal ends', async () => {
  const { id, key } = await addKey();
  using client = await TerminalClient.open(`${rig.url}/terminal?command=yes`, { headers: { 'X-API-Key': key } });
  await client.printed('y');
  client.stopReading();
  expect(await rig.get<unknown[]>('/terminals')).toHaveLength(1);
  await revoke(id);
  await rig.waitFor('no terminal', async () => (await rig.get<unknown[]>('/terminals')).length === 0);
});

test('what the server says in its log never holds a key', async () => {
  const { id, key } = await addKey();
  await rig.ask('/jobs', { key });
  await rig.ask(`/keys/${id}/rotate`, { method: 'POST' });
  await rig.ask('/jobs', { key });
  await revoke(id);
  expect(rig.process.said()).not.toContain(key);
});
