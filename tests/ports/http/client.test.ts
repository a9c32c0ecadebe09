/** Requests to ports, as whoever asks has them. */
import { expect, test } from 'bun:test';
import { systemClock } from '../../../src/core/clock.ts';
import { PortHttp } from '../../../src/ports/http/client.ts';
import { RawTarget } from '../../support/raw-target.ts';

test('chunks of a byte that come together are read together', async () => {
  const CHUNKS = 50_000;
  using target = await RawTarget.start((connection) => {
    connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    connection.send(`${'1\r\nx\r\n'.repeat(CHUNKS)}0\r\n\r\n`);
  });
  using http = new PortHttp({ answerSeconds: 60, clock: systemClock });
  const asked = { port: target.port, method: 'GET', path: '/', fields: [['host', 'localhost']] } as const;
  const answered = await http.ask(asked).answer;
  if (!answered.ok || answered.value.body instanceof Uint8Array) throw new Error('no stream');
  let reads = 0;
  let bytes = 0;
  for (let piece = await answered.value.body.read(); piece; piece = await answered.value.body.read()) {
    reads += 1;
    bytes += piece.length;
  }
  expect(bytes).toBe(CHUNKS);
  expect(reads).toBeLessThan(CHUNKS / 10);
});
