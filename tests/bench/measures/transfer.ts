/** A file of 2 GiB down and up, against `cp` of the same in turns, and what the server's memory grows by meanwhile. */
import { open, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTurns, median, medianRatio, mib, timed, type Measured } from '../measure.ts';
import { BenchServer } from '../server.ts';

const BYTES = 2 * 1024 ** 3;
const PAIRS = 3;
const READ_GOAL = 0.5;
const WRITE_GOAL = 0.4;
const MEMORY_GOAL_BYTES = 64 * 1024 ** 2;
const LOOK_EACH_MS = 20;
/** A reader that stops so often, for so long, after each hundredth of the file. */
const STOPS = 4;
const STOP_MS = 500;

export async function transfer(): Promise<Measured[]> {
  const name = '2 GiB of a file';
  if (Bun.which('curl') === null || Bun.which('cp') === null)
    return [{ name, figure: '-', goal: '', detail: 'not measured: it takes curl and cp on the PATH' }];
  const folder = await mkdtemp(join(tmpdir(), 'agent-server-bench-large-'));
  try {
    const source = join(folder, 'source');
    const target = join(folder, 'target');
    await makeLarge(source);
    await using server = await BenchServer.start();
    const at = (path: string) => server.door(`/files?path=${encodeURIComponent(path)}`);
    const curl = (path: string, ...more: readonly string[]) => {
      const { url, headers } = at(path);
      return running('curl', '-fsS', '-H', `X-API-Key: ${headers['x-api-key']}`, ...more, url);
    };
    const fresh = (work: () => Promise<void>) => async () => {
      await rm(target, { force: true });
      return timed(work);
    };
    const ratioTo = async (
      what: string,
      goal: number | undefined,
      plain: () => Promise<void>,
      ours: () => Promise<void>,
    ) => {
      let grown = 0;
      const found = await inTurns(PAIRS, fresh(plain), async () => {
        let took = Number.NaN;
        grown = Math.max(grown, await growthOf(server, async () => void (took = await fresh(ours)())));
        return took;
      });
      const ratio = 1 / medianRatio(found);
      const rate = (times: readonly number[]) => `${mib(BYTES / (median(times) / 1000))}/s`;
      return [
        {
          name: `${name} ${what}`,
          figure: `${ratio.toFixed(2)} ×`,
          ...(goal === undefined ? { goal: '' } : { goal: `≥ ${goal}`, met: ratio >= goal }),
          detail: `${rate(found.b)} and ${rate(found.a)}`,
        },
        memory(`the same, memory`, grown),
      ];
    };
    return [
      ...(await ratioTo(
        'read, of the speed of `cp`',
        READ_GOAL,
        () => running('cp', source, target),
        () => curl(source, '-o', '/dev/null'),
      )),
      // What curl takes to write a file is no part of what the server takes to read one.
      ...(await ratioTo(
        'read and written by curl, of the speed of `cp`',
        undefined,
        () => running('cp', source, target),
        () => curl(source, '-o', target),
      )),
      ...(await ratioTo(
        'written and synced, of the speed of `cp` and `sync`',
        WRITE_GOAL,
        async () => {
          await running('cp', source, target);
          await running('sync', target);
        },
        () => curl(target, '-o', '/dev/null', '-T', source),
      )),
      memory(`${name} to a slow reader, memory`, await growthOf(server, () => read(at(source), 'slowly'))),
      memory(
        `${name} to readers that leave, memory`,
        await growthOf(server, async () => {
          for (let count = 0; count < STOPS; count += 1) await read(at(source), 'leaving');
        }),
      ),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const memory = (name: string, grown: number): Measured => ({
  name,
  figure: `+${mib(grown)}`,
  goal: `≤ +${mib(MEMORY_GOAL_BYTES)}`,
  met: grown <= MEMORY_GOAL_BYTES,
  detail: 'of the server, more than before',
});

async function makeLarge(path: string): Promise<void> {
  await using file = await open(path, 'w');
  const piece = Buffer.alloc(16 * 1024 ** 2, 'a line of some length\n');
  for (let bytes = 0; bytes < BYTES; bytes += piece.length) await file.write(piece);
  await file.sync();
}

async function running(...cmd: readonly string[]): Promise<void> {
  const { exited } = Bun.spawn([...cmd], { stdin: 'ignore', stdout: 'ignore', stderr: 'inherit' });
  if ((await exited) !== 0) throw new Error(`${cmd[0]} failed`);
}

/** By how much the most that it took was more than before. */
async function growthOf(server: BenchServer, work: () => Promise<void>): Promise<number> {
  const before = server.rss;
  let most = before;
  const look = setInterval(() => (most = Math.max(most, server.rss)), LOOK_EACH_MS);
  try {
    await work();
  } finally {
    clearInterval(look);
  }
  return most - before;
}

async function read(
  { url, headers }: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
  how: 'slowly' | 'leaving',
): Promise<void> {
  const answer = await fetch(url, { headers });
  let bytes = 0;
  let stops = 0;
  for await (const piece of answer.body ?? []) {
    bytes += piece.length;
    if (stops === STOPS || bytes < ((stops + 1) * BYTES) / 100) continue;
    stops += 1;
    await Bun.sleep(STOP_MS);
    if (how === 'leaving') return;
  }
  if (bytes !== BYTES) throw new Error(`only ${bytes} bytes came`);
}
