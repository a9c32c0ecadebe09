/** Writes to a disk that is full: 507 with a sentence, what was there stays, and nothing of them is left; it goes on once there is room. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tarEnd, tarHeader, tarPadding } from '../../../src/files/archive/tar-header.ts';
import { liveServer } from '../../support/doors.ts';
import { Rig, type Ask } from '../../support/rig.ts';
import { SmallDisk, smallDiskMissing } from '../../support/small-disk.ts';
import { zipOf } from '../../support/zip.ts';
import { openFiles, pathQuery } from '../../trouble/files/world.ts';

const whyNot = smallDiskMissing();
if (whyNot !== undefined) console.warn(`a full disk is not tested: no small disk can be mounted here (${whyNot})`);

/** More than the rest of a page of the disk. */
const CONTENT = 'new line\n'.repeat(20_000);
const SENTENCE = /^(the disk is full \(ENOSPC\)|fewer than \d+ bytes would be left on the disk \(--min-free-bytes\))$/;
const bytes = new TextEncoder().encode(CONTENT);
const none = (async function* (): AsyncGenerator<Uint8Array> {})();
const head = tarHeader({
  name: 'x',
  type: 'file',
  mode: 0o644,
  modifiedAt: 0,
  uid: 0,
  gid: 0,
  size: bytes.length,
  pieces: none,
});
const tar = () => new Uint8Array(Buffer.concat([head, bytes, tarPadding(bytes.length), tarEnd(0)]));
/** Sent without a length, so that only the disk itself can say that there is no room. */
const unmeasured = () =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 10_000) controller.enqueue(bytes.slice(at, at + 10_000));
      controller.close();
    },
  });

