/** Machine 2: files and folders that are deleted, and those that never are. */
import { describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { System } from '../../src/protocol/system.ts';
import type { Door } from '../support/doors.ts';
import { filesWorld } from './files-world.ts';

export function filesDeleteSuite(door: Door): void {
  describe('files: deleting', () => {
    const { rig, isPosix, local, make, folder, at, send, versionOf } = filesWorld(door);

    test('DELETE removes a file, an empty folder, or with recursive=1 all of it, and says how many', async () => {
      folder('tree/deep');
      make('tree/a');
      make('tree/deep/b');
      make('single');
      expect(await send('DELETE', at('single', '&recursive=1'))).toMatchObject({ status: 200, body: { deleted: 1 } });
      expect(await send('DELETE', at('single'))).toMatchObject({ status: 404 });
      expect(await send('DELETE', at('single', '&missing=ok'))).toMatchObject({ status: 200, body: { deleted: 0 } });
      expect(await send('DELETE', at('tree'))).toMatchObject({
        status: 409,
        body: { error: 'the folder is not empty' },
      });
      expect(await send('DELETE', at('tree', '&recursive=1'))).toMatchObject({ status: 200, body: { deleted: 4 } });
      expect(existsSync(local('tree'))).toBe(false);
      folder('empty');
      expect(await send('DELETE', at('empty'))).toMatchObject({ status: 200, body: { deleted: 1 } });
      make('kept');
      const version = await versionOf('kept');
      const stale = await send('DELETE', at('kept'), undefined, { 'if-match': '"other"' });
      expect(stale).toMatchObject({ status: 412, body: { version } });
      expect(existsSync(local('kept'))).toBe(true);
      expect(await send('DELETE', at('kept'), undefined, { 'if-match': `"${version}"` })).toMatchObject({
        status: 200,
      });
    });

    test('roots of file systems, home, the data folder and what holds them stay, whoever asks', async () => {
      // As the server knows it: Wine has its own.
      const { user } = (await rig().ask('/system')).body as System;
      const kept = [
        isPosix ? '/' : 'C:/',
        user.home,
        door.nativePath(rig().place.data),
        `${door.nativePath(rig().place.data)}/../data`,
        door.nativePath(join(rig().place.data, '..')),
        ...(process.platform === 'linux' && isPosix
          ? ['/proc', `/proc/self/root${rig().place.data}`, `/proc/self/cwd/../../../../../../../..${rig().place.data}`]
          : []),
      ];
      for (const path of kept) {
        const given = encodeURIComponent(path);
        for (const answer of [
          await send('DELETE', `/files?path=${given}&recursive=1`),
          await send('PUT', `/files?path=${given}`, 'x'),
          await send('PUT', `/files?path=${given}&inPlace=1`, 'x'),
        ])
          expect([path, answer.status]).toEqual([path, 403]);
      }
      expect(existsSync(rig().place.data)).toBe(true);
    });
  });
}
