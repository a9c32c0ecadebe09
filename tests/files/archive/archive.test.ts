/** Archives on their way in and out of a folder, where no server is needed to see it. */
import { describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { archiveStream } from '../../../src/files/archive/archive-stream.ts';
import { entriesOf } from '../../../src/files/archive/folder-entries.ts';
import type { ArchiveFormat } from '../../../src/files/archive/archive-format.ts';
import { tarEnd, tarHeader, tarPadding } from '../../../src/files/archive/tar-header.ts';
import { Unpackable, type UnpackFailure } from '../../../src/files/archive/unpack-failure.ts';
import { UnpackLimits } from '../../../src/files/archive/unpack-limits.ts';
import { Unpacking, type UnpackOptions } from '../../../src/files/archive/unpacking.ts';
import { StagedNames } from '../../../src/files/write/staged-names.ts';
import { ProtectedPlaces } from '../../../src/files/write/protected.ts';
import { Room } from '../../../src/files/write/room.ts';
import { WriteWorld } from '../write/world.ts';

const LIMITS = { entries: 20, ratio: 10, free: 100_000 };

async function* none(): AsyncGenerator<Uint8Array> {}

function tarOfFiles(files: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const parts = files.flatMap(([name, content]) => {
    const common = { name, mode: 0o644, modifiedAt: 0, uid: 0, gid: 0 };
    return [
      tarHeader({ ...common, type: 'file', size: content.length, pieces: none() }),
      content,
      tarPadding(content.length),
    ];
  });
  return Buffer.concat([...parts, tarEnd(0)]);
}

async function unpack(
  world: WriteWorld,
  name: string,
  archive: Uint8Array,
  options: Partial<UnpackOptions> = {},
): Promise<UnpackFailure | undefined> {
  const opened = await Unpacking.create(world.writing, world.reach, world.find(name), { format: 'tar', ...options });
  if (!opened.ok) return opened.failure;
  await using unpacking = opened.value;
  for (let at = 0; at < archive.length; at += 10_000) {
    const written = await unpacking.write(archive.slice(at, at + 10_000));
    if (!written.ok) return written.failure;
  }
  const done = await unpacking.finish();
  return done.ok ? undefined : done.failure;
}

describe('an archive that is too large', () => {
  test.each([
    ['tar.gz', Bun.gzipSync(new Uint8Array(tarOfFiles([['zeros', new Uint8Array(1_000_000)]])))],
    ['tar', tarOfFiles(Array.from({ length: 21 }, (_, at) => [`f${at}`, new Uint8Array()] as const))],
    ['tar', tarOfFiles([[Array.from({ length: 22 }, () => 'd').join('/'), new Uint8Array()]])],
  ] as const)('%s: is refused, and nothing of it is left', async (format, archive) => {
    using world = new WriteWorld();
    const failure = await unpack(world, 'to', new Uint8Array(archive), { format, limits: LIMITS });
    expect(failure).toMatchObject({ reason: 'archive-too-large' });
    expect([existsSync(world.path('to')), ...world.left, ...world.noted]).toEqual([false]);
  });

  test('and one within the limits is not', async () => {
    using world = new WriteWorld();
    const archive = tarOfFiles([['x', new Uint8Array(99_000)]]);
    expect(await unpack(world, 'to', archive, { limits: LIMITS })).toBeUndefined();
    expect(readFileSync(world.path('to/x')).length).toBe(99_000);
  });

  test('to the byte and to the entry', () => {
    const limits = new UnpackLimits({ entries: 2, ratio: 10, free: 5 });
    limits.received = 3;
    limits.countBytes(35);
    expect(() => limits.countBytes(1)).toThrow(Unpackable);
    for (const what of ['countEntry', 'countFolder'] as const) {
      const counted = new UnpackLimits({ entries: 2, ratio: 10, free: 5 });
      counted[what]();
      counted[what]();
      expect(() => counted[what]()).toThrow(Unpackable);
    }
  });
});

test('no room on the disk is told before and while it comes', async () => {
  using world = new WriteWorld({ keep: Number.MAX_SAFE_INTEGER });
  expect(await unpack(world, 'to', tarOfFiles([]))).toMatchObject({ reason: 'no-room' });
  for (const format of ['tar', 'zip'] as const) await outgrows(format);
});

async function outgrows(format: ArchiveFormat): Promise<void> {
  using other = new WriteWorld();
  let asked = 0;
  const room = new (class extends Room {
    override async refusal(...args: Parameters<Room['refusal']>) {
      asked += 1;
      return asked === 1 ? undefined : new Room(Number.MAX_SAFE_INTEGER).refusal(...args);
    }
  })(0);
  Object.assign(other, { writing: { ...other.writing, room } });
  const archive = tarOfFiles([['x', new Uint8Array(3_000_000)]]);
  expect(await unpack(other, 'to', archive, { format })).toMatchObject({ reason: 'no-room' });
  expect([existsSync(other.path('to')), ...other.left]).toEqual([false]);
}

test('what must not be overwritten stays, and so does everything else', async () => {
  using world = new WriteWorld();
  mkdirSync(world.path('to'));
  writeFileSync(world.path('to/program'), 'old');
  writeFileSync(world.path('to/a'), 'old');
  const writing = { ...world.writing, protectedPlaces: new ProtectedPlaces([world.path('to/program')]) };
  Object.assign(world, { writing });
  const archive = tarOfFiles(['a', 'program'].map((name) => [name, Buffer.from('new')] as const));
  expect(await unpack(world, 'to', archive, { overwrite: true })).toEqual({ reason: 'protected' });
  expect(['a', 'program'].map((name) => readFileSync(world.path(`to/${name}`), 'utf8'))).toEqual(['old', 'old']);
});

test('what a crash left of it is removed at the next start', async () => {
  using world = new WriteWorld();
  mkdirSync(world.path('to'));
  const opened = await Unpacking.create(world.writing, world.reach, world.find('to'), { format: 'zip' });
  if (!opened.ok) throw new Error(opened.failure.reason);
  await opened.value.write(Buffer.from('PK'));
  expect(readdirSync(world.path('to')).length).toBe(1);
  await new StagedNames(world.notes).removeLeftOver();
  expect([...readdirSync(world.path('to')), ...world.noted]).toEqual([]);
  await opened.value[Symbol.asyncDispose]();
});

test.each(['tar', 'tar.gz', 'zip'] as const)(
  '%s: a file that changes while it is read is told',
  async (format: ArchiveFormat) => {
    using world = new WriteWorld();
    mkdirSync(world.path('from'));
    writeFileSync(world.path('from/a-long'), new Uint8Array(3_000_000).fill(7));
    writeFileSync(world.path('from/b'), 'after it');
    const signal = new AbortController().signal;
    const entries = entriesOf(world.reach, world.find('from'), { exclude: [], ignore: false }, () => 0);
    const chunks: Uint8Array[] = [];
    // Nothing is read ahead: what follows the first chunk is not read yet.
    for await (const chunk of archiveStream(entries, format, signal)) {
      if (chunks.length === 0) truncateSync(world.path('from/a-long'), 1_500_000);
      chunks.push(chunk);
    }
    expect(await unpack(world, 'to', Buffer.concat(chunks), { format })).toBeUndefined();
    const bytes = readFileSync(world.path('to/a-long'));
    expect(bytes.length).toBe(3_000_000);
    expect(bytes.subarray(2_000_000).every((byte) => byte === 0)).toBe(true);
    expect(readFileSync(world.path('to/b'), 'utf8')).toBe('after it');
    expect(readFileSync(world.path('to/.agent-server-errors.txt'), 'utf8')).toStartWith('"a-long": it became shorter');
  },
);
