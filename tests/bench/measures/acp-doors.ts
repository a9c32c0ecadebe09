import { RawWebSocket } from '../../support/raw-web-socket.ts';
import { waitFor } from '../../support/wait.ts';
import { BenchClient } from '../acp-client.ts';
import { BENCH_AGENT } from '../agent-stream.ts';
import { median, mib, ms, timed, type Measured } from '../measure.ts';
import { BenchServer } from '../server.ts';

const TURNS = 500;
const RUNS = 5;
const FLOOD_BYTES = 64 * 1024 * 1024;
const UPDATE_BYTES = 4096;
const SETTLES_MS = 3000;
const MEMORY_GOAL = 32 * 1024 * 1024;

/** What the doors add to a turn, and what a client costs that does not read. */
export async function acpDoors(): Promise<Measured[]> {
  return [...(await added()), ...(await stalled())];
}

const DOORS = [
  { name: 'door A, socket', goal: 0.3, open: (server: BenchServer) => BenchClient.socket(server, '/acp') },
  { name: 'door B, socket', goal: 0.3, open: (server: BenchServer) => BenchClient.socket(server, '/acp/ws') },
  { name: 'door A, Streamable HTTP', goal: 0.6, open: (server: BenchServer) => BenchClient.http(server) },
];

/** The median of so many turns. */
async function turns(client: BenchClient): Promise<number> {
  for (let warm = 0; warm < 50; warm += 1) await client.turn();
  const times: number[] = [];
  for (let count = 0; count < TURNS; count += 1) times.push(await timed(() => client.turn()));
  return median(times);
}

async function added(): Promise<Measured[]> {
  await using server = await BenchServer.withAgent(BENCH_AGENT);
  const direct: number[] = [];
  const byDoor = DOORS.map(() => [] as number[]);
  for (let run = 0; run < RUNS; run += 1) {
    const measure = async (client: BenchClient) => {
      const found = await turns(client);
      client.close();
      return found;
    };
    direct.push(await measure(await BenchClient.direct()));
    for (const [index, { open }] of DOORS.entries()) byDoor[index]?.push(await measure(await open(server)));
  }
  return DOORS.map(({ name, goal }, index) => {
    const times = byDoor[index] ?? [];
    const plain = median(direct);
    const more = median(times.map((time, run) => time - (direct[run] ?? Number.NaN)));
    return {
      name: `a turn by ${name}, p50 over the agent’s own pipes`,
      figure: `+${ms(more)}`,
      goal: `≤ +${goal} ms`,
      met: more <= goal,
      detail: `${ms(median(times))} against ${ms(plain)}, ${(median(times) / plain).toFixed(1)} times; ${RUNS} runs of ${TURNS} turns`,
    };
  });
}

async function stalled(): Promise<Measured[]> {
  await using server = await BenchServer.withAgent(BENCH_AGENT);
  const beside = await BenchClient.socket(server, '/acp');
  const alone = await turns(beside);
  const { url, headers } = server.door('/acp');
  using slow = await RawWebSocket.open(url.replace('http', 'ws'), { headers });
  const ask = (id: number, method: string, params: object) =>
    slow.sendText(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  const answered = (id: number) =>
    waitFor('an answer', () =>
      slow.texts
        .map((text) => JSON.parse(text) as { id?: number; result?: { sessionId: string } })
        .find((one) => one.id === id),
    );
  ask(0, 'initialize', { protocolVersion: 1 });
  await answered(0);
  ask(1, 'session/new', { cwd: process.cwd(), mcpServers: [] });
  const sessionId = (await answered(1)).result?.sessionId ?? '';
  slow.stopReading();
  const before = server.rss;
  let most = before;
  const updates = FLOOD_BYTES / UPDATE_BYTES;
  const from = performance.now();
  ask(2, 'session/prompt', { sessionId, prompt: [{ type: 'text', text: `${updates} 0 ${UPDATE_BYTES}` }] });
  const times: number[] = [];
  // Beside the flood, until the log has all of it and for a while after that.
  for (let left = TURNS; left > 0;) {
    times.push(await timed(() => beside.turn()));
    most = Math.max(most, server.rss);
    const sessions =
      await server.get<readonly { readonly acpSessionId: string; readonly state: string }[]>('/agents/sessions');
    if (sessions.some(({ state }) => state === 'running')) continue;
    left -= 1;
  }
  const took = performance.now() - from;
  beside.close();
  // What was parsed on the way is garbage by then: a client that reads leaves as much.
  await Bun.sleep(SETTLES_MS);
  const held = server.rss - before;
  return [
    {
      name: `${mib(FLOOD_BYTES)} of updates to a client that reads nothing, server memory at most`,
      figure: `+${mib(Math.max(0, most - before))}`,
      goal: `≤ +${mib(MEMORY_GOAL)}`,
      met: most - before <= MEMORY_GOAL,
      detail: `+${mib(Math.max(0, held))} ${SETTLES_MS / 1000} s after it; it took ${ms(took)}, a client beside it doing turns all the time`,
    },
    {
      name: 'a turn of another client meanwhile, p50',
      figure: ms(median(times)),
      goal: '',
      detail: `${(median(times) / alone).toFixed(1)} times that of before, ${ms(alone)}`,
    },
  ];
}
