import { inParallel, ms, quantile, timed, type Measured } from '../measure.ts';
import { BenchServer } from '../server.ts';

const KEPT = 10_000;
const ASKS = 2000;
const GOAL_MS = 5;

/** `GET /jobs` while ten thousand are kept. */
export async function list(): Promise<Measured[]> {
  await using server = await BenchServer.start('--keep-jobs', '20000');
  await inParallel(16, KEPT, () => server.run('echo hi'));
  const { jobs } = await server.get<{ jobs: number }>('/health');
  if (jobs < KEPT) throw new Error(`only ${jobs} jobs are kept`);
  const times: number[] = [];
  for (let ask = 0; ask < ASKS; ask += 1) times.push(await timed(() => server.get('/jobs')));
  const p99 = quantile(times, 0.99);
  return [
    {
      name: '`GET /jobs` with 10,000 kept, 99th percentile',
      figure: ms(p99),
      goal: `≤ ${GOAL_MS} ms`,
      met: p99 <= GOAL_MS,
      detail: `median ${ms(quantile(times, 0.5))}`,
    },
  ];
}
