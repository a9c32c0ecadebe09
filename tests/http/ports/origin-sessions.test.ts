/** Browsers that were let in to a port, on a manual clock; and the names of ports. */
import { describe, expect, test } from 'bun:test';
import type { Caller } from '../../../src/http/caller.ts';
import { LiveExchanges } from '../../../src/http/live-exchanges.ts';
import { PortHosts, type PortHost } from '../../../src/http/ports/origin/port-host.ts';
import { PortSessions } from '../../../src/http/ports/origin/sessions.ts';
import { cookieValues, isPortCookie } from '../../../src/http/ports/proxy/cookies.ts';
import { Tickets } from '../../../src/http/tickets/tickets.ts';
import { FakeClock } from '../../support/sandbox.ts';

const caller: Caller = { keyId: 'a', scopes: new Set(['ports']) };
const host = (header: string): PortHost => {
  const read = new PortHosts(undefined).read(header);
  if (read === undefined) throw new Error(`no host of a port: ${header}`);
  return read;
};
const P3000 = host('p3000.localhost:8585');

function world() {
  const clock = new FakeClock();
  const live = new LiveExchanges();
  return { clock, live, sessions: new PortSessions({ clock, live }) };
}

describe('sessions', () => {
  test('good for 12 hours, not for a millisecond more', () => {
    const { clock, sessions, live } = world();
    const cookie = sessions.begin(caller, P3000);
    clock.advance(12 * 3_600_000 - 1);
    expect(sessions.callerOf([cookie], P3000)).toBe(caller);
    clock.advance(1);
    expect(sessions.callerOf([cookie], P3000)).toBeUndefined();
    expect([sessions.count, live.count('a')]).toEqual([0, 0]);
  });

  test('good for that host alone, beside any others', () => {
    const { sessions } = world();
    const cookie = sessions.begin(caller, P3000);
    for (const other of ['p3001.localhost:8585', 'p3000.localhost', 'p3000.localhost:8586'])
      expect(sessions.callerOf([cookie], host(other))).toBeUndefined();
    expect(sessions.callerOf(['', 'x', cookie.toLowerCase(), `${cookie}x`], P3000)).toBeUndefined();
    expect(sessions.callerOf(['x', cookie], P3000)).toBe(caller);
  });

  test('its key ends, others stay', () => {
    const { sessions, live } = world();
    const [mine, other] = [sessions.begin(caller, P3000), sessions.begin({ ...caller, keyId: 'b' }, P3000)];
    live.end('a');
    expect(sessions.callerOf([mine], P3000)).toBeUndefined();
    expect(sessions.callerOf([other], P3000)?.keyId).toBe('b');
    expect([live.count('a'), live.count('b')]).toEqual([0, 1]);
  });

  test('beyond the limit the oldest is dropped', () => {
    const { sessions, live } = world();
    const cookies = Array.from({ length: 1001 }, () => sessions.begin(caller, P3000));
    expect([sessions.count, live.count('a')]).toEqual([1000, 1000]);
    expect(sessions.callerOf(cookies.slice(0, 1), P3000)).toBeUndefined();
    expect(sessions.callerOf(cookies.slice(1, 2), P3000)).toBe(caller);
  });

  test('a cookie has 256 random bits', () => {
    const random = (size: number) => new Uint8Array(size).fill(0xff);
    const sessions = new PortSessions({ clock: new FakeClock(), live: new LiveExchanges(), random });
    expect(sessions.begin(caller, P3000)).toBe(`${'_'.repeat(42)}8`);
  });
});

describe('tickets', () => {
  test('for one use: trying another neither opens anything nor uses it up; 60 seconds', () => {
    const clock = new FakeClock();
    const tickets = new Tickets(clock);
    const ticket = tickets.issue(caller, 'http://p3000.localhost');
    for (const use of [undefined, 'http://p3001.localhost', '']) expect(tickets.redeem(ticket, use)).toBeUndefined();
    clock.advance(59_999);
    expect(tickets.redeem(ticket, 'http://p3000.localhost')).toBe(caller);
    expect(tickets.redeem(ticket, 'http://p3000.localhost')).toBeUndefined();
    const late = tickets.issue(caller, 'x');
    clock.advance(60_000);
    expect(tickets.redeem(late, 'x')).toBeUndefined();
  });
});

describe('hosts', () => {
  const PUBLIC = new PortHosts('https://ports.example.com:8443');

  test.each([
    ['p3000.localhost:8585', 'http://p3000.localhost:8585'],
    ['p1.localhost', 'http://p1.localhost'],
    ['p65535.localhost:80', 'http://p65535.localhost'],
    // As the proxy before it may have it.
    ['p3000.ports.example.com', 'https://p3000.ports.example.com:8443'],
    ['p3000.ports.example.com:8443', 'https://p3000.ports.example.com:8443'],
  ])('%s is %s', (header, origin) => {
    expect(PUBLIC.read(header)?.origin).toBe(origin);
  });

  test.each([
    null,
    '',
    'localhost',
    'ports.example.com',
    'p3000.example.com',
    'p3000.xports.example.com',
    'p3000.ports.example.com.',
    'p3000.ports.example.com.evil',
    'P3000.ports.example.com',
    'p3000.PORTS.example.com',
    'p03000.ports.example.com',
    'p0.ports.example.com',
    'p65536.ports.example.com',
    'p3000.p3000.localhost',
    'p3000.localhost:',
    'p3000.localhost:65536',
    'p3000.localhost:8585\n',
    ' p3000.localhost',
    'p3000.localhost, p3000.localhost',
    'p３000.localhost',
    'p3000.localhost/x',
    'p3000.localhost#',
    'a@p3000.localhost',
  ])('%p is none', (header) => {
    expect(PUBLIC.read(header)).toBeUndefined();
  });

  test('where a browser finds one: as this server was asked on loopback, or under the name that was set', () => {
    const local = new PortHosts(undefined);
    for (const asked of ['localhost:8585', '127.0.0.1:8585', '[::1]:8585'])
      expect(local.of(3000, asked)?.origin).toBe('http://p3000.localhost:8585');
    expect(local.of(3000, 'localhost')?.origin).toBe('http://p3000.localhost');
    for (const asked of [null, '10.0.0.1:8585', 'box.example', 'p1.localhost:8585'])
      expect(local.of(3000, asked)).toBeUndefined();
    expect(PUBLIC.of(3000, '10.0.0.1:8585')?.origin).toBe('https://p3000.ports.example.com:8443');
    expect(new PortHosts('http://box:8585').of(3000, 'box:8585')).toMatchObject({
      origin: 'http://p3000.box:8585',
      scheme: 'http',
    });
  });
});

test('our cookies, however a target or a page spells them', () => {
  for (const pair of [
    'agent-server-port=x',
    ' agent-server-port =x',
    'agent-server-port',
    '=agent-server-port=x',
    '==agent-server-port=x',
    'AGENT-SERVER-PORT=x',
    '\t__Host-agent-server-port=x',
    '__HOST-agent-server-port=x',
  ])
    expect(isPortCookie(pair), pair).toBe(true);
  for (const pair of ['a=agent-server-port', 'agent-server-ports=x', 'x-agent-server-port=x', '', '='])
    expect(isPortCookie(pair), pair).toBe(false);
  expect(cookieValues('a=1; n=one; N=two;n=three; =n=four; n', 'n')).toEqual(['one', 'three']);
  expect(cookieValues(null, 'n')).toEqual([]);
});
