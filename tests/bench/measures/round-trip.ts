import { inParallel, inTurns, median, medianRatio, ms, timed, type Measured } from '../measure.ts';
import { plainSpawn } from '../plain.ts';
import { BenchServer } from '../server.ts';

const COMMAND = 'echo hi';
const SERIAL_GOAL = 1.3;
const PARALLEL_GOAL = 0.6;

/** Submit and wait for the result, against the same command spawned directly. */
export async function roundTrip(): Promise<Measured[]> {
  await using server = await BenchServer.start();
  const direct = () => timed(() => plainSpawn(COMMAND));
  const job = () => timed(() => server.run(COMMAND));
  await inTurns(100, direct, job);
  const serial = await inTurns(400, direct, job);
  const ratio = medianRatio(serial);

  const round = (work: () => Promise<unknown>) => () => timed(() => inParallel(8, 200, work));
  const directRound = round(() => plainSpawn(COMMAND));
  const jobRound = round(() => server.run(COMMAND));
  await inTurns(1, directRound, jobRound);
  const parallel = await inTurns(9, directRound, jobRound);
  const share = 1 / medianRatio(parallel);
  const perSecond = (rounds: readonly number[]) => (200_000 / median(rounds)).toFixed(0);
  return [
    {
      name: 'job round trip, one after the other',
      figure: `${ratio.toFixed(2)} × plain spawn`,
      goal: `≤ ${SERIAL_GOAL}`,
      met: ratio <= SERIAL_GOAL,
      detail: `${ms(median(serial.b))} against ${ms(median(serial.a))}`,
    },
    {
      name: 'jobs per second, 8 in parallel',
      figure: `${share.toFixed(2)} × plain spawn`,
      goal: `≥ ${PARALLEL_GOAL}`,
      met: share >= PARALLEL_GOAL,
      detail: `${perSecond(parallel.b)} against ${perSecond(parallel.a)} a second`,
    },
  ];
}
