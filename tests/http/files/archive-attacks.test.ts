/** Archives that are meant to do harm, sent to a server: refused with a sentence, and nothing of them is left. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tarEnd, tarHeader, tarPadding } from '../../../src/files/archive/tar-header.ts';
import { liveServer, openProcess, type Door } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';
import { treeText } from '../../support/tree-text.ts';
import { zipOf, type ZipGiven } from '../../support/zip.ts';

const root = resolve(import.meta.dir, '../../..');
const ENTRIES = 100;
const FREE = 1024 * 1024;
const [DEVICE, LINK, FOLDER] = [0o020644, 0o120777, 0o040755];

/** A server whose limits a test can reach (tests/fixtures/small-unpack-limits.ts). */
const limited: Door = {
  ...liveServer,
  open: (place) =>
    openProcess(
      [process.execPath, '--preload', join(root, 'tests/fixtures/small-unpack-limits.ts'), join(root, 'src/main.ts')],
      place,
    ),
};

const header = (name: string, size: number) =>
  Buffer.from(tarHeader({ name, mode: 0o644, modifiedAt: 0, uid: 0, gid: 0, type: 'file', size, pieces: none() }));

async function* none(): AsyncGenerator<Uint8Array> {}

const tarFile = (name: string, content: Uint8Array) =>
  Buffer.concat([header(name, content.length), content, tarPadding(content.length)]);

/** With another type, or another size, than a writer would give it. */
function changed(head: Buffer, { type, size }: { readonly type?: string; readonly size?: Buffer }): Buffer {
  if (type !== undefined) head.write(type, 156, 'latin1');
  size?.copy(head, 124);
  head.fill(' ', 148, 156);
  const sum = head.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return head;
}

const tar = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat([...parts, tarEnd(0)]));
const zeros = (bytes: number) => new Uint8Array(bytes);
const many = <T>(make: (at: number) => T, count = ENTRIES + 1): T[] =>
  Array.from({ length: count }, (_, at) => make(at));
const zipped = (...entries: readonly ZipGiven[]) =>
  zipOf([{ name: 'harmless', content: Buffer.from('x') }, ...entries]);
const harmless = tarFile('harmless', Buffer.from('x'));

/** A zipped archive with one byte after another changed. */
function flipped(archive: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> {
  const copy = archive.slice();
  copy.set([(copy.at(at) ?? 0) ^ 0xff], at < 0 ? copy.length + at : at);
  return copy;
}

const gzipped = Bun.gzipSync(tar(harmless, tarFile('more', crypto.getRandomValues(zeros(50_000)))));

describe('an archive', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start(limited);
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  test.each<readonly [string, string, string, () => Uint8Array<ArrayBuffer>, number]>([
    ['zeros, zipped small', 'tar.gz', '', () => Bun.gzipSync(tar(harmless, tarFile('big', zeros(3 * FREE)))), 413],
    ['zeros in a zip', 'zip', '', () => zipped({ name: 'big', content: zeros(3 * FREE) }), 413],
    [
      'many entries in a zip that share one content',
      'zip',
      '',
      () => zipped(...many((at) => ({ name: `big-${at}`, content: zeros(100_000), shares: at > 0 }), 50)),
      413,
    ],
    [
      'a zip entry that has more than it says',
      'zip',
      '',
      () => zipped({ name: 'a', content: zeros(FREE), size: 9 }),
      400,
    ],
    [
      'a zip entry that has less than it says',
      'zip',
      '',
      () => zipped({ name: 'a', content: zeros(9), size: FREE }),
      400,
    ],
    ['more entries than may be', 'tar', '', () => tar(...many((at) => tarFile(`f-${at}`, zeros(0)))), 413],
    ['the same, zipped', 'zip', '', () => zipOf(many((at) => ({ name: `f-${at}`, content: zeros(0) }))), 413],
    ['one name again and again', 'tar', '', () => tar(...many(() => tarFile('same', zeros(0)))), 413],
    ['entries that strip leaves out', 'tar', '&strip=1', () => tar(...many(() => tarFile('top', zeros(0)))), 413],
    ['the same in a zip', 'zip', '&strip=1', () => zipOf(many(() => ({ name: 'top', content: zeros(0) }))), 413],
    [
      'folders that are only parts of names',
      'tar',
      '',
      () => tar(...many((at) => tarFile(`${many((part) => `d${at}-${part}`, 20).join('/')}/x`, zeros(0)), 6)),
      413,
    ],
    [
      'a size of eight exbibytes',
      'tar',
      '',
      () =>
        tar(
          harmless,
          changed(header('a', 0), { size: Buffer.from('\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff', 'latin1') }),
        ),
      400,
    ],
    [
      'a size below zero',
      'tar',
      '',
      () => tar(harmless, changed(header('a', 0), { size: Buffer.from(`${'\xff'.repeat(11)}\xfe`, 'latin1') })),
      400,
    ],
    [
      'a name of eight mebibytes',
      'tar.gz',
      '',
      () => Bun.gzipSync(tar(harmless, changed(header('x', 8 * FREE), { type: 'L' }), zeros(8 * FREE))),
      400,
    ],
    [
      'a link in a zip that leads out',
      'zip',
      '',
      () => zipped({ name: 'l', content: Buffer.from('../..'), mode: LINK }),
      400,
    ],
    ['a link in a zip to the root', 'zip', '', () => zipped({ name: 'l', content: Buffer.from('/'), mode: LINK }), 400],
    [
      'a file in a zip below a link',
      'zip',
      '',
      () => zipped({ name: 'l', content: Buffer.from('.'), mode: LINK }, { name: 'l/x', content: Buffer.from('x') }),
      400,
    ],
    ['a device in a zip', 'zip', '', () => zipped({ name: 'dev', content: zeros(0), mode: DEVICE }), 400],
    [
      'a folder in a zip that is a file, too',
      'zip',
      '',
      () => zipped({ name: 'x', content: Buffer.from('x') }, { name: 'x/', content: zeros(0), mode: FOLDER }),
      400,
    ],
    ['a gzip whose sum is wrong', 'tar.gz', '', () => flipped(gzipped, -5), 400],
    ['a gzip that is damaged in the middle', 'tar.gz', '', () => flipped(gzipped, 20_000), 400],
    ['a gzip without its end', 'tar.gz', '', () => gzipped.slice(0, -9), 400],
    ['a gzip without its last byte', 'tar.gz', '', () => gzipped.slice(0, -1), 400],
    ['a gzip of nothing', 'tar.gz', '', () => Bun.gzipSync(zeros(0)), 400],
    ['nothing', 'zip', '', () => zeros(0), 400],
  ])('%s (%s%s)', async (_what, format, query, make, status) => {
    mkdirSync(rig.path('there/in'), { recursive: true });
    writeFileSync(rig.path('there/in/a'), 'old');
    const before = treeText(rig.place.cwd);
    const archive = make();
    for (const name of ['there', 'new']) {
      const target = `/files/archive?path=${encodeURIComponent(rig.path(name))}&format=${format}&overwrite=1${query}`;
      const answer = await rig.ask(target, { method: 'PUT', body: archive });
      expect(answer).toMatchObject({ status, body: { error: expect.stringMatching(/^(the )?(archive|")/) } });
    }
    expect(treeText(rig.place.cwd)).toEqual(before);
    const notes = join(rig.place.data, 'files', 'staged');
    expect(existsSync(notes) ? readdirSync(notes) : []).toEqual([]);
  });
});
