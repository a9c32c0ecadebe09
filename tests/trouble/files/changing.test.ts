/** Files that change while they are read, hashed, listed and packed: what comes is what its head says, or is broken off. */
import { describe, expect, test } from 'bun:test';
import { appendFileSync, mkdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FileEntry } from '../../../src/protocol/files.ts';
import type { FileListing } from '../../../src/protocol/files/list.ts';
import { executable } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';
import { waitFor } from '../../support/wait.ts';
import { FastFolder, onLinuxExecutable, openFiles, pathQuery } from './world.ts';

/** More than the buffers of a connection have room for, and nothing that gzip makes smaller. */
const LARGE = 24_000_000;
const PIECE = 65_536;
const random = Buffer.alloc(LARGE);
for (let at = 0; at < LARGE; at += PIECE) crypto.getRandomValues(random.subarray(at, Math.min(at + PIECE, LARGE)));

const CHANGES = {
  grows: (path: string) => appendFileSync(path, 'more'),
  shrinks: (path: string) => truncateSync(path, 1000),
  'is replaced': (path: string) => {
    writeFileSync(`${path}.new`, 'another');
    renameSync(`${path}.new`, path);
  },
} as const;

/** The bytes of an answer of which the first come before the change; `broken`: whether it ended as a connection that breaks. */
async function readAround(answer: Response, change: () => void) {
  const reader = answer.body?.getReader();
  const pieces: Uint8Array[] = [];
  try {
    for (;;) {
      const next = await reader?.read();
      if (next === undefined || next.done) break;
      if (pieces.length === 0) change();
      pieces.push(next.value);
    }
    return { bytes: Buffer.concat(pieces), broken: false };
  } catch {
    return { bytes: Buffer.concat(pieces), broken: true };
  }
}

