/** What only Windows makes of files: one that another program holds, names of the system, paths longer than it takes by itself. */
import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedRig } from '../contract/shared-rig.ts';
import { openExecutable } from './executable.ts';

const door = await openExecutable('files of Windows');
if (door !== undefined)
  describe('files of Windows', () => {
    const rig = sharedRig(door);
    const native = (name: string) => door.nativePath(join(rig().place.cwd, name));
    const at = (name: string, more = '') => `/files?path=${encodeURIComponent(native(name))}${more}`;
    const put = (name: string, body: string, more = '') => rig().ask(at(name, more), { method: 'PUT', body });

    test('a file that another program holds is not replaced: 409, and it stays as it was', async () => {
      const held = native('held.txt');
      const id = await rig().exec(`(echo kept& ping -n 60 127.0.0.1) > "${held}"`);
      await rig().running(id);
      await rig().waitFor('it to be held', () => readHeld() !== undefined);
      expect(await put('held.txt', 'new')).toMatchObject({
        status: 409,
        body: { error: expect.stringContaining('in use') },
      });
      expect(readHeld()).toStartWith('kept');
      await rig().ask(`/jobs/${id}/cancel`, { method: 'POST' });
      await rig().finished(id);
      expect(await put('held.txt', 'new')).toMatchObject({ status: 200 });
      expect(readHeld()).toBe('new');
    });

    const readHeld = () => {
      try {
        return readFileSync(join(rig().place.cwd, 'held.txt'), 'utf8') || undefined;
      } catch {
        return undefined;
      }
    };

    test('paths of 400 characters are made, written, moved, listed and removed as any other', async () => {
      const deep = Array.from({ length: 8 }, (_, level) => `${level}`.repeat(50)).join('\\');
      expect(await put(`${deep}\\file`, 'deep', '&mkdirs=1')).toMatchObject({ status: 201, body: { size: 4 } });
      expect(await (await rig().request(at(`${deep}\\file`))).text()).toBe('deep');
      const pair = { from: native(`${deep}\\file`), to: native(`${deep}\\moved`) };
      expect(await rig().ask('/files/move', { json: pair })).toMatchObject({ status: 200 });
      const query = `/files/list?path=${encodeURIComponent(native(deep))}`;
      const { items } = (await rig().ask(query)).body as { items: { name: string }[] };
      expect(items.map(({ name }) => name)).toEqual(['moved']);
      const first = '0'.repeat(50);
      expect(await rig().ask(at(first, '&recursive=1'), { method: 'DELETE' })).toMatchObject({
        status: 200,
        body: { deleted: 9 },
      });
    });

    test('names are text there: pathBytes is refused', async () => {
      const query = `/files/stat?pathBytes=${Buffer.from(native('x')).toString('base64url')}`;
      expect(await rig().ask(query)).toMatchObject({ status: 400 });
    });
  });
