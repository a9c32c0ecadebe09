/** The files behind the audit log. */
import { describe, expect, test } from 'bun:test';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import fc from 'fast-check';
import { AuditFiles, entryText } from '../../src/audit/files.ts';
import { Sandbox } from '../support/sandbox.ts';

const fields = (text = 'x') => ({
  time: 1,
  key: 'default',
  peer: null,
  method: 'POST',
  route: '/exec',
  what: { text },
  status: 202,
});
const entry = (text?: string) => entryText(fields(text));

async function appendAll(files: AuditFiles, count: number): Promise<void> {
  let left = count;
  while (left > 0) left -= await files.append(Array.from({ length: Math.min(left, 50) }, () => entry()));
}

const seqs = (entries: readonly { readonly seq: number }[]): number[] => entries.map(({ seq }) => seq);
const sizeOf = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(`${folder}/${name}`).size, 0);

test('entries are numbered on over restarts, in files for their owner alone', async () => {
  using box = new Sandbox();
  const options = { folder: box.file('audit'), keepBytes: 100_000 };
  await appendAll(await AuditFiles.open(options), 3);
  const again = await AuditFiles.open(options);
  expect(again.last).toBe(3);
  await appendAll(again, 2);
  expect(seqs(await again.after(0, 10))).toEqual([1, 2, 3, 4, 5]);
  const [name = ''] = readdirSync(options.folder);
  expect(readdirSync(options.folder)).toHaveLength(1);
  expect(statSync(box.file('audit', name)).mode & 0o777).toBe(0o600);
  expect(statSync(options.folder).mode & 0o777).toBe(0o700);
  expect(JSON.parse(readFileSync(box.file('audit', name), 'utf8').split('\n')[4] ?? '')).toEqual({
    seq: 5,
    ...fields(),
  });
});

test('all files together stay within what is kept, and the newest entries are there', async () => {
  using box = new Sandbox();
  const options = { folder: box.file('audit'), keepBytes: 20_000 };
  const files = await AuditFiles.open(options);
  await appendAll(files, 2000);
  expect(sizeOf(options.folder)).toBeLessThanOrEqual(20_000);
  expect(sizeOf(options.folder)).toBeGreaterThan(15_000);
  expect(seqs(await files.before(Infinity, 3))).toEqual([1998, 1999, 2000]);
  const [oldest = 0] = seqs(await files.after(0, 1));
  expect(oldest).toBeGreaterThan(1000);
  const next = await AuditFiles.open(options);
  expect(next.last).toBe(2000);
  await appendAll(next, 1);
  expect(seqs(await next.before(Infinity, 2))).toEqual([2000, 2001]);
});

describe('paging', () => {
  test('gives every entry that is kept once, in order, forwards and backwards', async () => {
    using box = new Sandbox();
    const files = await AuditFiles.open({ folder: box.file('audit'), keepBytes: 20_000 });
    await appendAll(files, 700);
    const all = seqs(await files.after(0, 10_000));
    expect(all.at(-1)).toBe(700);
    expect(all).toEqual(Array.from({ length: all.length }, (_, index) => 700 - all.length + 1 + index));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (limit) => {
        const forwards: number[] = [];
        for (let page = await files.after(0, limit); page.length > 0;) {
          expect(page.length).toBeLessThanOrEqual(limit);
          forwards.push(...seqs(page));
          page = await files.after(forwards.at(-1) ?? 0, limit);
        }
        expect(forwards).toEqual(all);
        let backwards: number[] = [];
        for (let page = await files.before(Infinity, limit); page.length > 0;) {
          backwards = [...seqs(page), ...backwards];
          page = await files.before(backwards[0] ?? 0, limit);
        }
        expect(backwards).toEqual(all);
      }),
      { numRuns: 30 },
    );
  });
});

test('half a line that a crash has left is cut off, and what is no entry is passed over', async () => {
  using box = new Sandbox();
  const options = { folder: box.file('audit'), keepBytes: 100_000 };
  await appendAll(await AuditFiles.open(options), 2);
  const [name = ''] = readdirSync(options.folder);
  const path = box.file('audit', name);
  appendFileSync(path, '{"seq":3,"time":2,"status":200,"what":{},"later":"field"}\nnot an entry\n{"seq":4,"ti');
  const files = await AuditFiles.open(options);
  expect(seqs(await files.after(0, 10))).toEqual([1, 2, 3]);
  await appendAll(files, 1);
  expect(seqs(await files.after(0, 10))).toEqual([1, 2, 3, 4]);
  expect(readFileSync(path, 'utf8')).not.toContain('"ti"');
  expect(readFileSync(path, 'utf8').endsWith('\n')).toBe(true);
});

describe('an append that failed', () => {
  test('is tried again as if it had not been, in a folder made again where somebody has removed it', async () => {
    using box = new Sandbox();
    const options = { folder: box.file('audit'), keepBytes: 100_000 };
    const files = await AuditFiles.open(options);
    await appendAll(files, 2);
    rmSync(options.folder, { recursive: true });
    writeFileSync(options.folder, 'not a folder');
    for (let attempt = 0; attempt < 2; attempt += 1)
      expect(await files.append([entry()]).catch(() => 'refused')).toBe('refused');
    rmSync(options.folder);
    await appendAll(files, 2);
    // What was in it is gone; no number is used twice.
    expect(seqs(await files.after(0, 10))).toEqual([3, 4]);
    expect(statSync(options.folder).mode & 0o777).toBe(0o700);
    expect(seqs(await (await AuditFiles.open(options)).after(0, 10))).toEqual([3, 4]);
  });

  test('leaves nothing to be written behind, were the file cut in the middle of a line meanwhile', async () => {
    using box = new Sandbox();
    const options = { folder: box.file('audit'), keepBytes: 100_000 };
    const files = await AuditFiles.open(options);
    await appendAll(files, 2);
    const [name = ''] = readdirSync(options.folder);
    const kept = readFileSync(box.file('audit', name)).subarray(0, -10);
    rmSync(options.folder, { recursive: true });
    await files.append([entry()]).catch(() => 'refused');
    mkdirSync(options.folder);
    writeFileSync(box.file('audit', name), kept);
    await appendAll(files, 2);
    expect(seqs(await files.after(0, 10))).toEqual([1, 3, 4]);
  });
});

test('an old file that cannot be removed costs no entry, none is written twice, and it goes as soon as it can', async () => {
  using box = new Sandbox();
  const options = { folder: box.file('audit'), keepBytes: 20_000 };
  const files = await AuditFiles.open(options);
  await appendAll(files, 100);
  const oldest = box.file('audit', readdirSync(options.folder).toSorted()[0] ?? '');
  rmSync(oldest);
  // A folder cannot be removed like a file.
  mkdirSync(oldest);
  await appendAll(files, 200);
  expect(files.last).toBe(300);
  expect(existsSync(oldest)).toBe(true);
  expect(seqs(await files.before(Infinity, 100))).toEqual(Array.from({ length: 100 }, (_, index) => 201 + index));
  rmdirSync(oldest);
  writeFileSync(oldest, '');
  await appendAll(files, 1);
  expect(existsSync(oldest)).toBe(false);
  expect(sizeOf(options.folder)).toBeLessThanOrEqual(20_000);
});
