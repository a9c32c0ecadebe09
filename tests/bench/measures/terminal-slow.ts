import { TerminalClient } from '../../support/terminal-client.ts';
import { waitFor } from '../../support/wait.ts';
import { mib, ms, timed, type Measured } from '../measure.ts';
import { BenchServer } from '../server.ts';
import { TerminalSocket } from '../terminal-socket.ts';

const GOAL = 20 * 1024 * 1024;
const WATCH_MS = 5000;

interface Record {
  readonly bytes: number;
  readonly status: string;
}

/** `yes` as fast as it can, and a socket that reads nothing: alone, and beside one that keeps up. */
export async function terminalSlow(): Promise<Measured[]> {
  return [...(await alone()), ...(await beside())];
}

async function alone(): Promise<Measured[]> {
  await using server = await BenchServer.start();
  const id = await server.terminal('read go; exec yes');
  const { url, headers } = server.socket(id);
  using slow = await TerminalClient.open(url, { headers });
  await slow.told('attached');
  const before = server.rss;
  slow.stopReading();
  slow.type('\r');
  const most = await mostOf(server);
  const { bytes } = await server.get<Record>(`/terminals/${id}`);
  const stopped = await timed(async () => {
    slow.type('\u0003');
    await waitFor('the end of yes', async () => (await server.get<Record>(`/terminals/${id}`)).status === 'exited');
  });
  return [
    {
      name: '`yes` with a socket that reads nothing, server memory',
      figure: `+${mib(Math.max(0, most - before))}`,
      goal: '≤ 20 MiB',
      met: most - before <= GOAL,
      detail: `${WATCH_MS / 1000} s; the program stands still after ${mib(bytes)}; Ctrl-C ends it within ${ms(stopped)}`,
    },
  ];
}

async function beside(): Promise<Measured[]> {
  await using server = await BenchServer.start();
  const id = await server.terminal('read go; exec yes');
  const { url, headers } = server.socket(id);
  using slow = await TerminalClient.open(url, { headers });
  await slow.told('attached');
  const fast = await TerminalSocket.open(server, id);
  const before = server.rss;
  slow.stopReading();
  fast.type('\r');
  const most = await mostOf(server);
  const { received } = fast;
  fast.close();
  slow.readAgain();
  const { reason } = await slow.closed;
  return [
    {
      name: 'the same beside a socket that keeps up',
      figure: `+${mib(Math.max(0, most - before))}`,
      goal: '≤ 20 MiB',
      met: most - before <= GOAL,
      detail: `${mib(received)} in ${WATCH_MS / 1000} s to the fast one; to the slow one: ${reason}`,
    },
  ];
}

/** The most memory the server has within the time. */
async function mostOf(server: BenchServer): Promise<number> {
  let most = 0;
  for (const until = performance.now() + WATCH_MS; performance.now() < until;) {
    most = Math.max(most, server.rss);
    await Bun.sleep(20);
  }
  return most;
}
