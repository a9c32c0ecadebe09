/** Machine 1: whoever finds a name that is no UTF-8 can get rid of it. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileListing } from '../../src/protocol/files/list.ts';
import type { Door } from '../support/doors.ts';
import { sharedRig } from './shared-rig.ts';

export function filesBytesSuite(door: Door): void {
  if (door.platform === 'windows' || process.platform !== 'linux') {
    process.stdout.write(`files: names that are no UTF-8, ${door.name}: names are text on this system\n`);
    return;
  }
  describe('files: names that are no UTF-8', () => {
    const rig = sharedRig(door);

    test('a file of that name is copied, replaced, moved away and deleted', async () => {
      const folder = join(rig().place.cwd, 'bytes');
      mkdirSync(folder, { recursive: true });
      const name = Buffer.concat([Buffer.from(`${folder}/n`), Buffer.from([0xff, 0xfe])]);
      writeFileSync(name, 'old');
      const listed = await rig().get<FileListing>(`/files/list?path=${encodeURIComponent(folder)}`);
      const fromBytes = Buffer.concat([
        Buffer.from(`${folder}/`),
        Buffer.from(listed.items[0]?.nameBytes ?? '', 'base64'),
      ]).toString('base64');
      const asked = `/files?pathBytes=${encodeURIComponent(fromBytes)}`;
      const to = (other: string) => ({ json: { fromBytes, to: join(folder, other) } });

      expect(await rig().ask('/files/copy', to('copy'))).toMatchObject({ status: 200, body: { files: 1, bytes: 3 } });
      expect(await rig().ask(asked, { method: 'PUT', body: 'new' })).toMatchObject({ status: 200 });
      expect(readFileSync(name, 'utf8')).toBe('new');
      expect(await rig().ask('/files/move', to('moved'))).toMatchObject({ status: 200, body: { name: 'moved' } });
      expect(readdirSync(folder).toSorted()).toEqual(['copy', 'moved']);
      expect(readFileSync(join(folder, 'copy'), 'utf8') + readFileSync(join(folder, 'moved'), 'utf8')).toBe('oldnew');
      expect(await rig().ask('/files/move', to('again'))).toMatchObject({ status: 404 });

      writeFileSync(name, 'third');
      expect(await rig().ask(asked, { method: 'DELETE' })).toMatchObject({ status: 200, body: { deleted: 1 } });
      expect(readdirSync(folder).toSorted()).toEqual(['copy', 'moved']);
    });

    test.each(['/files/move', '/files/copy'])(
      '%s: refused without a source, with two, or with no base64',
      async (route) => {
        for (const [source, error] of [
          [{}, 'from is missing'],
          [{ from: '/a', fromBytes: 'L2E=' }, 'give from or fromBytes, not both'],
          [{ fromBytes: '*' }, 'fromBytes must be base64, with its padding'],
        ] as const)
          expect(await rig().ask(route, { json: { ...source, to: '/b' } })).toMatchObject({
            status: 400,
            body: { error },
          });
      },
    );
  });
}
