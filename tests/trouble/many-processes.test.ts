/** A thousand other processes on the machine: jobs are ended among them, and whoever asks the server meanwhile is answered. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { waitFor } from '../support/sandbox.ts';
import { isAlive, openHome, STORY_MS } from './live-server.ts';

setDefaultTimeout(2 * STORY_MS);

const OTHERS = 1000;
const JOBS = 20;
if (process.platform !== 'linux') console.log('tests/trouble/many-processes.test.ts skipped: counts in /proc');

/** CPU time that a process has used, in seconds. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

describe.skipIf(process.platform !== 'linux')('a machine with a thousand other processes', () => {
  test('timeouts and cancels end their trees and no others, and nobody waits for the sweeps', async () => {
    await using others = Bun.spawn(
      ['sh', '-c', `n=0; while [ $n -lt ${OTHERS} ]; do sleep 600 & n=$((n + 1)); done; echo there; wait`],
      { stdin: 'ignore', stdout: 'pipe', stderr: 'ignore', detached: true },
    );
    using _ended = { [Symbol.dispose]: () => process.kill(-others.pid, 'SIGKILL') };
    const { value } = await others.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toBe('there\n');

    using home = openHome();
    await using server = await home.serve();
    // The grandchildren ignore what a tree is asked with first, and so are looked for until the grace is over.
    const tree =
      'echo $$; (trap "" TERM INT HUP; setsid sh -c "trap \\"\\" TERM INT HUP; sleep 600; sleep 600" &) ; exec sleep 600';
    const submitted = Array.from({ length: JOBS }, (_, n) => server.exec(tree, n % 2 === 0 ? { timeout: 2 } : {}));
    const ids = await Promise.all(submitted);
    const shells = await Promise.all(ids.map(async (id) => Number((await server.wrote(id, '\n')).stdout)));
    const before = cpuOf(server.pid);
    const from = performance.now();
    const over = new AbortController();
    const asked = (async () => {
      const times: number[] = [];
      while (!over.signal.aborted) {
        const at = performance.now();
        await (await server.fetch('/healthz')).text();
        times.push(performance.now() - at);
        await Bun.sleep(5);
      }
      return times.toSorted((a, b) => a - b);
    })();
    for (const id of ids.filter((_, n) => n % 2 === 1)) await server.post(`/jobs/${id}/cancel`, {});
    const ended = await Promise.all(ids.map((id) => server.finished(id, STORY_MS)));
    over.abort();
    const times = await asked;
    console.log(
      `${JOBS} trees ended beside ${OTHERS} processes in ${Math.round(performance.now() - from)} ms with ${(cpuOf(server.pid) - before).toFixed(2)} s of CPU; ` +
        `an answer took ${times[times.length >> 1]?.toFixed(1)} ms (median), ${times.at(-1)?.toFixed(1)} ms (longest of ${times.length})`,
    );
    expect(ended.filter(({ timedOut }) => timedOut)).toHaveLength(JOBS / 2);
    expect(ended.filter(({ cancelled }) => cancelled)).toHaveLength(JOBS / 2);
    expect(shells.filter(isAlive)).toEqual([]);
    // Many were answered while the sweeps went on.
    expect(times.length).toBeGreaterThan(JOBS);
    const children = readFileSync(`/proc/${others.pid}/task/${others.pid}/children`, 'utf8').trim().split(' ');
    expect(children.filter((pid) => isAlive(Number(pid)))).toHaveLength(OTHERS);
    const left = await waitFor('no process of the jobs to be left', async () => {
      const job = await server.finished(
        await server.exec(`grep -lzE 'AGENT_SERVER_TREE_ID=(${ids.join('|')})' /proc/[0-9]*/environ 2>/dev/null; :`),
      );
      return job.stdout === '' && 'none';
    });
    expect(left).toBe('none');
  });
});
