/** Names that are no UTF-8, and a folder of a thousand levels, through every route of files. */
import { describe, expect, test } from 'bun:test';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileEntry } from '../../../src/protocol/files.ts';
import type { FileWatchEvent } from '../../../src/protocol/files/watch.ts';
import { parseSse } from '../../../src/client/sse.ts';
import { executable } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';
import { waitFor } from '../../support/sandbox.ts';
import { FastFolder, onLinuxExecutable, pathQuery } from './world.ts';

const STORY_MS = 180_000;
const LEVELS = 1000;
/** No UTF-8: a byte that begins no character, and a character that is cut. */
const ODD = Buffer.from([0x66, 0xff, 0x2d, 0xe2, 0x82]);
const deepIn = (folder: string) => join(folder, ...Array.from({ length: LEVELS }, () => 'd'));

async function follow(rig: Rig, path: string, story: (events: FileWatchEvent[]) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  const answer = await rig.request(`/files/watch?${pathQuery(path)}&recursive=1&ignore=none`, { signal: abort.signal });
  expect(answer.status).toBe(200);
  const events: FileWatchEvent[] = [];
  const following = (async () => {
    for await (const { data } of parseSse(answer.body ?? new ReadableStream()))
      events.push(JSON.parse(data) as FileWatchEvent);
  })().catch(() => {});
  await waitFor('the watch to be ready', () => events.length > 0);
  await story(events);
  abort.abort();
  await following;
}

const rowsOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

