import { join } from 'node:path';
import { mib, ms, quantile, timed, type Measured } from '../measure.ts';
import { BenchServer } from '../server.ts';
import { TerminalSocket } from '../terminal-socket.ts';

const SILENT = 3000;
const WRONG_KEYS_A_SECOND = 10_000;
const ASKS = 300;
/** Long enough that silent connections are closed and opened again. */
const FLOOD_MS = 15_000;
const GOAL_MS = 100;

interface Counts {
  readonly sent: number;
  readonly answered: number;
  readonly closed: number;
  readonly seconds: number;
}

/** `/health` and a key in a running terminal, at rest and while somebody without a key floods the server. */
export async function flood(): Promise<Measured[]> {
  await using server = await BenchServer.start();
  const terminal = await TerminalSocket.open(server, await server.terminal('stty raw -echo; echo ready; exec cat'));
  await terminal.until('ready\r\n'.length - 1);
  const before = await usable(server, terminal, () => false);
  const rss = server.rss;
  const child = Bun.spawn(
    [
      process.execPath,
      join(import.meta.dir, '../../fixtures/flood.ts'),
      new URL(server.url).port,
      String(SILENT),
      String(WRONG_KEYS_A_SECOND),
    ],
    { stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' },
  );
  const reader = child.stdout.getReader();
  const read = async () => new TextDecoder().decode((await reader.read()).value);
  if (!(await read()).startsWith('flooding')) throw new Error('the flood did not begin');
  const from = performance.now();
  const during = await usable(server, terminal, () => performance.now() - from < FLOOD_MS);
  const grown = server.rss - rss;
  await child.stdin.end();
  const { answered, closed, seconds } = JSON.parse(await read()) as Counts;
  await child.exited;
  terminal.close();
  const flooded = `${SILENT} silent connections, ${Math.round(answered / seconds).toLocaleString('en')} wrong keys a second`;
  const row = (name: string, times: (from: Times) => readonly number[]): Measured => ({
    name: `${name} during a flood, 99th percentile`,
    figure: ms(quantile(times(during), 0.99)),
    goal: `≤ ${GOAL_MS} ms`,
    met: quantile(times(during), 0.99) <= GOAL_MS,
    detail: `median ${ms(quantile(times(during), 0.5))}, at rest ${ms(quantile(times(before), 0.5))}; ${flooded}`,
  });
  return [
    row('`GET /health`', ({ health }) => health),
    row('echo of one key', ({ echo }) => echo),
    {
      name: 'server memory of a flood',
      figure: `+${mib(Math.max(0, grown))}`,
      goal: '',
      detail: `${closed.toLocaleString('en')} silent connections were closed by the server within ${seconds.toFixed(0)} s`,
    },
  ];
}

interface Times {
  readonly health: number[];
  readonly echo: number[];
}

/** Asks in turns, at least so often, and on as long as `goesOn`. */
async function usable(server: BenchServer, terminal: TerminalSocket, goesOn: () => boolean): Promise<Times> {
  const times: Times = { health: [], echo: [] };
  while (times.echo.length < ASKS || goesOn()) {
    times.health.push(await timed(() => server.get('/health')));
    times.echo.push(
      await timed(async () => {
        const echo = terminal.next();
        terminal.type('x');
        await echo;
      }),
    );
  }
  return times;
}
