/** Folders that vanish under whoever watches, lists, searches or packs them, and a root that comes back as a link to elsewhere. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSse } from '../../../src/client/sse.ts';
import type { FileWatchEvent } from '../../../src/protocol/files/watch.ts';
import { executable } from '../../support/doors.ts';
import { Rig, type Ask } from '../../support/rig.ts';
import { waitFor } from '../../support/wait.ts';
import { onLinuxExecutable, openFiles, pathQuery } from './world.ts';

const FOLDERS = 100;
const FILES = 20;
/** More than the buffers of a connection have room for. */
const LARGE = 16_000_000;

/** Begins as `first`, which is large, and goes on with many small ones. */
function makeTree(root: string, first?: Uint8Array): void {
  mkdirSync(root, { recursive: true });
  if (first !== undefined) writeFileSync(join(root, 'a'), first);
  for (let folder = 0; folder < FOLDERS; folder += 1) {
    mkdirSync(join(root, `b-${folder}`));
    for (let file = 0; file < FILES; file += 1) writeFileSync(join(root, `b-${folder}`, `file-${file}`), 'needle\n');
  }
}

onLinuxExecutable('folders that vanish', (program) =>
  describe('folders that vanish', () => {
    test.each(['tar', 'tar.gz', 'zip'])('a folder that vanishes while it is packed: %s', async (format) => {
      await using rig = await Rig.start(executable(program));
      const large = new Uint8Array(LARGE);
      for (let at = 0; at < LARGE; at += 65_536) crypto.getRandomValues(large.subarray(at, at + 65_536));
      makeTree(rig.path('from'), large);
      const base = openFiles(rig);
      const answer = await rig.request(`/files/archive?${pathQuery(rig.path('from'))}&format=${format}`);
      const reader = answer.body?.getReader();
      const pieces = [(await reader?.read())?.value ?? new Uint8Array()];
      rmSync(rig.path('from'), { recursive: true });
      for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) pieces.push(next.value);
      const archive = new Uint8Array(Buffer.concat(pieces));
      const target = `/files/archive?${pathQuery(rig.path('to'))}&format=${format}`;
      expect(await rig.ask(target, { method: 'PUT', body: archive })).toMatchObject({ status: 200 });
      expect(Buffer.compare(readFileSync(rig.path('to/a')), large)).toBe(0);
      const told = readFileSync(rig.path('to/.agent-server-errors.txt'), 'utf8').trim().split('\n');
      expect(told.filter((line) => /^"b-\d+": the system does not let it be read \(ENOENT\)$/.test(line))).toHaveLength(
        FOLDERS,
      );
      await waitFor('its files to be closed', () => openFiles(rig).length <= base.length);
    });

    test('folders that come and go while they are listed and searched', async () => {
      await using rig = await Rig.start(executable(program));
      makeTree(rig.path('kept/tree'));
      const base = openFiles(rig);
      const swaps = `
    for (let turn = 0; ; turn += 1) for (let at = 0; at < ${FOLDERS}; at += 1) {
      const [there, away] = ['${rig.path('kept/tree')}/b-' + at, '${rig.path('away')}-' + at];
      try { require('fs').renameSync(turn % 2 ? away : there, turn % 2 ? there : away); } catch {}
    }`;
      const child = Bun.spawn([process.execPath, '-e', swaps], { stdio: ['ignore', 'ignore', 'inherit'] });
      try {
        const path = rig.path('kept');
        for (let turn = 0; turn < 8; turn += 1) {
          const list = await rig.ask(`/files/list?${pathQuery(path)}&depth=0&limit=10000`);
          expect(list).toMatchObject({ status: 200, body: { next: null } });
          const { items } = list.body as { items: { path: string }[] };
          const paths = items.map((item) => item.path);
          expect(new Set(paths).size).toBe(paths.length);
          for (const wanted of [{ name: 'file-*' }, { text: 'needle' }]) {
            const found = await rig.request('/files/search', { json: { path, ...wanted } });
            expect(found.status).toBe(200);
            expect(JSON.parse((await found.text()).trim().split('\n').at(-1) ?? '')).toMatchObject({ done: true });
          }
        }
        expect(child.exitCode).toBeNull();
      } finally {
        child.kill('SIGKILL');
        await child.exited;
      }
      await waitFor('its files to be closed', () => openFiles(rig).length <= base.length);
    });

    test('a root that vanishes, and comes back as a link to elsewhere', async () => {
      await using rig = await Rig.start(executable(program));
      const [root, away, elsewhere] = [rig.path('root'), rig.path('away'), rig.path('elsewhere')];
      for (const folder of [root, elsewhere]) mkdirSync(folder);
      writeFileSync(join(root, 'a'), 'mine');
      writeFileSync(join(elsewhere, 'secret'), 'secret');
      const scopes = ['files:read', 'files:write'];
      const { key } = await rig.post<{ key: string }>('/keys', { name: 'bound', scopes, roots: [root] });
      const file = pathQuery(join(root, 'a'));

      const abort = new AbortController();
      const watch = await rig.request(`/files/watch?${pathQuery(root)}&recursive=1`, { key, signal: abort.signal });
      const events: FileWatchEvent[] = [];
      const following = (async () => {
        for await (const { data } of parseSse(watch.body ?? new ReadableStream()))
          events.push(JSON.parse(data) as FileWatchEvent);
      })().catch(() => {});
      const upload = await rig.ask('/files/uploads', { key, json: { path: join(root, 'up'), size: 6 } });
      const { id } = upload.body as { id: string };
      const part = (offset: number) =>
        rig.request(`/files/uploads/${id}`, {
          key,
          method: 'PATCH',
          headers: { 'upload-offset': String(offset) },
          body: 'abc',
        });
      expect((await part(0)).status).toBe(204);
      await waitFor('the watch to be ready', () => events.some(({ type }) => type === 'ready'));

      const asked: readonly (readonly [string, number, string, Ask])[] = [
        ['read', 404, `/files?${file}`, {}],
        ['write', 409, `/files?${file}`, { method: 'PUT', body: 'x' }],
        ['append', 404, `/files/append?${file}`, { method: 'POST', body: 'x' }],
        ['list', 404, `/files/list?${pathQuery(root)}`, {}],
        ['pack', 404, `/files/archive?${pathQuery(root)}`, {}],
        ['unpack', 409, `/files/archive?${pathQuery(join(root, 'new'))}`, { method: 'PUT', body: 'x' }],
        ['mkdir', 409, '/files/mkdir', { json: { path: join(root, 'new') } }],
        ['search', 404, '/files/search', { json: { path: root, text: 'mine' } }],
        ['begin an upload', 409, '/files/uploads', { json: { path: join(root, 'up2'), size: 1 } }],
        ['remove', 404, `/files?${file}`, { method: 'DELETE' }],
      ];
      renameSync(root, away);
      for (const [what, status, target, ask] of asked)
        expect([what, (await rig.ask(target, { key, ...ask })).status]).toEqual([what, status]);
      expect([403, 404]).toContain((await part(3)).status);
      expect(readdirSync(rig.place.cwd).toSorted()).toEqual(['away', 'elsewhere']);

      // With a file of the name under which parts are gathered.
      const gathered = readdirSync(away).find((name) => name.includes(id)) ?? '';
      writeFileSync(join(elsewhere, gathered), 'abc');
      symlinkSync(elsewhere, root);
      // What was begun in the folder goes on in no other one.
      expect((await part(3)).status).toBe(403);
      const finished = await rig.request(`/files/uploads/${id}/finish`, { key, method: 'POST' });
      expect(finished.status).toBe(403);
      expect(readFileSync(join(elsewhere, gathered), 'utf8')).toBe('abc');
      await waitFor('the watch to miss its folder', () => events.some(({ type }) => type === 'overflow'));
      writeFileSync(join(elsewhere, 'secret-2'), 'secret');
      expect(readdirSync(elsewhere).toSorted()).toEqual([gathered, 'secret', 'secret-2']);

      rmSync(root);
      renameSync(away, root);
      expect((await part(3)).status).toBe(204);
      expect((await rig.request(`/files/uploads/${id}/finish`, { key, method: 'POST' })).status).toBe(201);
      expect(readFileSync(join(root, 'up'), 'utf8')).toBe('abcabc');
      await waitFor('the watch to have it again', () => events.filter(({ type }) => type === 'overflow').length >= 2);
      writeFileSync(join(root, 'later'), '');
      await waitFor('it to go on', () => events.some(({ path }) => path.endsWith('/later')));
      expect(events.filter(({ path }) => path.includes('secret'))).toEqual([]);
      abort.abort();
      await following;
    });
  }),
);
