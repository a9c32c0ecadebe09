/** The connections that Bun's server accepted, as the system sees them. */
import { afterAll, describe, expect, test } from 'bun:test';
import { closeSync, openSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { posixDescriptors } from '../../src/platform/descriptors/posix.ts';
import { peerName } from '../../src/platform/descriptors/peer-name.ts';
import { waitFor } from '../support/wait.ts';

const windows = process.platform === 'win32';
const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
if (windows) console.log('tests/platform/descriptors.test.ts skipped: on Windows nothing is looked for');
else if (!hasIpv6) console.log('tests/platform/descriptors.test.ts: without IPv6, which this machine lacks');

const WAYS: readonly (readonly [listensOn: string, from: string])[] = [
  ['127.0.0.1', '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
  ...(hasIpv6
    ? ([
        ['::1', '::1'],
        ['::', '127.0.0.1'],
        ['::', '::1'],
      ] as const)
    : []),
];

describe.skipIf(windows)('accepted connections', () => {
  const stack = new DisposableStack();
  afterAll(() => stack.dispose());

  function serve(hostname: string) {
    const peers: string[] = [];
    const server = Bun.serve({
      hostname,
      port: 0,
      fetch(request, asked) {
        const peer = asked.requestIP(request);
        if (peer !== null) peers.push(peerName(peer));
        return new Response('answer');
      },
    });
    stack.defer(() => void server.stop(true));
    return { port: server.port ?? 0, peers };
  }

  async function connect(hostname: string, port: number) {
    const state = { got: '', closed: false };
    const socket = await Bun.connect({
      hostname,
      port,
      socket: { data: (_, chunk) => void (state.got += chunk.toString()), close: () => void (state.closed = true) },
    });
    stack.defer(() => socket.end());
    return { socket, state };
  }

  const look = () => posixDescriptors.look();
  const accepted = (port: number) => look().accepted([port]);
  const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

  test.each(WAYS)(
    'of a server on %s, from %s: named as the server names them, and ended one by one',
    async (host, from) => {
      const { port, peers } = serve(host);
      const other = serve(host);
      expect(accepted(port)).toEqual([]);
      const [spared, ended] = [await connect(from, port), await connect(from, port)];
      await connect(from, other.port);
      spared.socket.write(GET);
      await waitFor('the answer', () => spared.state.got.endsWith('answer'));
      const found = await waitFor('both', () => {
        const all = accepted(port);
        return all.length === 2 && all;
      });
      expect(found.map(({ peer }) => peer)).toContain(peers[0] as string);
      for (const one of accepted(port)) if (one.peer !== peers[0]) one.end();
      await waitFor('the end of the other', () => ended.state.closed);
      expect(accepted(port).map(({ peer }) => peer)).toEqual([peers[0] as string]);
      spared.socket.write(GET);
      await waitFor('a second answer', () => peers.length === 2 && spared.state.got.split('answer').length === 3);
      expect(peers).toEqual([peers[0] as string, peers[0] as string]);
    },
  );

  test('bytes that the server has not read yet are seen', async () => {
    const { port } = serve('127.0.0.1');
    const { socket } = await connect('127.0.0.1', port);
    const [silent] = await waitFor('it', () => {
      const all = accepted(port);
      return all.length === 1 && all;
    });
    expect(silent?.unread).toBe(false);
    socket.write(GET);
    // In the same turn, so the server has had no chance to read.
    expect(accepted(port)).toMatchObject([{ unread: true }]);
  });

  test('every open descriptor is counted, and the limit is above them', () => {
    const before = look().count;
    const more = openFiles(1500);
    expect(look().count).toBe(before + 1500);
    expect(posixDescriptors.limit()).toBeGreaterThan(before + 1500);
    for (const fd of more) closeSync(fd);
    expect(look().count).toBe(before);
  });

  test('a connection is found behind thousands of numbers that are free again', async () => {
    const { port } = serve('127.0.0.1');
    const more = openFiles(3000);
    const { socket } = await connect('127.0.0.1', port);
    socket.write(GET);
    await waitFor('it', () => accepted(port).length === 1);
    for (const fd of more) closeSync(fd);
    expect(accepted(port)).toHaveLength(1);
  });

  test('all is seen when no descriptor is left, not even one to list them', async () => {
    const program = join(import.meta.dir, '../fixtures/out-of-descriptors.ts');
    const command = ['sh', '-c', 'ulimit -n 128; exec "$@"', 'sh', process.execPath, program];
    const child = Bun.spawn(command, { stdin: 'ignore', stdout: 'pipe', stderr: 'inherit' });
    expect(await new Response(child.stdout).json()).toEqual({ limit: 128, count: 128, accepted: 1 });
    expect(await child.exited).toBe(0);
  });
});

const openFiles = (count: number) => Array.from({ length: count }, () => openSync('/dev/null', 'r'));
