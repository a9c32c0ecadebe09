import { truncateSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inTurns, median, medianRatio, mib, timed, type Measured } from '../measure.ts';
import { plainRedirect } from '../plain.ts';
import { BenchServer } from '../server.ts';

const BYTES = 1_000_000_000;
const LINE = 'a line of output such as a build prints it, a thousand times over and then some more\n';
const GOAL = 0.9;
const MEMORY_GOAL = 20 * 1024 * 1024;

/** A gigabyte of output, against the same command redirected into a file by the shell. */
export async function output(): Promise<Measured[]> {
  await using server = await BenchServer.start();
  await server.run('echo warm');
  const source = join(server.dataPath, 'source');
  await Bun.write(source, LINE.repeat(Math.ceil(BYTES / LINE.length)).slice(0, BYTES));
  const command = `cat '${source}'`;
  const before = server.rss;
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, server.rss)), 20);
  const path = join(server.dataPath, 'redirect');
  const direct = async () => {
    const took = await timed(() => plainRedirect(command, path));
    await rm(path);
    return took;
  };
  const job = async () => {
    let id = '';
    const took = await timed(async () => {
      const done = await server.run(command);
      if (done.stdoutBytes !== BYTES) throw new Error(`only ${done.stdoutBytes} bytes came through`);
      id = done.jobId;
    });
    truncateSync(join(server.dataPath, 'jobs', id, 'stdout'));
    return took;
  };
  await inTurns(1, direct, job);
  const found = await inTurns(7, direct, job);
  clearInterval(watch);
  const share = 1 / medianRatio(found);
  const rate = (times: readonly number[]) => (BYTES / 1e6 / median(times)).toFixed(2);
  return [
    {
      name: '1 GB of output',
      figure: `${share.toFixed(2)} × plain redirect`,
      goal: `≥ ${GOAL}`,
      met: share >= GOAL,
      detail: `${rate(found.b)} against ${rate(found.a)} GB/s`,
    },
    {
      name: 'server memory meanwhile',
      figure: `+${mib(most - before)}`,
      goal: '≤ 20 MiB',
      met: most - before <= MEMORY_GOAL,
      detail: `from ${mib(before)}`,
    },
  ];
}
