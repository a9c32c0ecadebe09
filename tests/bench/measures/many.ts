import { inParallel, mib, timed, type Measured } from '../measure.ts';
import { BenchServer, type Job } from '../server.ts';

const COUNT = 1000;

/** A thousand jobs that run at the same time, and then are ended. */
export async function many(): Promise<Measured[]> {
  await using server = await BenchServer.start();
  await server.run('echo warm');
  const before = server.rss;
  const ids: string[] = [];
  let answer = 0;
  const started = await timed(async () => {
    await inParallel(16, COUNT, async () => ids.push(await server.submit('exec sleep 600')));
    while ((await running(server)) < COUNT) await Bun.sleep(20);
  });
  const memory = server.rss - before;
  answer = await timed(() => server.get('/health'));
  const ended = await timed(async () => {
    await inParallel(16, COUNT, async () => server.post(`/jobs/${ids.pop()}/cancel`));
    while ((await server.get<{ jobs_active: number }>('/health')).jobs_active > 0) await Bun.sleep(20);
  });
  return [
    {
      name: `${COUNT} jobs running at once`,
      figure: `${(started / 1000).toFixed(1)} s to start, ${(ended / 1000).toFixed(1)} s to end all`,
      goal: 'all run',
      met: true,
      detail: `+${mib(memory)} of server memory, /health in ${answer.toFixed(1)} ms meanwhile`,
    },
  ];
}

async function running(server: BenchServer): Promise<number> {
  let count = 0;
  let before = '';
  for (;;) {
    const page = await server.get<Job[]>(`/jobs?status=running&limit=100${before}`);
    count += page.length;
    const last = page.at(-1);
    if (last === undefined) return count;
    before = `&before=${last.jobId}`;
  }
}
