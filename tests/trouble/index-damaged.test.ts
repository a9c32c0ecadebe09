/** The SQLite file is damaged: set aside with one line, and the jobs are read back from their folders. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { openHome, STORY_MS } from './live-server.ts';

setDefaultTimeout(STORY_MS);

function overwrite(path: string, at: number, bytes: Uint8Array): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, bytes, 0, bytes.length, at);
  closeSync(fd);
}

const garbage = (size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, index) => (index * 7919 + 13) & 0xff);

const DAMAGE: [string, (path: string) => void][] = [
  ['garbage instead of it', (path) => writeFileSync(path, garbage(20_000))],
  ['a few bytes instead of it', (path) => writeFileSync(path, 'not a database')],
  ['cut off in the middle', (path) => truncateSync(path, Math.floor(statSync(path).size / 2))],
  ['cut off within a page', (path) => truncateSync(path, statSync(path).size - 5000)],
  ['garbage in the middle', (path) => overwrite(path, 4096, garbage(8192))],
  ['garbage in the header', (path) => overwrite(path, 20, garbage(60))],
  [
    'garbage inside the text of a row',
    (path) => overwrite(path, readFileSync(path).indexOf('"submittedAt"'), garbage(8)),
  ],
  [
    'a tidy row that says something else',
    (path) => overwrite(path, readFileSync(path).lastIndexOf('{"id":"') + 7, new TextEncoder().encode('000000000000')),
  ],
];

describe.skipIf(process.platform === 'win32')('a damaged job index', () => {
  test.each(DAMAGE)('%s: set aside, one clear line, every job back with its fate', async (_, damage) => {
    using home = openHome();
    const first = await home.serve();
    const ids = await Promise.all([
      first.exec('echo one'),
      first.exec('echo two >&2; exit 7'),
      first.exec('sleep 100', { timeout: 0.05 }),
    ]);
    for (const id of ids) await first.finished(id);
    const running = await first.exec('echo on; while [ ! -e go ]; do sleep 0.02; done; exit 5', { workdir: home.path });
    const { pid } = await first.wrote(running, 'on');
    await first[Symbol.asyncDispose]();
    const path = join(home.dataDir, 'jobs.sqlite');
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
    damage(path);

    await using second = await home.serve();
    const lines = second.stderr.split('\n').slice(0, -1);
    expect(lines.filter((line) => line.includes('damaged'))).toHaveLength(1);
    const aside = /file=(\S+)/.exec(second.stderr)?.[1] ?? '';
    expect(aside).toStartWith(`${path}.damaged-`);
    expect(existsSync(aside)).toBe(true);
    const [one, two, three, still] = await Promise.all([...ids, running].map((id) => second.job(id)));
    expect(one).toMatchObject({ status: 'completed', exitCode: 0, stdout: 'one\n' });
    expect(two).toMatchObject({ status: 'failed', exitCode: 7, stderr: 'two\n' });
    expect(three).toMatchObject({ status: 'timeout', exitCode: -1, timedOut: true });
    expect(still).toMatchObject({ status: 'running', pid });
    writeFileSync(join(home.path, 'go'), '');
    expect(await second.finished(running)).toMatchObject({ exitCode: 5, stdout: 'on\n' });
    expect((await second.json<{ jobId: string }[]>('/jobs')).map(({ jobId }) => jobId)[0]).toBe(running);
    expect((await second.finished(await second.exec('echo new'))).stdout).toBe('new\n');
    expect(await second.health()).toMatchObject({ jobs: 5, problems: [] });
  });

  test('an index that is sound is left where it is', async () => {
    using home = openHome();
    const first = await home.serve();
    await first.finished(await first.exec('true'));
    // A list is made from the index, which is therefore written by now.
    await first.json('/jobs');
    await first.killed();
    await using second = await home.serve();
    expect(second.stderr).toBe('');
    expect(readdirSync(home.dataDir).filter((name) => name.includes('damaged'))).toEqual([]);
  });
});
