import { mib, ms, quantile, timed, type Measured } from '../measure.ts';
import { BenchServer } from '../server.ts';
import { TerminalSocket } from '../terminal-socket.ts';

const SOCKETS = 200;
const KEYS = 200;
const BURST = 200_000;

/** Two hundred sockets that look at one terminal: what one costs, and how long a key takes until the last has seen it. */
export async function terminalCrowd(): Promise<Measured[]> {
  await using server = await BenchServer.start();
  const id = await server.terminal('stty raw -echo; echo ready; exec cat');
  const first = await TerminalSocket.open(server, id);
  await first.until(6);
  const before = server.rss;
  const sockets = [first];
  while (sockets.length < SOCKETS) sockets.push(await TerminalSocket.open(server, id));
  await Promise.all(sockets.map((socket) => socket.until(6)));
  const each = (server.rss - before) / SOCKETS;
  const times: number[] = [];
  for (let key = 0; key < KEYS; key += 1) {
    times.push(
      await timed(async () => {
        const echoes = Promise.all(sockets.map((socket) => socket.next()));
        first.type('x');
        await echoes;
      }),
    );
  }
  const seen = 6 + KEYS;
  const burst = await timed(async () => {
    for (let sent = 0; sent < BURST; sent += 10_000) first.type('y'.repeat(10_000));
    await Promise.all(sockets.map((socket) => socket.until(seen + BURST)));
  });
  for (const socket of sockets) socket.close();
  await Promise.all(sockets.map(({ closed }) => closed));
  return [
    {
      name: `${SOCKETS} sockets on one terminal, memory each`,
      figure: `${(Math.max(0, each) / 1024).toFixed(0)} KiB`,
      goal: '',
      detail: `a key is seen by all after ${ms(quantile(times, 0.5))}, p99 ${ms(quantile(times, 0.99))}; ${mib(BURST * SOCKETS)} to all in ${ms(burst)}`,
    },
  ];
}
