/**
 * The terminal sockets of a server with real connections and real terminals, on a manual clock: no test waits for a
 * timeout in real time.
 */
import { expect, test } from 'bun:test';
import { Elysia } from 'elysia';
import { silentLog } from '../../src/core/log.ts';
import type { Caller } from '../../src/http/caller.ts';
import { Guard } from '../../src/http/guard.ts';
import { Gateway } from '../../src/http/gateway.ts';
import { singleKey } from '../support/single-key.ts';
import { SocketHub, type SocketData } from '../../src/http/sockets/hub.ts';
import { terminalSockets } from '../../src/http/terminals/socket/kind.ts';
import { Tickets } from '../../src/http/tickets/tickets.ts';
import { TerminalClient, type ClientOptions } from '../support/terminal-client.ts';
import { waitFor } from '../support/wait.ts';
import { World } from '../terminals/world.ts';

const KEY = 'the-key';
const keys = singleKey(KEY);
const caller = keys.callerWith(KEY) as Caller;
const posix = test.skipIf(process.platform === 'win32');

class Sockets implements AsyncDisposable {
  readonly world: World;
  readonly tickets: Tickets;
  readonly #sockets: SocketHub;
  readonly #listener: Bun.Server<SocketData>;

  private constructor(world: World, most: number | undefined) {
    this.world = world;
    const { terminals, clock } = world;
    this.tickets = new Tickets(clock);
    const kind = terminalSockets({
      terminals,
      ephemeralLimits: { idleMs: 15 * 60_000, lifetimeMs: 60 * 60_000 },
      clock,
      log: silentLog,
    });
    this.#sockets = new SocketHub({ kinds: [kind], clock, log: silentLog, ...(most !== undefined && { max: most }) });
    const gateway = new Gateway({
      app: new Elysia(),
      guard: new Guard({ keys, hosts: [] }),
      hub: this.#sockets,
      tickets: this.tickets,
      observers: [],
    });
    this.#listener = Bun.serve<SocketData>({
      hostname: '127.0.0.1',
      port: 0,
      fetch: (request, server) => gateway.upgrade(kind, request, server),
      websocket: this.#sockets.handlers,
    });
  }

  static async open(most?: number): Promise<Sockets> {
    return new Sockets(await World.open(), most);
  }

  connect(query: string, options: ClientOptions = {}): Promise<TerminalClient> {
    return TerminalClient.open(`ws://127.0.0.1:${this.#listener.port}/${query}`, {
      headers: { 'X-API-Key': KEY },
      ...options,
    });
  }

  /** Advances the clock; resolves when the server has read what the client sent before. */
  async pass(ms: number, client: TerminalClient): Promise<void> {
    this.world.clock.advance(ms);
    await answers(client);
  }

  /** A plain request and its answer. */
  async roundTrip(): Promise<void> {
    await (await fetch(`http://127.0.0.1:${this.#listener.port}/`)).text();
  }

  stop(): void {
    this.#sockets[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sockets[Symbol.dispose]();
    await this.#listener.stop(true);
    await this.world[Symbol.asyncDispose]();
  }
}

async function answers(client: TerminalClient): Promise<void> {
  const before = client.controls.filter(({ type }) => type === 'pong').length;
  client.send({ type: 'ping' });
  await client.told('pong', before);
}

posix('a peer that went without a word is found by pings, after a minute', async () => {
  await using sockets = await Sockets.open();
  const { id } = sockets.world.start();
  using silent = await sockets.connect(`?attach=${id}`, { pongs: false });
  await silent.told('attached');
  const { clock } = sockets.world;
  for (const pings of [1, 2]) {
    clock.advance(20_000);
    await waitFor('a ping', () => silent.pings === pings);
  }
  expect(sockets.world.terminals.get(id)?.attached).toBe(1);
  clock.advance(20_000);
  expect((await silent.closed).code).toBe(1006);
  expect(sockets.world.terminals.get(id)).toMatchObject({ attached: 0, status: 'running' });
});

posix('the terminal of an inherited socket ends when its peer went without a word', async () => {
  await using sockets = await Sockets.open();
  using silent = await sockets.connect('', { pongs: false });
  await waitFor('the terminal', () => sockets.world.terminals.count === 1);
  for (let beat = 0; beat < 3; beat += 1) sockets.world.clock.advance(20_000);
  await silent.closed;
  await waitFor('no terminal', () => sockets.world.terminals.count === 0);
});

posix('a peer that answers pings may be quiet for as long as it likes', async () => {
  await using sockets = await Sockets.open();
  const { id } = sockets.world.start();
  using quiet = await sockets.connect(`?attach=${id}`);
  await quiet.told('attached');
  for (let beat = 1; beat <= 30; beat += 1) {
    sockets.world.clock.advance(20_000);
    await waitFor('a ping', () => quiet.pings === beat);
    // Its pong was sent before this request, so the server reads it before it answers.
    await sockets.roundTrip();
  }
  expect(sockets.world.terminals.get(id)?.attached).toBe(1);
});

posix('idle means no input: neither pings nor resizes count', async () => {
  await using sockets = await Sockets.open();
  using client = await sockets.connect('');
  await answers(client);
  for (let third = 0; third < 3 * 14; third += 1) await sockets.pass(20_000, client);
  client.type('true\n');
  await answers(client);
  for (let third = 0; third < 3 * 15 - 1; third += 1) {
    client.send({ type: 'resize', cols: 80 + third, rows: 24 });
    await sockets.pass(20_000, client);
  }
  sockets.world.clock.advance(20_000);
  expect(await client.closed).toEqual({ code: 1000, reason: 'Idle timeout' });
});

posix('there are so many sockets and no more; who leaves makes room', async () => {
  await using sockets = await Sockets.open(2);
  const { id } = sockets.world.start();
  using one = await sockets.connect(`?attach=${id}`);
  using two = await sockets.connect(`?attach=${id}`);
  await two.told('attached');
  using three = await sockets.connect(`?attach=${id}`);
  expect(await three.closed).toEqual({ code: 1013, reason: 'Max sockets (2) reached' });
  expect(three.controls).toEqual([{ type: 'error', message: 'Max sockets (2) reached' }]);
  one.close();
  await one.closed;
  using four = await sockets.connect(`?attach=${id}`);
  await four.told('attached');
});

test('a ticket is good for a minute, and a refused page cannot use it up', async () => {
  await using sockets = await Sockets.open();
  const late = sockets.tickets.issue(caller);
  sockets.world.clock.advance(60_000);
  using old = await sockets.connect(`?ticket=${late}`, { headers: {} });
  expect(await old.closed).toEqual({ code: 3401, reason: 'Invalid API key' });
  const ticket = sockets.tickets.issue(caller);
  using foreign = await sockets.connect(`?ticket=${ticket}`, { headers: { Origin: 'https://evil.example' } });
  expect(foreign.status).toBe(403);
  using owner = await sockets.connect(`?attach=nobody&ticket=${ticket}`, { headers: {} });
  expect((await owner.closed).code).toBe(1008);
});

test('the key is enough: a ticket beside it is not used up', async () => {
  await using sockets = await Sockets.open();
  const ticket = sockets.tickets.issue(caller);
  using client = await sockets.connect(`?attach=nobody&ticket=${ticket}`);
  expect((await client.closed).code).toBe(1008);
  expect(sockets.tickets.count).toBe(1);
});

test('a server that goes down opens no more sockets', async () => {
  await using sockets = await Sockets.open();
  sockets.stop();
  using client = await sockets.connect('');
  expect(client.status).toBe(503);
});
