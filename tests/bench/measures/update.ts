/** From `POST /update` to the new version: how long nobody answers, how long it takes, and what is fetched. */
import { Sandbox } from '../../support/sandbox.ts';
import { linuxMachine } from '../../support/linux-machine.ts';
import { UpdateWorld } from '../../support/update-world.ts';
import { median, mib, ms, type Measured } from '../measure.ts';

const RUNS = 5;
const GOAL_MS = 5000;

export async function update(): Promise<Measured[]> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    process.stderr.write('update: left out, it needs Linux on x64\n');
    return [];
  }
  const gaps: number[] = [];
  const whole: number[] = [];
  let fetched = 0;
  for (let run = 0; run < RUNS; run++) {
    using box = new Sandbox();
    await using world = new UpdateWorld(linuxMachine(box));
    await world.install('1.0.0');
    await world.serve('--wrapper');
    await world.release('2.0.0', 2);
    world.fetched = 0;
    const from = performance.now();
    await world.ask('/update', {});
    gaps.push(await world.gap(world.until('version 2', ({ version }) => version === '2.0.0')));
    whole.push(performance.now() - from);
    fetched = world.fetched;
  }
  return [
    {
      name: 'update: without an answer',
      figure: ms(median(gaps)),
      goal: `≤ ${GOAL_MS / 1000} s`,
      met: median(gaps) <= GOAL_MS,
      detail: `the longest of ${RUNS}: ${ms(Math.max(...gaps))}`,
    },
    {
      name: 'update: from the request to the new version',
      figure: ms(median(whole)),
      goal: '',
      detail: `${mib(fetched)} fetched from this machine, hashed, written, tested`,
    },
  ];
}
