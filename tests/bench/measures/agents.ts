import { followTurn, BENCH_AGENT } from '../agent-stream.ts';
import { inTurns, median, mib, ms, quantile, timed, type Measured } from '../measure.ts';
import { BenchServer } from '../server.ts';

const UPDATES = 1000;
const PAUSE_MS = 2;
const FLOOD = 10_000;
const IDLE = 50;
const PAIRS = 15;

/** What the way through the server adds to what an agent does. */
export async function agents(): Promise<Measured[]> {
  await using server = await BenchServer.start();
  return [await latency(server), await flood(server), await overhead(server), await idle()];
}

const now = () => performance.timeOrigin + performance.now();

/** From the agent's line to the subscriber's, and to a reader of the agent's own pipe. */
async function latency(server: BenchServer): Promise<Measured> {
  const direct: number[] = [];
  const agent = Bun.spawn([...BENCH_AGENT.split(' '), String(UPDATES), String(PAUSE_MS)], { stdout: 'pipe' });
  for await (const chunk of agent.stdout.pipeThrough(new TextDecoderStream())) {
    for (const [, text] of chunk.matchAll(/"text":"([\d.]+)"/g)) direct.push(now() - Number(text));
  }
  const streamed: number[] = [];
  const session = await server.agentSession(BENCH_AGENT);
  const followed = followTurn(server, session, (text) => streamed.push(now() - Number(text)));
  await server.prompt(session, `${UPDATES} ${PAUSE_MS}`);
  await followed;
  await server.closeAgent(session);
  const added = median(streamed) - median(direct);
  return {
    name: 'from an agent’s line to a follower’s, p50',
    figure: `+${ms(added)}`,
    goal: '≤ +0.3 ms',
    met: added <= 0.3,
    detail: `${ms(median(streamed))} against ${ms(median(direct))} from its own pipe; p99 ${ms(quantile(streamed, 0.99))} against ${ms(quantile(direct, 0.99))}`,
  };
}

async function flood(server: BenchServer): Promise<Measured> {
  const session = await server.agentSession(BENCH_AGENT);
  let seen = 0;
  const before = server.rss;
  const followed = followTurn(server, session, () => (seen += 1));
  const took = await timed(() => server.prompt(session, `${FLOOD} 0`));
  await followed;
  const grown = server.rss - before;
  await server.closeAgent(session);
  return {
    name: `${FLOOD.toLocaleString('en')} updates in one turn`,
    figure: `${(FLOOD - seen).toLocaleString('en')} lost`,
    goal: 'none',
    met: seen === FLOOD,
    detail: `${ms(took)}, +${mib(grown)} of server memory`,
  };
}

/** A job against the same agent, started, asked and ended directly. */
async function overhead(server: BenchServer): Promise<Measured> {
  const plain = async (): Promise<number> =>
    timed(async () => {
      const agent = Bun.spawn(BENCH_AGENT.split(' '), { stdin: 'pipe', stdout: 'pipe' });
      const ask = (id: number, method: string, params = {}) => {
        void agent.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
        void agent.stdin.flush();
      };
      ask(0, 'initialize');
      let answers = 0;
      for await (const chunk of agent.stdout.pipeThrough(new TextDecoderStream())) {
        answers += chunk.match(/"result"/g)?.length ?? 0;
        if (answers === 1) ask(1, 'session/new');
        if (answers === 2) ask(2, 'session/prompt', { prompt: [{ type: 'text', text: '1 0' }] });
        if (answers === 3) break;
      }
      await agent.stdin.end();
      await agent.exited;
    });
  const job = () => timed(() => server.run('', { mode: 'acp', agent: BENCH_AGENT, prompt: '1 0' }));
  const { a, b } = await inTurns(PAIRS, plain, job);
  const added = median(b) - median(a);
  return {
    name: 'an acp job, over its agent’s own start, turn and end',
    figure: `+${ms(added)}`,
    goal: '≤ +50 ms',
    met: added <= 50,
    detail: `${ms(median(b))} against ${ms(median(a))}`,
  };
}

async function idle(): Promise<Measured> {
  // One that has not done anything else: what it has freed before would be taken for what sessions cost.
  await using server = await BenchServer.start('--max-agent-sessions', '100');
  const open = async () => {
    const session = await server.agentSession(BENCH_AGENT);
    await server.prompt(session, '1 0');
  };
  // The first ones pay for what all of them use.
  for (let index = 0; index < 5; index += 1) await open();
  const before = server.rss;
  for (let index = 0; index < IDLE; index += 1) await open();
  const each = (server.rss - before) / IDLE;
  return {
    name: `${IDLE} idle agent sessions, server memory each`,
    figure: `${(each / 1024).toFixed(0)} KiB`,
    goal: '≤ 1 MiB',
    met: each <= 1024 * 1024,
    detail: 'the agents’ own processes apart',
  };
}