onLinuxExecutable('odd names', (program) =>
  describe('odd names', () => {
    test(
      'names that are no UTF-8',
      async () => {
        await using rig = await Rig.start(executable(program));
        using folder = new FastFolder();
        mkdirSync(folder.at('parent'));
        const bytes = Buffer.concat([Buffer.from(folder.at('parent/')), ODD]);
        const inFolder = Buffer.concat([bytes, Buffer.from('-folder')]);
        mkdirSync(inFolder);
        const inner = Buffer.concat([inFolder, Buffer.from('/'), ODD]);
        for (const path of [bytes, inner]) writeFileSync(path, 'needle\n');
        const query = (path: Buffer) => `pathBytes=${encodeURIComponent(path.toString('base64'))}`;
        const named = { nameBytes: ODD.toString('base64') };

        const list = await rig.get<{ items: FileEntry[] }>(`/files/list?${pathQuery(folder.at('parent'))}&depth=0`);
        expect(list.items.filter(({ nameBytes }) => nameBytes === named.nameBytes)).toHaveLength(2);
        expect(await rig.get<FileEntry>(`/files/stat?${query(inner)}&hash=sha256`)).toMatchObject({
          ...named,
          size: 7,
        });
        expect(await (await rig.request(`/files?${query(inner)}`)).text()).toBe('needle\n');
        expect(await rig.ask(`/files?${query(inner)}`, { method: 'PUT', body: 'needles\n' })).toMatchObject({
          status: 200,
        });
        for (const wanted of [{ text: 'needle' }, { name: 'f*' }]) {
          const found = await rig.request('/files/search', { json: { path: folder.at('parent'), ...wanted } });
          const rows = rowsOf(await found.text());
          const told = rows.flatMap(({ pathBytes }) => (typeof pathBytes === 'string' ? [pathBytes] : []));
          expect(told).toContain(inner.toString('base64'));
        }
        await follow(rig, folder.at('parent'), async (events) => {
          writeFileSync(inner, 'changed\n');
          await waitFor('the change', () => events.some(({ pathBytes }) => pathBytes === inner.toString('base64')));
        });
        for (const format of ['tar', 'tar.gz', 'zip']) {
          const archive = await rig.request(`/files/archive?${pathQuery(folder.at('parent'))}&format=${format}`);
          const to = `/files/archive?${pathQuery(folder.at(`from-${format}`))}&format=${format}`;
          expect(await rig.ask(to, { method: 'PUT', body: await archive.bytes() })).toMatchObject({ status: 200 });
          const name = readdirSync(folder.at(`from-${format}`), { encoding: 'buffer' }).find((one) => one.equals(ODD));
          expect([format, name !== undefined]).toEqual([format, true]);
        }
        const parent = folder.at('parent');
        expect(
          await rig.ask('/files/copy', { json: { from: parent, to: folder.at('copy'), recursive: true } }),
        ).toMatchObject({ status: 200 });
        expect(
          await rig.ask('/files/move', { json: { from: folder.at('copy'), to: folder.at('moved') } }),
        ).toMatchObject({ status: 200 });
        const again = Buffer.from(inner.toString('latin1').replace('parent', 'moved'), 'latin1');
        expect(readFileSync(again, 'utf8')).toBe('changed\n');
        expect(await rig.ask(`/files?${query(bytes)}`, { method: 'DELETE' })).toMatchObject({
          status: 200,
          body: { deleted: 1 },
        });
        for (const name of ['parent', 'moved']) {
          const removed = await rig.ask(`/files?${pathQuery(folder.at(name))}&recursive=1`, { method: 'DELETE' });
          expect(removed).toMatchObject({ status: 200, body: { deleted: name === 'parent' ? 3 : 4 } });
          expect(existsSync(folder.at(name))).toBe(false);
        }
      },
      STORY_MS,
    );

    test(
      `a folder of ${LEVELS} levels`,
      async () => {
        await using rig = await Rig.start(executable(program));
        using folder = new FastFolder();
        const root = folder.at('deep');
        const end = join(deepIn(root), 'end');
        mkdirSync(deepIn(root), { recursive: true });
        writeFileSync(end, 'needle\n');

        const { items } = await rig.get<{ items: FileEntry[] }>(`/files/list?${pathQuery(root)}&depth=0&limit=10000`);
        expect([items.length, items.at(-1)?.path]).toEqual([LEVELS + 1, end]);
        expect(await rig.get<FileEntry>(`/files/stat?${pathQuery(end)}`)).toMatchObject({ size: 7 });
        expect(await (await rig.request(`/files?${pathQuery(end)}`)).text()).toBe('needle\n');
        for (const wanted of [{ text: 'needle' }, { name: 'end' }]) {
          const found = await rig.request('/files/search', { json: { path: root, ...wanted } });
          expect(rowsOf(await found.text())).toMatchObject([{ path: end }, { done: true }]);
        }
        await follow(rig, root, async (events) => {
          expect(await rig.ask(`/files?${pathQuery(end)}`, { method: 'PUT', body: 'changed\n' })).toMatchObject({
            status: 200,
          });
          await waitFor('the change', () => events.some(({ path }) => path === end), STORY_MS);
        });
        const archive = await rig.request(`/files/archive?${pathQuery(root)}`);
        const unpack = `/files/archive?${pathQuery(folder.at('unpacked'))}`;
        expect(await rig.ask(unpack, { method: 'PUT', body: await archive.bytes() })).toMatchObject({ status: 200 });
        expect(readFileSync(join(deepIn(folder.at('unpacked')), 'end'), 'utf8')).toBe('changed\n');
        const moved = { from: folder.at('unpacked'), to: folder.at('moved') };
        expect(await rig.ask('/files/move', { json: moved })).toMatchObject({ status: 200 });
        expect(lstatSync(join(deepIn(folder.at('moved')), 'end')).size).toBe(8);
        for (const name of ['deep', 'moved']) {
          const removed = await rig.ask(`/files?${pathQuery(folder.at(name))}&recursive=1`, { method: 'DELETE' });
          expect(removed).toMatchObject({ status: 200, body: { deleted: LEVELS + 2 } });
        }
        expect(readdirSync(folder.path)).toEqual([]);
      },
      STORY_MS,
    );
  }),
);
