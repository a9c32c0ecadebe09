import { inTurns, median, mib, ms, timed, type Measured } from '../measure.ts';
import { BenchServer, executable } from '../server.ts';

const GOAL_MS = 80;
const GOAL_IDLE_BYTES = 52 * 1024 * 1024;

/** From starting the server to its first answer; and what it weighs when nobody asks anything. */
export async function start(): Promise<Measured[]> {
  const weights: number[] = [];
  const bare = () =>
    timed(() => Bun.spawn([process.execPath, '-e', '1'], { stdio: ['ignore', 'ignore', 'ignore'] }).exited);
  const found = await inTurns(15, bare, async () => {
    await using server = await BenchServer.start();
    await Bun.sleep(300);
    weights.push(server.rss);
    return server.startMs;
  });
  const took = median(found.b);
  const weight = median(weights);
  return [
    {
      name: `start to first answer (${executable === undefined ? 'from source' : 'executable'})`,
      figure: ms(took),
      goal: `≤ ${GOAL_MS} ms`,
      met: took <= GOAL_MS,
      detail: `\`bun -e 1\` alone: ${ms(median(found.a))}`,
    },
    {
      name: 'idle memory',
      figure: mib(weight),
      goal: `≤ ${mib(GOAL_IDLE_BYTES)}`,
      met: weight <= GOAL_IDLE_BYTES,
      detail: 'resident, after the first answer',
    },
  ];
}
