/** Machine 2: files that are moved and copied. */
import { describe, expect, test } from 'bun:test';
import { existsSync, linkSync, lstatSync, readdirSync, readlinkSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { Door } from '../support/doors.ts';
import { filesWorld } from './files-world.ts';
import { notOnWindows } from './not-on-windows.ts';
import { addKey } from './suite-keys.ts';

export function filesMoveSuite(door: Door): void {
  notOnWindows(door, 'files: moving', 'links, which Windows has not or Wine breaks');
  describe('files: moving', () => {
    const { rig, isPosix, isInWine, local, native, text, make, folder, left } = filesWorld(door);

    test('move gives another path, and replaces only when asked', async () => {
      const move = (from: string, to: string, more: object = {}) =>
        rig().ask('/files/move', { json: { from: native(from), to: native(to), ...more } });
      make('from', 'moved');
      make('taken', 'taken');
      expect(await move('from', 'taken')).toMatchObject({ status: 409 });
      expect(text('taken')).toBe('taken');
      expect(await move('from', 'no/such/to')).toMatchObject({ status: 409 });
      const there = await move('from', 'no/such/to', { mkdirs: true });
      expect(there).toMatchObject({ status: 200, body: { path: native('no/such/to'), type: 'file', size: 5 } });
      expect(existsSync(local('from'))).toBe(false);
      expect(await move('no/such/to', 'taken', { overwrite: true })).toMatchObject({ status: 200 });
      expect(text('taken')).toBe('moved');
      expect(await move('taken', 'taken', { overwrite: true })).toMatchObject({ status: 200 });
      expect(await move('taken', 'taken')).toMatchObject({ status: 409 });
      expect(text('taken')).toBe('moved');
      expect(await move('gone', 'to')).toMatchObject({ status: 404 });
      expect(await move('taken', 'to', { other: 1 })).toMatchObject({ status: 400 });
      folder('nest/deep');
      make('nest/deep/a');
      folder('full/x');
      folder('empty-folder');
      expect(await move('nest', 'nest/deep/in')).toMatchObject({ status: 400 });
      expect(await move('nest', 'taken', { overwrite: true })).toMatchObject({ status: 409 });
      expect(await move('taken', 'empty-folder', { overwrite: true })).toMatchObject({ status: 409 });
      expect(await move('nest', 'full', { overwrite: true })).toMatchObject({ status: 409 });
      expect(await move('nest', 'empty-folder', { overwrite: true })).toMatchObject({ status: 200 });
      expect(text('empty-folder/deep/a')).toBe('old');
      expect(await move('empty-folder', 'Empty-Folder')).toMatchObject({ status: 200 });
      if (isInWine)
        process.stdout.write(`write, ${door.name}: no letter case that changes, Wine renames no name to it\n`);
      else expect(readdirSync(local('.'))).toContain('Empty-Folder');
      expect(left()).toEqual([]);
    });

    test('copy makes another one, with modes and times, of a folder only when asked', async () => {
      const copy = (from: string, to: string, more: object = {}) =>
        rig().ask('/files/copy', { json: { from: native(from), to: native(to), ...more } });
      folder('source/deep');
      make('source/a', 'first');
      make('source/deep/b', 'second');
      utimesSync(local('source/a'), 1_000_000_000, 1_000_000_000);
      expect(await copy('source/a', 'copied')).toMatchObject({ status: 200, body: { files: 1, bytes: 5 } });
      expect([text('copied'), statSync(local('copied')).mtimeMs]).toEqual(['first', 1_000_000_000_000]);
      expect(await copy('source/deep/b', 'copied')).toMatchObject({ status: 409 });
      expect(await copy('source/deep/b', 'copied', { overwrite: true })).toMatchObject({ status: 200 });
      expect([text('copied'), text('source/deep/b')]).toEqual(['second', 'second']);
      expect(await copy('source', 'tree-copy')).toMatchObject({ status: 409, body: { error: 'is a directory' } });
      expect(await copy('source', 'tree-copy', { recursive: true })).toMatchObject({
        status: 200,
        body: { files: 2, bytes: 11 },
      });
      expect(text('tree-copy/deep/b')).toBe('second');
      expect(statSync(local('tree-copy')).mtimeMs).toBeCloseTo(statSync(local('source')).mtimeMs, 0);
      expect(await copy('source', 'source/deep/in', { recursive: true })).toMatchObject({ status: 400 });
      expect(await copy('gone', 'to')).toMatchObject({ status: 404 });
      expect(await copy('source/a', 'no/such')).toMatchObject({ status: 409 });
      expect(await copy('source/a', 'x', { follow: 1 })).toMatchObject({ status: 400 });
      expect(left()).toEqual([]);
    });

    test('what is protected is neither moved nor overwritten, and both ends must be in the roots', async () => {
      make('mine-too');
      folder('bound');
      make('bound/a');
      const ask = (route: string, from: string, to: string, key = rig().key) =>
        rig().ask(`/files/${route}`, { key, json: { from, to, overwrite: true } });
      const data = door.nativePath(rig().place.data);
      expect(await ask('move', data, native('data-gone'))).toMatchObject({ status: 403 });
      expect(await ask('move', native('mine-too'), data)).toMatchObject({ status: 403 });
      expect(await ask('copy', native('mine-too'), data)).toMatchObject({ status: 403 });
      expect(await ask('move', door.nativePath(join(rig().place.data, '..')), native('x'))).toMatchObject({
        status: 403,
      });
      if (process.platform === 'linux' && isPosix)
        expect(await ask('move', `/proc/self/root${data}`, native('data-gone'))).toMatchObject({ status: 403 });
      const { key } = await addKey(rig(), ['files:write'], { roots: [native('bound')] });
      expect(await ask('move', native('bound/a'), native('out'), key)).toMatchObject({ status: 403 });
      expect(await ask('move', native('mine-too'), native('bound/b'), key)).toMatchObject({ status: 403 });
      expect(await ask('copy', native('mine-too'), native('bound/b'), key)).toMatchObject({ status: 403 });
      expect(await ask('move', native('bound'), native('bound/b'), key)).toMatchObject({ status: 403 });
      expect(readdirSync(local('bound'))).toEqual(['a']);
      expect(text('mine-too')).toBe('old');
    });

    if (!isPosix) return;

    test('links are moved and copied as links, or what they lead to is copied, within the roots', async () => {
      folder('linked');
      make('linked/real', 'real');
      make('outside-of-linked', 'secret');
      symlinkSync('real', local('linked/link'));
      symlinkSync('../outside-of-linked', local('linked/out'));
      const { key } = await addKey(rig(), ['files:write'], { roots: [native('linked')] });
      const ask = (route: string, from: string, to: string, more: object = {}) =>
        rig().ask(`/files/${route}`, { key, json: { from: native(from), to: native(to), ...more } });
      expect(await ask('copy', 'linked/link', 'linked/as-link')).toMatchObject({ status: 200, body: { files: 1 } });
      expect(readlinkSync(local('linked/as-link'))).toBe('real');
      expect(await ask('copy', 'linked/link', 'linked/as-file', { follow: true })).toMatchObject({ status: 200 });
      expect(lstatSync(local('linked/as-file')).isFile()).toBe(true);
      expect(await ask('copy', 'linked/out', 'linked/stolen', { follow: true })).toMatchObject({ status: 403 });
      expect(await ask('copy', 'linked/out', 'linked/out-too')).toMatchObject({ status: 200 });
      expect(readlinkSync(local('linked/out-too'))).toBe('../outside-of-linked');
      expect(await ask('move', 'linked/out', 'linked/moved-link')).toMatchObject({
        status: 200,
        body: { type: 'symlink' },
      });
      expect(existsSync(local('linked/stolen'))).toBe(false);
      make('linked/takes', 'takes');
      symlinkSync('real', local('linked/taken'));
      expect(await ask('move', 'linked/takes', 'linked/taken', { overwrite: true })).toMatchObject({ status: 200 });
      expect([text('linked/taken'), text('linked/real'), lstatSync(local('linked/taken')).isFile()]).toEqual([
        'takes',
        'real',
        true,
      ]);
      linkSync(local('linked/real'), local('linked/second'));
      expect(await ask('move', 'linked/second', 'linked/real', { overwrite: true })).toMatchObject({ status: 200 });
      expect(readdirSync(local('linked'))).not.toContain('second');
      expect(left()).toEqual([]);
    });
  });
}
