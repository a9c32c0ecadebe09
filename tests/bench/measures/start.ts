import { inTurns, median, mib, ms, timed, type Measured } from '../measure.ts';
import { BenchServer, executable } from '../server.ts';

const GOAL_MS = 80;

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
  return [
    {
      name: `start to first answer (${executable === undefined ? 'from source' : 'executable'})`,
      figure: ms(took),
      goal: `≤ ${GOAL_MS} ms`,
      met: took <= GOAL_MS,
      detail: `\`bun -e 1\` alone: ${ms(median(found.a))}`,
    },
    { name: 'idle memory', figure: mib(median(weights)), goal: '', detail: 'resident, after the first answer' },
  ];
}
