/** Connections to ports: what waits in them for a port that does not read. */
import { heapStats } from 'bun:jsc';
import { expect, test } from 'bun:test';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { PortConnection } from '../../src/ports/connection.ts';
import { standstill } from '../support/wait.ts';

test('small pieces wait as few larger ones, and arrive in order', async () => {
  await using server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const connection = new PortConnection({ opened() {}, data() {}, theirEnd() {}, closed() {} });
  await connection.connect((server.address() as AddressInfo).port);
  const [target] = await accepted;
  const large = new Uint8Array(16 * 1024 * 1024);
  connection.write(large);
  await standstill('what waits', () => connection.waiting);
  const objects = () => heapStats().objectTypeCounts['Uint8Array'] ?? 0;
  const before = objects();
  const small = Array.from({ length: 20_000 }, (_, index) => index % 256);
  for (const byte of small) connection.write(Uint8Array.of(byte));
  Bun.gc(true);
  const made = objects() - before;
  connection.end();
  const heard: Buffer[] = [];
  for await (const bytes of target) heard.push(bytes as Buffer);
  expect(Buffer.concat(heard).equals(Buffer.concat([large, Uint8Array.from(small)]))).toBe(true);
  expect(made).toBeLessThan(1000);
});
