/** Attacks on WebSocket upgrades, on both ports of a live server. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import type { TerminalResource } from '../../src/protocol/terminal.ts';
import { liveServer } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { CRLF, sendRaw } from '../support/rig-raw.ts';
import { TerminalClient } from '../support/terminal-client.ts';
import { openTerminal } from '../contract/terminal-lines.ts';

let rig: Rig;
let terminal: TerminalResource;

beforeAll(async () => {
  rig = await Rig.start(liveServer, { env: { SHELL: '/bin/sh' } });
  terminal = await openTerminal(rig);
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const PORTS = {
  'the main port': () => `${rig.url}/terminal`,
  'the terminal port': () => `${rig.terminalUrl}/terminal`,
} as const;

describe.each(Object.entries(PORTS))('%s', (_port, url) => {
  const host = () => new URL(url()).host;
  const key = () => ({ 'X-API-Key': rig.key });
  /** Attaches to the one existing terminal: a successful attack would not use up the limit of terminals. */
  const open = (options: Parameters<typeof TerminalClient.open>[1], more = '') =>
    TerminalClient.open(`${url()}?attach=${terminal.id}${more}`, options);

  test('a foreign Host is refused before the upgrade, with the key', async () => {
    for (const Host of [
      'evil.example',
      `evil.example:${new URL(url()).port}`,
      '',
      'localhost.',
      'localhost@evil.example',
      'localhost,evil.example',
    ]) {
      using client = await open({ headers: { ...key(), Host } });
      expect([400, 403]).toContain(client.status);
    }
  });

  test('two Hosts are refused, in any order', async () => {
    for (const [first, second] of [
      [host(), 'evil.example'],
      ['evil.example', host()],
      [host(), host()],
    ] as const) {
      using client = await open({ headers: { ...key(), Host: first }, lines: [`Host: ${second}`] });
      expect([400, 403]).toContain(client.status);
    }
  });

  test('a page of another origin is refused before the upgrade, with the key and with a ticket', async () => {
    const { ticket } = await rig.post<{ ticket: string }>('/tickets');
    for (const Origin of [
      'https://evil.example',
      'null',
      'http://localhost:1',
      `http://evil.example:${new URL(url()).port}`,
      `http://${host()}.evil.example`,
      `file://${host()}`,
      'chrome-extension://abcdefgh',
    ]) {
      for (const headers of [{ ...key(), Origin }, { Origin }]) {
        using client = await open({ headers }, `&ticket=${ticket}`);
        expect({ Origin, status: client.status }).toEqual({ Origin, status: 403 });
        expect(JSON.parse(client.refusal)).toEqual({ error: expect.stringContaining('origin') });
      }
    }
    // After DNS rebinding a page sends its own name as Host and as Origin.
    using rebound = await open({ headers: { ...key(), Host: 'evil.example', Origin: 'http://evil.example' } });
    expect(rebound.status).toBe(403);
    // Our own page is accepted: the refused requests have not used up its ticket.
    using own = await open({ headers: { Origin: `http://${host()}` } }, `&ticket=${ticket}`);
    await own.told('attached');
  });

  test('the key is taken from the header only, never from the URL', async () => {
    for (const [more, headers] of [
      [`&key=${rig.key}`, {}],
      [`&api_key=${rig.key}`, {}],
      [`&X-API-Key=${rig.key}`, {}],
      [`&ticket=${rig.key}`, {}],
      [`&token=${rig.key}`, {}],
      ['', { 'Sec-WebSocket-Protocol': rig.key }],
      ['', { Authorization: `Basic ${rig.key}` }],
      ['', { Authorization: `Bearer ${rig.key}`, 'X-API-Key': 'wrong' }],
      ['', { Authorization: 'Bearer wrong', 'X-API-Key': rig.key }],
      ['', { Cookie: `X-API-Key=${rig.key}` }],
      ['', { 'X-API-Key': `${rig.key}, ${rig.key}` }],
    ] as const) {
      using client = await open({ headers }, more);
      expect(await client.closed).toEqual({ code: 3401, reason: 'Invalid API key' });
      expect({ output: client.output, controls: client.controls }).toEqual({ output: '', controls: [] });
    }
  });

  test('Authorization: Bearer is the key as well', async () => {
    using client = await open({ headers: { Authorization: `Bearer ${rig.key}` } });
    await client.told('attached');
  });

  test('frames that come with a wrong key’s handshake are not read', async () => {
    using client = await open({ headers: { 'X-API-Key': 'wrong' } });
    for (let n = 0; n < 100; n += 1) client.type('touch attacked\n');
    expect((await client.closed).code).toBe(3401);
    expect((await rig.get<TerminalResource>(`/terminals/${terminal.id}`)).lastInputAt).toBeNull();
  });

  test('an upgrade that is none: no socket, and an answer in JSON', async () => {
    const shake = ['Upgrade: websocket', 'Connection: Upgrade', `X-API-Key: ${rig.key}`, `Host: ${host()}`];
    const proof = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
    const version = 'Sec-WebSocket-Version: 13';
    for (const [method, lines] of [
      ['GET', [version]],
      ['GET', [version, 'Sec-WebSocket-Key: short']],
      ['GET', [proof, 'Sec-WebSocket-Version: 8']],
      ['POST', [proof, version]],
      ['PUT', [proof, version]],
      ['OPTIONS', [proof, version]],
    ] as const) {
      const head = [`${method} /terminal?attach=${terminal.id} HTTP/1.1`, ...shake, ...lines, '', ''].join(CRLF);
      const answer = await sendRaw(Number(new URL(url()).port), head);
      expect({ method, lines, refused: [400, 405, 426].includes(answer.status) }).toEqual({
        method,
        lines,
        refused: true,
      });
    }
  });

  test('a flood of sockets without the key keeps nobody out, and the server closes all of them', async () => {
    const count = () => readdirSync(`/proc/${rig.process.pid}/fd`).length;
    const before = process.platform === 'linux' ? count() : 0;
    const flood = await Promise.all(
      Array.from({ length: 400 }, () => open({ headers: { 'X-API-Key': 'wrong' }, pongs: false })),
    );
    // None of these clients closes its own end.
    for (const client of flood) client.stopReading();
    expect((await rig.ask('/health')).status).toBe(200);
    using welcome = await open({ headers: key() });
    await welcome.told('attached');
    if (process.platform === 'linux') await rig.waitFor('the server to close its ends', () => count() <= before + 10);
    for (const client of flood) client.vanish();
  });
});

