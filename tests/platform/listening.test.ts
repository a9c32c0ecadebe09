/** Sockets that listen: the real ones of this machine, and the tables of other systems byte by byte. */
import { describe, expect, test } from 'bun:test';
import { createListeningSockets } from '../../src/platform/ports/index.ts';
import { listenerIn, socketDescriptors } from '../../src/platform/ports/posix/proc-info.ts';
import { ipv6Of, listeningRows } from '../../src/platform/ports/posix/proc-net.ts';
import { rowsIn } from '../../src/platform/ports/windows/tcp-table.ts';

const handlers = { socket: { data() {} } };

describe('of this machine', () => {
  test('one of this process is found with its pid, its command line and its user, and is gone when it is closed', async () => {
    const sockets = createListeningSockets();
    const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, ...handlers });
    const { port } = listener;
    const found = (await sockets.look([])).filter((one) => one.port === port);
    expect(found).toMatchObject([
      {
        address: '127.0.0.1',
        family: 'ipv4',
        pid: process.pid,
        user: Bun.spawnSync(['id', '-un']).stdout.toString().trim(),
        treeId: undefined,
      },
    ]);
    expect(found[0]?.command).toContain('bun');
    // Found again by where it was, which is the cheap way.
    expect((await sockets.look([])).filter((one) => one.port === port)).toEqual(found);
    listener.stop(true);
    expect((await sockets.look([])).filter((one) => one.port === port)).toEqual([]);
  });

  test('one of IPv6', async () => {
    using listener = Bun.listen({ hostname: '::1', port: 0, ...handlers });
    const found = (await createListeningSockets().look([])).filter(({ port }) => port === listener.port);
    expect(found).toMatchObject([{ address: '::1', family: 'ipv6', pid: process.pid }]);
  });

  test('one of a child names the tree in its environment', async () => {
    const script = 'const l = Bun.listen({hostname:"127.0.0.1",port:0,socket:{data(){}}}); console.log(l.port)';
    await using child = Bun.spawn([process.execPath, '-e', script], {
      env: { ...process.env, AGENT_SERVER_TREE_ID: '0123456789ab' },
      stdout: 'pipe',
      stdin: 'ignore',
    });
    const { value } = await child.stdout.getReader().read();
    const port = Number(new TextDecoder().decode(value));
    const found = (await createListeningSockets().look([])).filter((one) => one.port === port);
    expect(found).toMatchObject([{ pid: child.pid, treeId: '0123456789ab' }]);
  });
});

test('the table of Linux: only what listens, with addresses as people write them', () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000000000000000 100 0 0 10 0
   1: 0100007F:0BB8 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0000000000000000 20 4 30 10 -1
   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1
   0: 0000000000000000FFFF00000100007F:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4714 1
`;
  expect(listeningRows(text)).toEqual([
    { address: '127.0.0.1', port: 3000, family: 'ipv4', uid: 1000, inode: '4711' },
    { address: '::1', port: 8080, family: 'ipv6', uid: 0, inode: '4713' },
    { address: '::ffff:7f00:1', port: 80, family: 'ipv6', uid: 0, inode: '4714' },
  ]);
  expect(listeningRows('')).toEqual([]);
});

test('an address of IPv6 is written in its shortest form', () => {
  expect(ipv6Of('20010db8000000000000000000000001')).toBe('2001:db8::1');
  expect(ipv6Of('00000000000000000000000000000000')).toBe('::');
});

test('the tables of Windows, row by row', () => {
  const ipv4 = new Uint8Array(4 + 24);
  ipv4.set([1, 0, 0, 0, 2, 0, 0, 0, 127, 0, 0, 1, 0x0b, 0xb8]);
  ipv4.set([0x39, 0x30], 4 + 20);
  const layout4 = { family: 'ipv4', number: 2, bytes: 24, address: 4, length: 4, port: 8, pid: 20 } as const;
  expect(rowsIn(ipv4, layout4)).toEqual([{ address: '127.0.0.1', port: 3000, family: 'ipv4', pid: 12_345 }]);
  const ipv6 = new Uint8Array(4 + 2 * 56);
  ipv6.set([2]);
  ipv6.set([1], 4 + 56 + 15);
  ipv6.set([0x1f, 0x90], 4 + 56 + 20);
  ipv6.set([7], 4 + 56 + 52);
  const layout6 = { family: 'ipv6', number: 23, bytes: 56, address: 0, length: 16, port: 20, pid: 52 } as const;
  expect(rowsIn(ipv6, layout6)[1]).toEqual({ address: '::1', port: 8080, family: 'ipv6', pid: 7 });
});

test('the structures of macOS', () => {
  const list = new Uint8Array(24);
  list.set([3, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 2]);
  expect(socketDescriptors(list)).toEqual([3, 9]);
  const info = new Uint8Array(792);
  info.set([0x11], 160);
  info.set([2], 256);
  info.set([0x0b, 0xb8], 268);
  info.set([1], 288);
  info.set([127, 0, 0, 1], 264 + 48 + 12);
  expect(listenerIn(info)).toBeUndefined();
  info.set([1], 344);
  expect(listenerIn(info)).toEqual({ key: '17', port: 3000, address: '127.0.0.1', family: 'ipv4' });
});
