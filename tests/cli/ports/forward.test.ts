/** `forward`: ports of the server's machine as ports of this one. The server and what it reaches are on this machine, too. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { codeOf } from '../../../src/core/failure.ts';
import { parseSpec } from '../../../src/cli/ports/spec.ts';
import { waitFor } from '../../support/wait.ts';
import { runInProcess } from '../in-process.ts';
import { World, type Typed } from '../world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world[Symbol.asyncDispose]());

interface Forwarded {
  readonly address: string;
  readonly local: number;
  readonly port: number;
}

async function forward(...words: readonly string[]): Promise<{ typed: Typed; ports: Forwarded[] } & AsyncDisposable> {
  const typed = world.type(['forward', ...words, '--json']);
  const count = words.filter((word) => /^\d+(:|$)/.test(word)).length;
  const lines = () => typed.stdout.split('\n').slice(0, -1);
  await waitFor('the ports', () => lines().length >= count || typed.process.exitCode !== null);
  const ports = lines().map((line) => JSON.parse(line) as Forwarded);
  return {
    typed,
    ports,
    async [Symbol.asyncDispose]() {
      typed.process.kill('SIGTERM');
      await typed.done();
    },
  };
}

/** A program that listens on the server's machine. */
async function target(serve: (socket: Socket) => unknown): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Nothing of what waits there moves any more. */
function stalled(socket: Socket): Promise<unknown> {
  const seen: number[] = [];
  return waitFor('a stall', () => {
    seen.push(socket.writableLength);
    return seen.length > 10 && seen.slice(-10).every((length) => length === seen.at(-1));
  });
}

/** All that comes from there, up to its end. */
async function heard(socket: Socket): Promise<string> {
  let text = '';
  // Its own side stays open.
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) text += String(chunk);
  return text;
}

/** Says it all, ends its side, and hears the answer. */
async function ask(port: number, text: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(text);
  return heard(socket);
}

const upper = () =>
  target(async (socket) => {
    const said = await heard(socket);
    socket.end(said.toUpperCase());
  });

describe('forward', () => {
  test('takes any free port, prints it, and each side may end for itself', async () => {
    await using program = await upper();
    await using running = await forward(`0:${program.port}`);
    const [{ local, port, address } = { local: 0, port: 0, address: '' }] = running.ports;
    expect({ port, address }).toEqual({ port: program.port, address: '127.0.0.1' });
    // The program answers only once it has heard the end.
    expect(await ask(local, 'hello')).toBe('HELLO');
  });

  test('several ports, and many connections at once', async () => {
    await using first = await upper();
    await using second = await target((socket) => void socket.end('second'));
    await using running = await forward(`0:${first.port}`, `0:${second.port}`);
    const [a, b] = running.ports;
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, at) => [await ask(a?.local ?? 0, `x${at}`), await ask(b?.local ?? 0, '')]),
    );
    expect(answers).toEqual(Array.from({ length: 50 }, (_, at) => [`X${at}`, 'second']));
  });

  test('what a slow reader has not taken is not lost, in either direction', async () => {
    const piece = new Uint8Array(1024 * 1024).fill(7);
    const pieces = 40;
    const connected = Promise.withResolvers<Socket>();
    await using program = await target((socket) => {
      socket.pause();
      connected.resolve(socket);
    });
    await using running = await forward(`0:${program.port}`);
    const here = connect({ port: running.ports[0]?.local ?? 0, host: '127.0.0.1', allowHalfOpen: true });
    here.pause();
    const there = await connected.promise;
    for (const [from, to] of [
      [here, there],
      [there, here],
    ] as const) {
      for (let sent = 0; sent < pieces; sent += 1) from.write(piece);
      from.end();
      // More than any buffer on the way holds waits at its source, until somebody reads.
      await stalled(from);
      expect(from.writableLength).toBeGreaterThan(4 * piece.length);
      let bytes = 0;
      for await (const chunk of to.iterator({ destroyOnReturn: false })) bytes += (chunk as Uint8Array).length;
      expect(bytes).toBe(pieces * piece.length);
    }
  }, 90_000);

  test('nobody listens there: the connection is reset, and the reason is told', async () => {
    const gone = await upper();
    await gone[Symbol.asyncDispose]();
    await using running = await forward(`0:${gone.port}`);
    expect(await ask(running.ports[0]?.local ?? 0, 'x').catch(codeOf)).toBe('ECONNRESET');
    await running.typed.says(`a connection to port ${gone.port} failed: nothing listens on port ${gone.port}`);
  });

  test('a port that the key may not reach: told at once', async () => {
    const own = Number(new URL(world.url).port);
    await using running = await forward(`0:${own}`);
    expect(await ask(running.ports[0]?.local ?? 0, 'x').catch(codeOf)).toBe('ECONNRESET');
    await running.typed.says(`no socket to port ${own} was opened`);
  });

  test('Ctrl-C ends it, with all its connections', async () => {
    await using program = await target((socket) => void socket.write('hello'));
    await using running = await forward(`0:${program.port}`);
    const socket = connect({ port: running.ports[0]?.local ?? 0, host: '127.0.0.1' });
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('data', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    running.typed.process.kill('SIGINT');
    expect((await running.typed.done()).code).toBe(130);
    await closed;
  });

  test('what is wrong: a port that is taken, an address for others, no server', async () => {
    await using program = await upper();
    const taken = await world.cli(['forward', `${program.port}:1`]);
    expect(taken).toMatchObject({ code: 1, stdout: '' });
    expect(taken.stderr).toContain(`port ${program.port} of 127.0.0.1 cannot be used here`);
    await using open = await forward(`0:${program.port}`, '--bind', '0.0.0.0');
    await open.typed.says('whoever can connect to 0.0.0.0 of this machine reaches these ports without a key');
    expect((await world.cli(['forward', '0:1', '--url', 'http://127.0.0.1:1'])).code).toBe(1);
  });

  test('a server that comes back: connections made meanwhile wait for it', async () => {
    await using program = await upper();
    await using own = await World.start();
    const typed = own.type(['forward', `0:${program.port}`, '--json', '--url', own.url]);
    await typed.says('\n');
    const { local } = JSON.parse(typed.stdout) as Forwarded;
    expect(await ask(local, 'before')).toBe('BEFORE');
    const { port } = new URL(own.url);
    await own.killServer();
    const meanwhile = ask(local, 'meanwhile');
    await typed.says('the server is away');
    await own.startServer('--port', port, '--terminal-port', '0');
    expect(await meanwhile).toBe('MEANWHILE');
    await typed.says('the server is back');
    typed.process.kill('SIGTERM');
    expect((await typed.done()).code).toBe(143);
  });

  const specs: readonly [string, object | undefined][] = [
    ['5432', { local: 5432, port: 5432 }],
    ['8080:80', { local: 8080, port: 80 }],
    ['0:3000', { local: 0, port: 3000 }],
    ...['0', '8080:0', '65536', '1:65536', 'x', '', ':80', '80:', '1:2:3', '-1', 'host:80'].map(
      (spec): [string, undefined] => [spec, undefined],
    ),
  ];
  test.each(specs)('%s', (spec, expected) => {
    const parsed = parseSpec(spec);
    expect(parsed.ok ? { ...parsed.value } : undefined).toEqual(expected as never);
  });

  test('the command line: 2', async () => {
    for (const words of [[], ['x'], ['80', 'x'], ['80', '--bind', '']])
      expect([words, (await runInProcess('forward', ...words)).code]).toEqual([words, 2]);
  });
});
