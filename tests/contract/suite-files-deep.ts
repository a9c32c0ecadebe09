/** Machine 2: a folder of 1,000 levels. */
import { describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileListing } from '../../src/protocol/files/list.ts';
import type { Door } from '../support/doors.ts';
import { notOnWindows } from './not-on-windows.ts';
import { sharedRig } from './shared-rig.ts';

const DEPTH = 1000;

export function filesDeepSuite(door: Door): void {
  notOnWindows(door, 'files: deep folders', 'a thousand levels, which are no path of Wine’s');
  if (door.platform === 'windows') return;
  describe('files: deep folders', () => {
    const rig = sharedRig(door);
    const local = (name: string) => join(rig().place.cwd, name);
    const at = (route: string, name: string, query: string) =>
      `${route}?path=${encodeURIComponent(local(name))}&${query}`;
    const way = Array.from({ length: DEPTH - 1 }, () => 'd').join('/');
    const end = (name: string) => join(local(name), way, 'end');

    test('one of 1,000 levels is listed, archived, unpacked, copied, moved and deleted', async () => {
      mkdirSync(join(local('deep'), way), { recursive: true });
      writeFileSync(end('deep'), 'end');
      const listing = await rig().get<FileListing>(at('/files/list', 'deep', 'depth=0&limit=10000'));
      expect([listing.items.length, listing.items.at(-1)?.path]).toEqual([DEPTH, end('deep')]);

      const archive = await (await rig().request(at('/files/archive', 'deep', 'format=tar.gz'))).bytes();
      const unpacked = await rig().ask(at('/files/archive', 'unpacked', 'format=tar.gz'), {
        method: 'PUT',
        body: archive,
      });
      expect(unpacked).toMatchObject({ status: 200, body: { files: 1, bytes: 3 } });
      const places = { from: local('deep'), to: local('copy'), recursive: true };
      const copied = (await (await rig().ask('/files/copy', { json: places })).body) as { readonly jobId?: string };
      // On a busy machine it takes longer than two seconds.
      if (copied.jobId !== undefined) await rig().finished(copied.jobId);
      expect(await rig().ask('/files/move', { json: { from: local('copy'), to: local('moved') } })).toMatchObject({
        status: 200,
      });
      expect(existsSync(local('copy'))).toBe(false);

      for (const name of ['deep', 'unpacked', 'moved']) {
        expect(readFileSync(end(name), 'utf8')).toBe('end');
        const deleted = await rig().ask(at('/files', name, 'recursive=1'), { method: 'DELETE' });
        expect([deleted, existsSync(local(name))]).toEqual([
          expect.objectContaining({ status: 200, body: { deleted: DEPTH + 1 } }),
          false,
        ]);
      }
    }, 60_000);
  });
}