describe('tickets', () => {
  test('no plain request takes one, and it is not used up by trying', async () => {
    const { ticket } = await rig.post<{ ticket: string }>('/tickets');
    for (const [path, method] of [
      ['/jobs', 'GET'],
      ['/terminals', 'GET'],
      [`/terminals/${terminal.id}`, 'DELETE'],
      ['/tickets', 'POST'],
      ['/terminal', 'GET'],
      ['/exec', 'POST'],
    ] as const) {
      const { status } = await rig.ask(`${path}?ticket=${ticket}`, { method, key: null });
      expect({ path, status }).toEqual({ path, status: 401 });
      const withHeader = await rig.ask(path, { method, key: ticket });
      expect({ path, status: withHeader.status }).toEqual({ path, status: 401 });
    }
    using client = await TerminalClient.open(`${rig.url}/terminal?attach=${terminal.id}&ticket=${ticket}`);
    await client.told('attached');
  });

  test('neither key nor ticket is in anything the server has said', async () => {
    const { ticket } = await rig.post<{ ticket: string }>('/tickets');
    using once = await TerminalClient.open(`${rig.url}/terminal?attach=nobody&ticket=${ticket}`);
    expect((await once.closed).reason).not.toContain(ticket);
    using twice = await TerminalClient.open(`${rig.terminalUrl}/${ticket}?ticket=${ticket}`);
    await twice.closed;
    expect(rig.process.said()).not.toContain(ticket);
    expect(rig.process.said()).not.toContain(rig.key);
    expect(rig.process.said()).not.toMatch(/TypeError|\.ts:\d|a request failed/);
  });
});

test('a plain request on the terminal port: 426, and no answer to a foreign page', async () => {
  const url = rig.terminalUrl.replace('ws', 'http');
  for (const path of ['/', '/terminal', '/jobs', '/exec']) {
    const response = await fetch(url + path);
    expect({ path, status: response.status }).toEqual({ path, status: 426 });
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual({ error: 'this route is for WebSockets: request an upgrade' });
  }
  expect((await fetch(url, { headers: { Origin: 'https://evil.example' } })).status).toBe(403);
});

test('after all of it nobody has typed, and nobody is attached', async () => {
  await rig.waitFor('nobody', async () => {
    const record = await rig.get<TerminalResource>(`/terminals/${terminal.id}`);
    return record.attached === 0 && record.lastInputAt === null;
  });
});