describe.skipIf(whyNot !== undefined)('a full disk', () => {
  let rig: Rig;
  let disk: SmallDisk;
  let base: number;
  const at = (...names: string[]) => join(disk.path, ...names);
  beforeAll(async () => {
    disk = new SmallDisk();
    // None is kept free: it is the disk that has no more.
    rig = await Rig.start(liveServer, { flags: { 'min-free-bytes': '0' } });
    mkdirSync(at('folder'));
    for (const name of ['a', 'b', 'folder/x']) writeFileSync(at(name), 'old\n');
    writeFileSync(at('big'), CONTENT);
    mkdirSync(rig.path('elsewhere/deep'), { recursive: true });
    for (const name of ['elsewhere/big', 'elsewhere/deep/big']) writeFileSync(rig.path(name), CONTENT);
    base = openFiles(rig).length;
  });
  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
    disk[Symbol.dispose]();
  });

  /** Names with contents, but for what fills the disk. */
  const there = () =>
    readdirSync(disk.path, { recursive: true })
      .map(String)
      .filter((name) => name !== 'ballast')
      .toSorted()
      .map((name) => (statSync(at(name)).isFile() ? `${name}: ${readFileSync(at(name), 'utf8').slice(0, 5)}` : name));
  const notes = () =>
    ['staged', 'batches'].flatMap((name) => {
      const folder = join(rig.place.data, 'files', name);
      return existsSync(folder) ? readdirSync(folder) : [];
    });

  test.each<readonly [string, () => readonly [string, Ask]]>([
    ['a write', () => [`/files?${pathQuery(at('a'))}`, { method: 'PUT', body: CONTENT }]],
    [
      'one of a length that nobody knows',
      () => [`/files?${pathQuery(at('a'))}`, { method: 'PUT', body: unmeasured() }],
    ],
    ['one of a new file', () => [`/files?${pathQuery(at('new'))}`, { method: 'PUT', body: unmeasured() }]],
    ['an append', () => [`/files/append?${pathQuery(at('a'))}`, { method: 'POST', body: CONTENT }]],
    [
      'an append of no known length',
      () => [`/files/append?${pathQuery(at('a'))}`, { method: 'POST', body: unmeasured() }],
    ],
    [
      'an edit',
      () => [`/files?${pathQuery(at('a'))}`, { method: 'PATCH', json: { edits: [{ old: 'old', new: CONTENT }] } }],
    ],
    ['an archive', () => [`/files/archive?${pathQuery(at('folder'))}&overwrite=1`, { method: 'PUT', body: tar() }]],
    ['an archive as a new folder', () => [`/files/archive?${pathQuery(at('new'))}`, { method: 'PUT', body: tar() }]],
    [
      'an archive that is zipped',
      () => [
        `/files/archive?${pathQuery(at('new'))}&format=zip`,
        { method: 'PUT', body: zipOf([{ name: 'x', content: crypto.getRandomValues(new Uint8Array(50_000)) }]) },
      ],
    ],
    ['a copy', () => ['/files/copy', { json: { from: at('big'), to: at('copy') } }]],
    ['a copy over another file', () => ['/files/copy', { json: { from: at('big'), to: at('a'), overwrite: true } }]],
    [
      'a copy of a folder',
      () => ['/files/copy', { json: { from: rig.path('elsewhere'), to: at('copy'), recursive: true } }],
    ],
    ['a move from another disk', () => ['/files/move', { json: { from: rig.path('elsewhere/big'), to: at('moved') } }]],
    ['a move of a folder', () => ['/files/move', { json: { from: rig.path('elsewhere'), to: at('moved') } }]],
    ['the beginning of an upload', () => ['/files/uploads', { json: { path: at('up'), size: 100_000 } }]],
  ])('%s', async (_what, make) => {
    const before = there();
    disk.fill();
    try {
      const [target, ask] = make();
      expect(await rig.ask(target, ask)).toMatchObject({
        status: 507,
        body: { error: expect.stringMatching(SENTENCE) },
      });
      expect(there()).toEqual(before);
      expect(notes()).toEqual([]);
      expect(readFileSync(rig.path('elsewhere/deep/big'), 'utf8')).toBe(CONTENT);
      expect(readFileSync(rig.path('elsewhere/big'), 'utf8')).toBe(CONTENT);
      expect(openFiles(rig).length).toBeLessThanOrEqual(base);
    } finally {
      disk.clear();
    }
  });

  test.each([false, true])('several files at once, atomic: %s', async (atomic) => {
    const before = there();
    disk.fill();
    try {
      const items = [
        { path: at('b'), text: '' },
        { path: at('a'), text: CONTENT },
        { path: at('new'), text: CONTENT },
      ];
      const { status, body } = await rig.ask('/files/write', {
        json: { atomic, items: atomic ? items : items.slice(1) },
      });
      const full = { ok: false, status: 507, error: expect.stringMatching(SENTENCE) };
      const unwritten = { ok: false, status: 424 };
      expect(status).toBe(atomic ? 409 : 200);
      expect((body as { items: object[] }).items).toMatchObject(atomic ? [unwritten, full, unwritten] : [full, full]);
      expect(there()).toEqual(before);
      expect(notes()).toEqual([]);
    } finally {
      disk.clear();
    }
  });

  test('a part of an upload: what has come stays, and the rest comes once there is room', async () => {
    const { id } = await rig.post<{ id: string }>('/files/uploads', { path: at('up'), size: bytes.length });
    const part = (offset: number) =>
      rig.request(`/files/uploads/${id}`, {
        method: 'PATCH',
        headers: { 'upload-offset': String(offset) },
        body: CONTENT.slice(offset),
      });
    disk.fill();
    const refused = await part(0);
    expect([refused.status, ((await refused.json()) as { error: string }).error]).toEqual([
      507,
      expect.stringMatching(SENTENCE),
    ]);
    disk.clear();
    const { offset } = await rig.get<{ offset: number }>(`/files/uploads/${id}`);
    expect(offset).toBeLessThan(bytes.length);
    expect((await part(offset)).status).toBe(204);
    expect(await rig.ask(`/files/uploads/${id}/finish`, { method: 'POST' })).toMatchObject({ status: 201 });
    expect(readFileSync(at('up'), 'utf8')).toBe(CONTENT);
    expect(openFiles(rig).length).toBeLessThanOrEqual(base);
  });
});
