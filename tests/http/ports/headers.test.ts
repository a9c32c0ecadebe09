/** Which headers go through to a port and back, and how they are changed. */
import { describe, expect, test } from 'bun:test';
import type { Field } from '../../../src/ports/http/fields.ts';
import { answerHeaders, cookieOf, locationOf } from '../../../src/http/ports/proxy/answer-headers.ts';
import { requestFields } from '../../../src/http/ports/proxy/request-fields.ts';

const HOST = 'box.example:8585';
const request = (headers: Record<string, string>, more: object = {}) =>
  Object.fromEntries(
    requestFields({
      headers: new Headers({ host: HOST, ...headers }),
      port: 3000,
      prefix: '/ports/3000',
      ownAuthorization: false,
      peer: '192.0.2.7',
      keepHost: false,
      ...more,
    }),
  );
const OURS = {
  host: 'localhost:3000',
  'x-forwarded-for': '192.0.2.7',
  'x-forwarded-host': HOST,
  'x-forwarded-proto': 'http',
  'x-forwarded-prefix': '/ports/3000',
};

describe('of a request', () => {
  const cases: readonly [string, Record<string, string>, Record<string, string>][] = [
    ['what the client says goes through', { 'x-own': 'a', accept: 'text/x' }, { 'x-own': 'a', accept: 'text/x' }],
    ['the key does not', { 'x-api-key': 'secret' }, {}],
    ['nor does the token of the tunnel', { 'x-tunnel-authorization': 'tunnel secret' }, {}],
    ['of another kind of authorization it does', { authorization: 'Basic abc' }, { authorization: 'Basic abc' }],
    ['what is about the connection does not', { connection: 'x-mine, keep-alive', 'x-mine': '1', te: 'trailers' }, {}],
    ['nor what makes another body of it', { 'transfer-encoding': 'chunked', upgrade: 'h2c' }, {}],
    ['who asked is what we see', { 'x-forwarded-for': '10.0.0.1', forwarded: 'for=1', 'x-real-ip': '1' }, {}],
    ['even where Connection names it', { connection: 'host, x-forwarded-for' }, {}],
    [
      'our cookies stay here',
      { cookie: 'a=1; agent-server-port=s; __Host-agent-server-port=s; b=2' },
      { cookie: 'a=1; b=2' },
    ],
    ['a cookie of that kind alone leaves none', { cookie: 'agent-server-port=s' }, {}],
    ['Origin of ours is that of the target', { origin: `http://${HOST}` }, { origin: 'http://localhost:3000' }],
    ['Origin of others is theirs', { origin: 'http://elsewhere.example' }, { origin: 'http://elsewhere.example' }],
    [
      'so is Referer, without our path',
      { referer: `http://${HOST}/ports/3000/a?b` },
      { referer: 'http://localhost:3000/a?b' },
    ],
    ['an encoding that the client takes', { 'accept-encoding': 'br' }, { 'accept-encoding': 'br' }],
  ];
  test.each(cases)('%s', (_what, given, passed) => {
    expect(request(given)).toEqual({ ...OURS, ...passed });
  });

  test('a Bearer that is a key of this server does not go through', () => {
    expect(request({ authorization: 'Bearer secret' }, { ownAuthorization: true })).toEqual(OURS);
  });

  test('with the host kept, Host and Origin are as they came', () => {
    const origin = `http://${HOST}`;
    expect(request({ origin }, { keepHost: true })).toEqual({ ...OURS, host: HOST, origin });
  });
});

