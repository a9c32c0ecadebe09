/** What is read off the output of devtunnel, and what is made for it. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { readToken, renewalOf } from '../../src/tunnel/devtunnel/read-token.ts';
import { defaultTunnelId } from '../../src/tunnel/devtunnel/tunnel-id.ts';
import { findTunnelUrls, terminalUrlOf } from '../../src/tunnel/devtunnel/tunnel-urls.ts';
import { newChallengeCode } from '../../src/tunnel/registration/challenge-code.ts';

const PORTS = { main: 8585, terminal: 8586 };
const base = (name: string) => `https://${name}.euw.devtunnels.ms`;

describe('the address of the main port', () => {
  test.each([
    ['both forms', `${base('a')}:8585, ${base('a-8585')}`, base('a-8585')],
    ['the form with :PORT alone', `${base('a')}:8585/`, `${base('a')}:8585`],
    [
      'the terminal port first',
      `${base('a')}:8586, ${base('a-8586')}\n${base('a')}:8585, ${base('a-8585')}`,
      base('a-8585'),
    ],
    ['the inspection first', `${base('a-8585-inspect')}\n${base('a-8585')}`, base('a-8585')],
    ['no port at all', `see ${base('a')}.`, base('a')],
    ['in brackets, with a slash', `<${base('a-8585')}/>`, base('a-8585')],
    [
      'a tunnel whose name ends like the port, as by default',
      `${base('devpilot-box-8585')}:8586, ${base('devpilot-box-8585-8586')}
       ${base('devpilot-box-8585')}:8585, ${base('devpilot-box-8585-8585')}`,
      base('devpilot-box-8585-8585'),
    ],
    ['such a one with :PORT alone', `${base('devpilot-box-8585')}:8585/`, `${base('devpilot-box-8585')}:8585`],
    ['a path behind it', `${base('a-8585')}/welcome?a=b#c`, base('a-8585')],
  ])('%s', (_what, text, url) => {
    expect(findTunnelUrls(text, PORTS)?.url).toBe(url);
  });

  test.each([
    ['nothing', 'Hosting port: 8585'],
    ['the terminal port alone', `${base('a')}:8586, ${base('a-8586')}`],
    ['the inspection alone', base('a-8585-inspect')],
    ['another site', 'https://devtunnels.ms.example.com'],
    ['no https', 'http://a-8585.euw.devtunnels.ms'],
    ['a longer name of another site', 'https://a-8585.devtunnels.ms.evil.example'],
    ['a name of another site behind an @', 'https://a-8585.devtunnels.ms@evil.example'],
    ['a name that ends like it', 'https://a-8585.evildevtunnels.ms'],
    ['somebody before an @', 'https://me@a-8585.devtunnels.ms'],
  ])('none in %s', (_what, text) => {
    expect(findTunnelUrls(text, PORTS)).toBeUndefined();
  });

  test('every name of it is let in, that of the terminal port too', () => {
    expect(findTunnelUrls(`${base('A')}:8585, ${base('A-8585')}`, PORTS)?.hosts).toEqual([
      'a.euw.devtunnels.ms',
      'a-8585.euw.devtunnels.ms',
      'a-8586.euw.devtunnels.ms',
    ]);
    expect(findTunnelUrls(`${base('devpilot-box-8585')}:8585`, PORTS)?.hosts).toEqual([
      'devpilot-box-8585.euw.devtunnels.ms',
      'devpilot-box-8585-8585.euw.devtunnels.ms',
      'devpilot-box-8585-8586.euw.devtunnels.ms',
    ]);
  });

  test('no name of another tunnel is', () => {
    const text = `News: https://evil.devtunnels.ms, ${base('evil-8585-x')}\n${base('a-8585')}\nand ${base('b-8585')}`;
    expect(findTunnelUrls(text, PORTS)?.hosts.toString()).not.toMatch(/evil|\bb/);
  });
});

test.each([
  [base('a-8585'), PORTS, base('a-8586')],
  [`${base('a')}:8585`, PORTS, `${base('a')}:8586`],
  [`${base('devpilot-box-8585')}:8585`, PORTS, `${base('devpilot-box-8585')}:8586`],
  [base('devpilot-box-8585-8585'), PORTS, base('devpilot-box-8585-8586')],
  ['http://localhost:8585', PORTS, 'http://localhost:8586'],
  [base('a-8585'), { main: 8585, terminal: undefined }, `${base('a-8585')}/terminal`],
  [base('a'), PORTS, `${base('a')}/terminal`],
])('the terminals of %s', (url, ports, expected) => {
  expect(terminalUrlOf(url, ports)).toBe(expected);
});

describe('the token', () => {
  const of = (claims: string) => `eyJhbGciOiJub25lIn0.${Buffer.from(claims).toString('base64url')}.x`;
  test('ends when it says so', () => {
    const token = readToken(`Token tunnel ID: a\nToken: ${of('{"exp": 5000}')}\n`, 1_000_000);
    expect(token).toEqual({ value: of('{"exp": 5000}'), obtainedAt: 1_000_000, expiresAt: 5_000_000 });
    expect(token === undefined ? 0 : renewalOf(token)).toBe(4_000_000);
  });
  test.each(['{"exp": "soon"}', '{}', 'null', '[', '{"exp": 1e999}'])(
    'that says nothing (%s) holds a day',
    (claims) => {
      expect(readToken(`Token: ${of(claims)}`, 0)?.expiresAt).toBe(86_400_000);
    },
  );
  test('is none in an error', () => {
    expect(readToken('Tunnel service error: not found', 0)).toBeUndefined();
  });
});

test('the id of a tunnel is one that devtunnel takes, whatever the machine is called', () => {
  expect(defaultTunnelId('DEVBOX-7', 8585)).toBe('devpilot-devbox-7-8585');
  expect(defaultTunnelId('Büro.PC_1', 8585)).toBe('devpilot-b-ro-pc-1-8585');
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 65_535 }), (name, port) => {
      const id = defaultTunnelId(name, port);
      expect(id).toMatch(/^devpilot-[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/);
      expect(id.length).toBeLessThanOrEqual(60);
      expect(id).toEndWith(`-${port}`);
    }),
  );
});

test('a challenge code has each letter and digit as often as any other', () => {
  // Every byte once: those above the last multiple of 26 or 10 are passed over.
  let next = 0;
  const random = () => new Uint8Array([next++ % 256]);
  const codes = Array.from({ length: 2000 }, () => newChallengeCode(random));
  for (const code of codes) expect(code).toMatch(/^[A-Z]{3}-\d{4}$/);
  expect(new Set(codes.join('').split('')).size).toBe(26 + 10 + 1);
  expect(new Set(Array.from({ length: 50 }, () => newChallengeCode())).size).toBeGreaterThan(45);
  // 234 of the 256 bytes are a letter's, 250 a digit's.
  const from = (...bytes: number[]) => newChallengeCode(() => new Uint8Array([bytes.shift() ?? 1]));
  expect(from(233, 234, 255, 0)).toBe('ZAB-1111');
  expect(from(0, 0, 0, 249, 250, 255, 0)).toBe('AAA-9011');
});