async function restless(path: string, how: 'shrinks' | 'replaced', story: () => Promise<void>) {
  const program = resolve(import.meta.dir, '../../fixtures/restless-file.ts');
  const child = Bun.spawn([process.execPath, program, path, how], { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    await story();
    expect(child.exitCode).toBeNull();
  } finally {
    child.kill('SIGKILL');
    await child.exited;
  }
}

onLinuxExecutable('files that change', (program) =>
  describe('files that change', () => {
    const changed = Object.keys(CHANGES) as (keyof typeof CHANGES)[];

    test.each(changed)('one that %s while it is read', async (how) => {
      await using rig = await Rig.start(executable(program));
      using folder = new FastFolder();
      const path = folder.at('a');
      for (const [range, from] of [
        [undefined, 0],
        [`bytes=1000000-`, 1_000_000],
      ] as const) {
        writeFileSync(path, random);
        const answer = await rig.request(`/files?${pathQuery(path)}`, {
          ...(range !== undefined && { headers: { range } }),
        });
        expect(answer.status).toBe(range === undefined ? 200 : 206);
        const { bytes, broken } = await readAround(answer, () => CHANGES[how](path));
        expect(broken).toBe(how === 'shrinks');
        if (broken) {
          // Of what was there, and not filled up.
          expect(bytes.length).toBeLessThan(LARGE - from);
          expect(bytes.equals(random.subarray(from, from + bytes.length))).toBe(true);
        } else expect(bytes.equals(random.subarray(from))).toBe(true);
      }
      await waitFor('it to be closed', () => !openFiles(rig).some((open) => open.startsWith(folder.path)));
      expect((await rig.request('/health')).status).toBe(200);
    });

    test('a part has as many bytes as its head says, or is refused', async () => {
      await using rig = await Rig.start(executable(program));
      using folder = new FastFolder();
      const path = folder.at('a');
      writeFileSync(path, 'a');
      await restless(path, 'shrinks', async () => {
        const statuses = new Set<number>();
        for (let turn = 0; turn < 200; turn += 1) {
          const answer = await rig.request(`/files?${pathQuery(path)}`, { headers: { range: 'bytes=100-899999' } });
          const bytes = await answer.bytes();
          statuses.add(answer.status);
          if (answer.status !== 206) {
            expect([409, 416]).toContain(answer.status);
            continue;
          }
          const [, from, to] = /^bytes (\d+)-(\d+)\//.exec(answer.headers.get('content-range') ?? '') ?? [];
          expect(bytes.length).toBe(Number(to) - Number(from) + 1);
        }
        expect(statuses.has(206)).toBe(true);
      });
    });

    test('one that is replaced again and again is always there, and whole', async () => {
      await using rig = await Rig.start(executable(program));
      using folder = new FastFolder();
      const path = folder.at('a');
      const contents = [Buffer.alloc(900_000, 'a'), Buffer.alloc(500_000, 'b')];
      writeFileSync(path, contents[0] ?? '');
      await restless(path, 'replaced', async () => {
        for (let turn = 0; turn < 300; turn += 1) {
          const answer = await rig.request(`/files?${pathQuery(path)}`);
          expect(answer.status).toBe(200);
          const bytes = await answer.bytes();
          expect(contents.some((content) => content.equals(bytes))).toBe(true);
        }
      });
    });

    test('a hash is of the entry that it comes with, from stat and in a list', async () => {
      await using rig = await Rig.start(executable(program));
      using folder = new FastFolder();
      const path = folder.at('a');
      const hashOf = (length: number, letter: string) =>
        new Bun.CryptoHasher('sha256').update(Buffer.alloc(length, letter)).digest('hex');
      const hashes = new Map([900_000, 500_000].map((size) => [size, hashOf(size, size === 900_000 ? 'a' : 'b')]));
      writeFileSync(path, Buffer.alloc(900_000, 'a'));
      await restless(path, 'replaced', async () => {
        let hashed = 0;
        for (let turn = 0; turn < 200; turn += 1) {
          const entry = await rig.get<FileEntry>(`/files/stat?${pathQuery(path)}&hash=sha256`);
          const { items } = await rig.get<FileListing>(`/files/list?${pathQuery(folder.path)}&hash=sha256&include=a`);
          for (const { size, sha256 } of [entry, ...items]) {
            if (sha256 === undefined) continue;
            expect(sha256).toBe(hashes.get(size) ?? '');
            hashed += 1;
          }
        }
        expect(hashed).toBeGreaterThan(0);
      });
    });

    test.each([
      ['tar', 'grows'],
      ['tar', 'is replaced'],
      ['tar', 'shrinks'],
      ['tar.gz', 'shrinks'],
      ['zip', 'grows'],
    ] as const)('%s: one that %s while it is packed is named, and the archive is whole', async (format, how) => {
      await using rig = await Rig.start(executable(program));
      using folder = new FastFolder();
      mkdirSync(folder.at('from'));
      writeFileSync(folder.at('from', 'a'), random);
      writeFileSync(folder.at('from', 'b'), 'after it');
      const answer = await rig.request(`/files/archive?${pathQuery(folder.at('from'))}&format=${format}`);
      const { bytes, broken } = await readAround(answer, () => CHANGES[how](folder.at('from', 'a')));
      expect(broken).toBe(false);
      const unpacked = await rig.ask(`/files/archive?${pathQuery(folder.at('to'))}&format=${format}`, {
        method: 'PUT',
        body: new Uint8Array(bytes),
      });
      expect(unpacked).toMatchObject({ status: 200 });
      const packed = readFileSync(folder.at('to', 'a'));
      expect(packed.length).toBe(LARGE);
      const same = packed.findIndex((byte, at) => byte !== random[at]);
      if (how === 'shrinks') {
        expect(same).toBeGreaterThan(0);
        expect(packed.subarray(same).every((byte) => byte === 0)).toBe(true);
      } else expect(same).toBe(-1);
      expect(readFileSync(folder.at('to', 'b'), 'utf8')).toBe('after it');
      const told = readFileSync(folder.at('to', '.agent-server-errors.txt'), 'utf8');
      expect(told).toMatch(how === 'shrinks' ? /^"a": it became shorter/ : /^"a": it changed while it was read\n$/);
    });
  }),
);