describe('of an answer', () => {
  const answer = (headers: readonly Field[]) => [
    ...answerHeaders({ fields: headers, port: 3000, prefix: '/ports/3000', rest: '/in/it', host: HOST }),
  ];
  const SANDBOX: [string, string][] = [
    ['content-security-policy', 'sandbox'],
    ['x-content-type-options', 'nosniff'],
  ];

  test('all of it has no origin, whatever policy it has of its own', () => {
    expect(answer([['content-security-policy', "default-src 'self'"]])).toEqual([
      ['content-security-policy', "default-src 'self', sandbox"],
      ['x-content-type-options', 'nosniff'],
    ]);
  });

  test('nothing acts on the origin of the console', () => {
    const names = [
      'Clear-Site-Data',
      'Strict-Transport-Security',
      'Service-Worker-Allowed',
      'Alt-Svc',
      'Report-To',
      'NEL',
    ];
    expect(answer(names.map((name) => [name.toLowerCase(), 'x']))).toEqual(SANDBOX);
  });

  test('what is about the connection ends with it', () => {
    expect(
      answer([
        ['connection', 'x-mine'],
        ['x-mine', '1'],
        ['keep-alive', 'timeout=5'],
        ['x-own', '1'],
      ]),
    ).toEqual(expect.arrayContaining([['x-own', '1'], ...SANDBOX]));
    expect(
      answer([
        ['connection', 'x-mine'],
        ['x-mine', '1'],
        ['keep-alive', 'timeout=5'],
      ]),
    ).toEqual(SANDBOX);
  });

  test('each cookie goes through but ours', () => {
    const found = answer([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'agent-server-port=forged'],
      ['set-cookie', 'b=2'],
    ]);
    expect(found.filter(([name]) => name === 'set-cookie').map(([, value]) => value)).toEqual(['a=1', 'b=2']);
  });

  const locations: readonly [string, string][] = [
    ['/login', '/ports/3000/login'],
    ['/', '/ports/3000/'],
    ['login?x=1#y', 'login?x=1#y'],
    ['../up', '../up'],
    ['http://localhost:3000/a?b#c', '/ports/3000/a?b#c'],
    ['http://127.0.0.1:3000/a', '/ports/3000/a'],
    ['http://[::1]:3000/', '/ports/3000/'],
    [`http://${HOST}/ports/3000/a`, '/ports/3000/a'],
    ['http://localhost:3001/a', 'http://localhost:3001/a'],
    ['https://elsewhere.example/ports/3000/', 'https://elsewhere.example/ports/3000/'],
    ['//elsewhere.example/', '//elsewhere.example/'],
    ['/\\elsewhere.example/', '/\\elsewhere.example/'],
    ['/ports/3000/already', '/ports/3000/already'],
    ['?x=../../../jobs', '?x=../../../jobs'],
    ['/a|b', '/ports/3000/a|b'],
    // Above the root of the target is this server, to a client that brings its key along.
    ['../../jobs', '/ports/3000/jobs'],
    ['../../../jobs?all=1', '/ports/3000/jobs?all=1'],
    ['/../../jobs', '/ports/3000/jobs'],
    ['/ports/3000/../../jobs', '/ports/3000/jobs'],
    ['/ports/3000/../3001/', '/ports/3000/ports/3001/'],
    ['/%2e%2E/.%2e/jobs', '/ports/3000/jobs'],
    ['..\\..\\jobs', '/ports/3000/jobs'],
    ['/.\t./.\t./jobs', '/ports/3000/jobs'],
    ['http:/jobs', '/ports/3000/jobs'],
    ['http:jobs', 'http:jobs'],
    ['https:/jobs', '/ports/3000/'],
    ['hTTp:..\\..\\jobs', '/ports/3000/jobs'],
    [`http://${HOST}/../jobs`, '/ports/3000/jobs'],
  ];
  test.each(locations)('Location %s → %s', (given, passed) => {
    expect(locationOf(given, { port: 3000, prefix: '/ports/3000', rest: '/in/it?q=/', host: HOST })).toBe(passed);
  });

  const cookies: readonly [string, string][] = [
    ['a=1', 'a=1'],
    ['a=1; Path=/; HttpOnly', 'a=1; Path=/ports/3000/; HttpOnly'],
    ['a=1; path=/x; Domain=localhost', 'a=1; Path=/ports/3000/x'],
    ['a=1; Domain=.localhost; Secure', 'a=1; Secure'],
    ['a=1; Domain=elsewhere.example', 'a=1; Domain=elsewhere.example'],
    ['a=b=c; Path=/', 'a=b=c; Path=/ports/3000/'],
  ];
  test.each(cookies)('Set-Cookie %s → %s', (given, passed) => {
    expect(cookieOf(given, '/ports/3000')).toBe(passed);
  });
});
