/** A socket as a stream, as the output of launched programs is read on Windows. */
import { expect, test } from 'bun:test';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { streamOf } from '../../src/platform/pipes/windows/socket-stream.ts';

async function pair(): Promise<readonly [Socket, Socket]> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [served] = (await once(server, 'connection')) as [Socket];
  server.close();
  return [client, served];
}

test('all that came before the end is read', async () => {
  const [writer, reader] = await pair();
  const text = new Response(streamOf(reader)).text();
  writer.write('one ');
  writer.end('two');
  expect(await text).toBe('one two');
});

test('neither the end of a socket whose stream was cancelled is an error, nor what comes before that', async () => {
  const [writer, reader] = await pair();
  const stream = streamOf(reader);
  const onData = reader.listeners('data');
  const onClose = reader.listeners('close');
  await stream.cancel();
  // Called here, since what a listener throws by itself is no part of any test.
  for (const listener of onData) Reflect.apply(listener, reader, [Buffer.from('late')]);
  for (const listener of onClose) Reflect.apply(listener, reader, []);
  writer.destroy();
});
