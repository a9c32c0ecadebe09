/** Lists and searches of a large tree, against the programs that people use for it, in turns. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ripgrepPath } from '../../../src/platform/programs/ripgrep.ts';
import { inTurns, median, medianRatio, ms, timed, type Measured } from '../measure.ts';
import { BenchServer } from '../server.ts';

const FOLDERS = 1000;
const FILES_EACH = 100;
const PAIRS = 7;
const LIST_GOAL = 3;
const SEARCH_GOAL = 1.3;
/** What an entry says, as far as `find` knows it. */
const FORMAT = '%p %y %s %m %T@ %C@ %u %g %i\n';

async function makeTree(folder: string): Promise<void> {
  for (let at = 0; at < FOLDERS; at += 1) {
    const below = join(folder, String(at % 20), `folder-${at}`);
    await mkdir(below, { recursive: true });
    await Promise.all(
      Array.from({ length: FILES_EACH }, (_, file) =>
        writeFile(
          join(below, `file-${file}.txt`),
          `line ${file}\n${at % 50 === 0 ? 'needle' : 'hay'}\nof folder ${at}\n`,
        ),
      ),
    );
  }
}

/** Milliseconds until all it prints has come. */
const running =
  (...cmd: readonly string[]) =>
  () =>
    timed(async () => {
      const { stdout, exited } = Bun.spawn([...cmd], { stdin: 'ignore', stdout: 'pipe', stderr: 'ignore' });
      await new Response(stdout).arrayBuffer();
      await exited;
    });

async function listAll(server: BenchServer, folder: string): Promise<number> {
  let found = 0;
  for (let after: string | null = ''; after !== null;) {
    const cursor: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
    const page: { items: object[]; next: string | null } = await server.get(
      `/files/list?path=${encodeURIComponent(folder)}&depth=0&limit=10000${cursor}`,
    );
    found += page.items.length;
    after = page.next;
  }
  return found;
}

/** `GET /files/list` and `POST /files/search` in 100,000 files. */
export async function files(): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-server-bench-tree-'));
  try {
    await makeTree(folder);
    await using server = await BenchServer.start();
    const count = await listAll(server, folder);
    if (count < FOLDERS * FILES_EACH) throw new Error(`only ${count} files are listed`);
    const search = (body: object) => () => timed(() => server.rows('/files/search', { path: folder, ...body }));
    const ripgrep = ripgrepPath(folder);
    const measured = async (name: string, goal: number, pair: [() => Promise<number>, () => Promise<number>]) => {
      const found = await inTurns(PAIRS, ...pair);
      const ratio = medianRatio(found);
      return {
        name,
        figure: `${ratio.toFixed(2)} ×`,
        goal: `≤ ${goal} ×`,
        met: ratio <= goal,
        detail: `${ms(median(found.b))} to ${ms(median(found.a))}`,
      };
    };
    return [
      await measured(
        '`GET /files/list` of 100,000 files in pages of 10,000, to `find -printf` of the same',
        LIST_GOAL,
        [running('find', folder, '-printf', FORMAT), () => timed(() => listAll(server, folder))],
      ),
      await measured('`POST /files/search` for a name in 100,000 files, to `find -name`', LIST_GOAL, [
        running('find', folder, '-name', 'file-7.txt'),
        search({ name: 'file-7.txt' }),
      ]),
      await measured('`POST /files/search` for text in 100,000 files, to ripgrep', SEARCH_GOAL, [
        running(ripgrep, '--json', '-e', 'needle', folder),
        search({ text: 'needle', limit: 10_000 }),
      ]),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
