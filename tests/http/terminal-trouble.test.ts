/** Misbehaving sockets on a live server with real programs: no other client is affected. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import type { TerminalOutput, TerminalResource } from '../../src/protocol/terminal.ts';
import { calculates, openTerminal, socketOn } from '../contract/terminal-lines.ts';
import { liveServer } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';

const MIB = 1024 * 1024;

describe.skipIf(process.platform === 'win32')('sockets in trouble', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start(liveServer, { env: { SHELL: '/bin/sh' } });
  });
  afterAll(async () => {
    expect(rig.process.said()).not.toMatch(/TypeError|\.ts:\d|a request failed/);
    await rig[Symbol.asyncDispose]();
  });

  const record = (id: string) => rig.get<TerminalResource>(`/terminals/${id}`);
  const attach = (id: string, more = '') => socketOn(rig, `?attach=${id}${more}`);
  const type = (id: string, data: string) => rig.post(`/terminals/${id}/input`, { data });
  /** Resident memory of the server in bytes; 0 where there is no /proc. */
  const memory = () =>
    process.platform === 'linux'
      ? Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${rig.process.pid}/status`, 'utf8'))?.[1]) * 1024
      : 0;

  test('one that never reads is waited for: the program stands still, the memory too, and Ctrl-C acts', async () => {
    const { id } = await openTerminal(rig);
    using client = await attach(id);
    await calculates(rig, client);
    const before = memory();
    client.stopReading();
    client.type('yes\n');
    // It prints until every buffer on the way is full, and then blocks.
    const still = await rig.waitFor('yes to stand still', async () => {
      const { bytes } = await record(id);
      const { data } = await rig.get<TerminalOutput>(`/terminals/${id}/output?since=${bytes}&wait=0.3`);
      return bytes > MIB && data === '' ? bytes : undefined;
    });
    expect(memory() - before).toBeLessThan(40 * MIB);
    client.type('\u0003');
    client.readAgain();
    await calculates(rig, client);
    expect((await record(id)).bytes - still).toBeLessThan(16 * MIB);
    await rig.waitFor('all of it', async () => client.outputBytes === (await record(id)).bytes);
    const { data } = await rig.get<TerminalOutput>(`/terminals/${id}/output?since=${client.outputBytes - 1000}`);
    expect(data).toBe(client.output.slice(-1000));
  });

  test('one that reads too slowly while another keeps up is cut off, and comes back by offset', async () => {
    const { id } = await openTerminal(rig);
    using fast = await attach(id);
    using slow = await attach(id);
    await slow.told('attached');
    await calculates(rig, fast);
    slow.stopReading();
    fast.type('yes 0123456789 | head -c 12000000; echo $((5000000+11))\n');
    await fast.printed('5000011');
    slow.readAgain();
    const { code, reason } = await slow.closed;
    expect({ code, reason }).toEqual({
      code: 1013,
      reason: expect.stringMatching(/^Too slow; reconnect with since=\d+$/),
    });
    const since = Number(/\d+$/.exec(reason)?.[0]);
    expect(since).toBe(slow.outputBytes);
    expect(fast.output.startsWith(slow.output)).toBe(true);
    using again = await attach(id, `&since=${since}`);
    const { dropped, since: from } = await again.told('attached');
    expect(from).toBe(since + dropped);
    await again.printed('5000011');
    expect(fast.output.slice(from).startsWith(again.output.slice(0, 1000))).toBe(true);
    await calculates(rig, again);
  });

  test('what a program prints before it exits reaches a slow reader before the close', async () => {
    const { id } = await openTerminal(rig);
    using client = await attach(id);
    await calculates(rig, client);
    client.stopReading();
    client.type('stty -echo; head -c 200000 /dev/zero | tr "\\\\0" x; exit 4\n');
    await rig.waitFor('the exit', async () => (await record(id)).status === 'exited');
    client.readAgain();
    expect(await client.closed).toEqual({ code: 1000, reason: 'Terminal exited' });
    expect(client.output.endsWith('x'.repeat(1000))).toBe(true);
    expect(client.outputBytes).toBe((await record(id)).bytes);
    expect(await client.told('exit')).toEqual({ type: 'exit', exitCode: 4 });
  });

  test('10,000 resize frames at once: the last one counts', async () => {
    const { id } = await openTerminal(rig);
    using one = await attach(id);
    using other = await attach(id);
    using blind = await attach(id);
    blind.stopReading();
    await other.told('attached');
    for (let n = 0; n < 10_000; n += 1) {
      const size =
        n % 3 === 0 ? { cols: 0, rows: 0 } : { cols: n % 3 === 1 ? 1e9 : 20 + (n % 400), rows: 2 + (n % 150) };
      one.send({ type: 'resize', ...size });
    }
    one.send({ type: 'resize', cols: 77, rows: 33 });
    await rig.waitFor('the last size', async () => {
      const { cols, rows } = await record(id);
      return cols === 77 && rows === 33;
    });
    await rig.waitFor('the other to know', () => {
      const last = other.controls.at(-1);
      return last?.type === 'resize' && last.cols === 77 && last.rows === 33;
    });
    one.type('stty size\n');
    await one.printed('33 77');
  });

  test('pings by the ten thousand, and not one answer read', async () => {
    const { id } = await openTerminal(rig);
    using flood = await attach(id);
    using other = await attach(id);
    flood.stopReading();
    const before = memory();
    for (let n = 0; n < 100_000; n += 1) flood.send({ type: 'ping' });
    await calculates(rig, other);
    expect(memory() - before).toBeLessThan(60 * MIB);
    flood.readAgain();
    await calculates(rig, flood);
  });

  test('bytes that are no frames end that socket and nothing else', async () => {
    const { id } = await openTerminal(rig);
    using bystander = await attach(id);
    for (const [what, bytes] of [
      ['an HTTP request', 'GET / HTTP/1.1\r\n\r\n'],
      ['an unmasked frame', Buffer.from([0x81, 0x02, 0x68, 0x69])],
      ['a reserved opcode', Buffer.from([0x83, 0x80, 0, 0, 0, 0])],
      ['reserved bits', Buffer.from([0xf1, 0x80, 0, 0, 0, 0])],
      ['a long control frame', Buffer.from([0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0])],
      ['a fragmented ping', Buffer.from([0x09, 0x80, 0, 0, 0, 0])],
      [
        'a length that nobody has',
        Buffer.from([0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
      ],
      ['a continuation of nothing', Buffer.from([0x80, 0x80, 0, 0, 0, 0])],
      ['text that is no UTF-8', Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff])],
    ] as const) {
      using client = await attach(id);
      await client.told('attached');
      client.sendBytes(bytes);
      client.sendBytes(Buffer.alloc(64));
      const { code } = await client.closed;
      expect({ what, protocolError: [1002, 1006, 1007, 1009].includes(code) }).toEqual({ what, protocolError: true });
    }
    await calculates(rig, bystander);
    await rig.waitFor('the others to be gone', async () => (await record(id)).attached === 1);
  });

  test('a frame that never ends holds up nobody', async () => {
    const { id } = await openTerminal(rig);
    using half = await attach(id);
    half.sendFrame(1, Buffer.from('{"type":"input","data":"'), 60_000);
    using other = await attach(id);
    await calculates(rig, other);
  });

  test('what the program does not read is refused with a word, and Ctrl-C still acts', async () => {
    const { id } = await openTerminal(rig);
    using client = await attach(id);
    await calculates(rig, client);
    client.type('stty raw -echo isig; sleep 1000; stty sane\n');
    await rig.waitFor('the size of the terminal', async () => (await record(id)).lastInputAt !== null);
    for (let n = 0; n < 64 && client.controls.every(({ type: kind }) => kind !== 'error'); n += 1) {
      client.type('x'.repeat(60_000));
      client.send({ type: 'ping' });
      await client.told('pong', n);
    }
    expect((await client.told('error')).message).toContain('does not read its input');
    const { status } = await rig.ask(`/terminals/${id}/input`, { json: { data: 'x'.repeat(60_000) } });
    expect(status).toBe(409);
  });

  test('two hundred sockets on one terminal see the same', async () => {
    const { id } = await openTerminal(rig);
    const all = await Promise.all(Array.from({ length: 200 }, () => attach(id)));
    using _all = new DisposableStack();
    for (const one of all) _all.use(one);
    await type(id, 'seq 1 5000; echo $((8000000+8))\n');
    for (const one of all) await one.printed('8000008');
    const { data } = await rig.get<TerminalOutput>(`/terminals/${id}/output`);
    expect(all.every(({ output }) => data.startsWith(output))).toBe(true);
    expect((await record(id)).attached).toBe(200);
  });

  test('a long-poll ends with its client and with the server', async () => {
    const silent = { shell: 'sleep', args: ['1000'] };
    const { id } = await openTerminal(rig, silent);
    const abort = new AbortController();
    const poll = rig
      .request(`/terminals/${id}/output?since=0&wait=30`, { signal: abort.signal })
      .catch(() => 'aborted');
    abort.abort();
    expect(await poll).toBe('aborted');
    expect((await record(id)).status).toBe('running');

    await using other = await Rig.start(liveServer);
    const made = await openTerminal(other, silent);
    const waiting = other.request(`/terminals/${made.id}/output?since=0&wait=30`).catch(() => undefined);
    // The server has received the request before it is told to stop.
    await other.ask('/health');
    expect((await other.stop()).code).toBe(0);
    // Without the stop the answer would come after 30 seconds.
    expect(await waiting).toBeUndefined();
  });
});
