/** What goes over the wire to a dashboard, and what never does. */
import { describe, expect, test } from 'bun:test';
import { addressAt, dashboardAt, type RegisterBody } from '../../src/tunnel/registration/dashboard.ts';
import { FakeDashboard } from './fake-dashboard.ts';
import { CERTIFICATE, PRIVATE_KEY } from './self-signed.ts';

const BODY: RegisterBody = {
  name: 'box',
  tunnel_url: 'http://localhost:1',
  terminal_url: 'http://localhost:2',
  challenge_code: 'ABC-1234',
  api_key: 'the-key-of-this-server',
};
const never = new AbortController().signal;

test('an error is told with the beginning of its body, and without what was sent in secret', async () => {
  await using fake = new FakeDashboard();
  fake.instead.push(() => new Response(`${BODY.api_key} is bad${' x'.repeat(500)}`, { status: 422 }));
  const reply = await dashboardAt(fake.url).register(BODY, never);
  expect(reply).toMatchObject({ ok: false, failure: { reason: 'http', status: 422 } });
  if (reply.ok || reply.failure.reason !== 'http') throw new Error('it is a refusal');
  expect(reply.failure.detail).toStartWith('(a secret) is bad x x');
  expect(reply.failure.detail.length).toBe(200);
});

test('a redirect is not followed: the key is for one address', async () => {
  await using other = new FakeDashboard();
  await using fake = new FakeDashboard();
  fake.instead.push(() => Response.redirect(`${other.url}/api/register`, 307));
  const reply = await dashboardAt(fake.url).register(BODY, never);
  const detail = `it redirects to ${other.url}/api/register`;
  expect(reply).toEqual({ ok: false, failure: { reason: 'http', status: 307, detail } });
  expect(other.asked).toEqual([]);
});

test.each([
  ['a page', '<html>'],
  ['nothing', ''],
  ['half of it', '{"id": 1'],
])('an answer that is %s is not that of a dashboard', async (_what, text) => {
  await using fake = new FakeDashboard();
  fake.instead.push(() => new Response(text));
  const reply = await dashboardAt(fake.url).register(BODY, never);
  expect(reply).toMatchObject({ ok: false, failure: { reason: 'unreachable' } });
});

test.each([
  ['a list', '[1]'],
  ['null', 'null'],
])('an answer that is %s says nothing', async (_what, text) => {
  await using fake = new FakeDashboard();
  fake.instead.push(() => new Response(text));
  const reply = await dashboardAt(fake.url).register(BODY, never);
  expect(reply.ok && reply.value['id'] === undefined).toBe(true);
});

describe('an answer without end is not read to its end', () => {
  const blanks = () => new ReadableStream({ pull: (out) => out.enqueue(new Uint8Array(64 * 1024).fill(0x20)) });
  test.each([
    ['as it is', () => new Response(blanks())],
    [
      'compressed a thousand times over',
      () =>
        new Response(blanks().pipeThrough(new CompressionStream('gzip')), { headers: { 'content-encoding': 'gzip' } }),
    ],
    ['as an error', () => new Response(blanks(), { status: 400 })],
  ])('%s', async (_how, answer) => {
    await using fake = new FakeDashboard();
    fake.instead.push(answer);
    expect(await dashboardAt(fake.url).register(BODY, never)).toMatchObject({ ok: false });
  });
});

test('the address may have a path and a query of its own', () => {
  expect(addressAt('https://dash.example', '/devboxes')).toBe('https://dash.example/devboxes');
  expect(addressAt('https://dash.example/team/?a=%20&b', '/devboxes')).toBe(
    'https://dash.example/team/devboxes?a=%20&b',
  );
});

test('an id may have any character', async () => {
  await using fake = new FakeDashboard();
  expect(await dashboardAt(fake.url).status('../17?x', never)).toMatchObject({
    ok: false,
    failure: { reason: 'http', status: 404 },
  });
});

test('nothing listens there, or the question is called off', async () => {
  const gone = new FakeDashboard();
  const { url } = gone;
  await gone[Symbol.asyncDispose]();
  expect(await dashboardAt(url).register(BODY, never)).toMatchObject({ failure: { reason: 'unreachable' } });
  await using fake = new FakeDashboard();
  const stop = new AbortController();
  fake.instead.push(() => {
    stop.abort();
    return new Response('too late');
  });
  expect(await dashboardAt(fake.url).register(BODY, stop.signal)).toMatchObject({ ok: false });
});

describe('a certificate that nobody vouches for is refused', () => {
  test.each([
    ['as usual', {}],
    ['also where the environment says otherwise', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }],
  ])('%s', async (_how, env) => {
    let asked = 0;
    using server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      tls: { cert: CERTIFICATE, key: PRIVATE_KEY },
      fetch() {
        asked += 1;
        return Response.json({ id: 1 });
      },
    });
    const module = new URL('../../src/tunnel/registration/dashboard.ts', import.meta.url).pathname;
    const script = `const { dashboardAt } = await import(${JSON.stringify(module)});
        const url = 'https://localhost:${server.port}';
        console.log(JSON.stringify(await dashboardAt(url).register({}, new AbortController().signal)));`;
    const child = Bun.spawn([process.execPath, '-e', script], { env: { PATH: process.env['PATH'], ...env } });
    expect(JSON.parse(await new Response(child.stdout).text())).toMatchObject({ failure: { reason: 'unreachable' } });
    expect(asked).toBe(0);
  });
});
