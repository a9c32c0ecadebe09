/** What only Windows makes of files: one that another program holds, names of the system, paths longer than it takes by itself. */
import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join, win32 } from 'node:path';
import type { ProcessResource } from '../../src/protocol/processes.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { addKey } from '../contract/suite-keys.ts';
import { openExecutable } from './executable.ts';

const KERNEL32 = `const { dlopen } = require('bun:ffi');
  const wide = (text) => Buffer.from(text + '\\0', 'utf16le');
  const kernel32 = (table) => dlopen('kernel32.dll', table).symbols;`;

/** Opens a file for reading, and lets nobody else read, write or delete it: dwShareMode 0. */
const HOLD = `${KERNEL32}
  const { CreateFileW } = kernel32({ CreateFileW: { args: ['ptr', 'u32', 'u32', 'ptr', 'u32', 'u32', 'i64'], returns: 'i32' } });
  console.log(CreateFileW(wide(process.argv[1]), 0x80000000, 0, null, 3, 0, 0) === -1 ? 'failed' : 'held');
  setTimeout(() => {}, 600_000);`;

/** Prints the short names of paths. */
const SHORT = `${KERNEL32}
  const { GetShortPathNameW } = kernel32({ GetShortPathNameW: { args: ['ptr', 'ptr', 'u32'], returns: 'u32' } });
  const short = (path) => {
    const units = new Uint16Array(1000);
    return String.fromCharCode(...units.subarray(0, GetShortPathNameW(wide(path), units, units.length)));
  };
  console.log(JSON.stringify(process.argv.slice(1).map(short)));`;

const JUNCTION = `require('node:fs').symlinkSync(process.argv[1], process.argv[2], 'junction');`;

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

    /** Runs a script in the runtime that the executable is, as a job: its id. */
    async function script(text: string, ...words: string[]): Promise<string> {
      const { server } = await rig().get<{ server: { pid: number } }>('/system');
      const [program = ''] = (await rig().get<ProcessResource>(`/processes/${server.pid}`)).args ?? [];
      const json = { mode: 'process', argv: [program, '-e', text, ...words], env: { BUN_BE_BUN: '1' } };
      return (await rig().post<{ jobId: string }>('/exec', json)).jobId;
    }

    test('one that is open without any sharing is neither read, replaced, moved nor deleted, and stays as it was', async () => {
      for (const name of ['alone.txt', 'other.txt']) expect(await put(name, name)).toMatchObject({ status: 201 });
      const holder = await script(HOLD, native('alone.txt'));
      await rig().printed(holder, 'held');
      const held = { status: 409, body: { error: 'in use: another program holds it' } };
      const [alone, other] = [native('alone.txt'), native('other.txt')];
      const json = (route: string, body: object) => rig().ask(`/files/${route}`, { json: body });
      expect(await put('alone.txt', 'new')).toMatchObject(held);
      expect(await put('alone.txt', 'new', '&inPlace=1')).toMatchObject(held);
      expect(await rig().ask(at('alone.txt'), { method: 'DELETE' })).toMatchObject(held);
      expect(await json('move', { from: other, to: alone, overwrite: true })).toMatchObject(held);
      expect(await json('move', { from: alone, to: native('moved.txt') })).toMatchObject(held);
      expect(await json('copy', { from: other, to: alone, overwrite: true })).toMatchObject(held);
      expect(await rig().ask(at('alone.txt'))).toMatchObject(held);
      expect(await rig().ask(`/files/stat?path=${encodeURIComponent(alone)}&hash=sha256`)).toMatchObject(held);
      expect(await json('read', { items: [{ path: alone }, { path: other }] })).toMatchObject({
        body: {
          items: [
            { ok: false, status: 409 },
            { ok: true, text: 'other.txt' },
          ],
        },
      });
      const edits = [{ old: 'alone', new: 'edited' }];
      expect(await rig().ask(at('alone.txt'), { method: 'PATCH', json: { edits } })).toMatchObject(held);
      expect(await rig().get(`/files/stat?path=${encodeURIComponent(alone)}`)).toMatchObject({ size: 9 });
      const names = readdirSync(rig().place.cwd);
      expect(names).toContain('other.txt');
      expect(names.filter((name) => name === 'moved.txt' || name.endsWith('.agent-server'))).toEqual([]);
      await rig().ask(`/jobs/${holder}/cancel`, { method: 'POST' });
      await rig().finished(holder);
      expect(readFileSync(join(rig().place.cwd, 'alone.txt'), 'utf8')).toBe('alone.txt');
      expect(await json('move', { from: other, to: alone, overwrite: true })).toMatchObject({ status: 200 });
      expect(readFileSync(join(rig().place.cwd, 'alone.txt'), 'utf8')).toBe('other.txt');
    }, 90_000);

    test('what has taken the name meanwhile is not replaced by a move, nor by another letter case', async () => {
      for (const name of ['from', 'taken']) await put(name, name);
      const move = (from: string, to: string) => ({ json: { from, to } });
      expect(await rig().ask('/files/move', move(native('from'), native('TAKEN')))).toMatchObject({ status: 409 });
      const upper = native('taken').toUpperCase();
      // Letter case alone, also of the folders: it is there, and is no other one. Wine gives it no other name.
      expect(await rig().ask('/files/move', move(native('taken'), upper))).toMatchObject({ status: 200 });
      expect(await (await rig().request(at('taken'))).text()).toBe('taken');
    });

    test('a root, and what must stay, are known by their short names and in any letter case', async () => {
      for (const folder of ['inside the root', 'outside of it']) await put(`${folder}\\file`, folder, '&mkdirs=1');
      const { server } = await rig().get<{ server: { pid: number } }>('/system');
      const [program = ''] = (await rig().get<ProcessResource>(`/processes/${server.pid}`)).args ?? [];
      const long = [native('inside the root'), native('outside of it'), door.nativePath(rig().place.data), program];
      const done = await rig().finished(await script(SHORT, ...long));
      const short = JSON.parse(done.stdout) as string[];
      if (short.every((path, index) => path === long[index]))
        return void process.stdout.write('short names: this disk has none\n');
      const [inside = '', outside = '', data = '', executable = ''] = short;
      for (const path of [inside, outside]) expect(path).toContain('~');
      const read = (path: string, key: string) =>
        rig().ask(`/files/stat?path=${encodeURIComponent(`${path}\\file`)}`, { key });
      const both = (path = '') => [path, path.toUpperCase()];
      for (const root of [...both(long[0]), ...both(inside)]) {
        const { key } = await addKey(rig(), ['files:read'], { roots: [root] });
        for (const path of [...both(long[0]), ...both(inside)])
          expect({ root, path, status: (await read(path, key)).status }).toEqual({ root, path, status: 200 });
        for (const path of [...both(long[1]), ...both(outside), `${inside}\\..\\outside of it`])
          expect({ root, path, status: (await read(path, key)).status }).toEqual({ root, path, status: 403 });
      }
      const kept = { status: 403, body: { error: 'that place must not be deleted, moved or overwritten' } };
      for (const path of [...both(data), ...both(executable), ...both(win32.dirname(data))]) {
        const query = `/files?recursive=1&path=${encodeURIComponent(path)}`;
        expect({ path, ...(await rig().ask(query, { method: 'DELETE' })) }).toMatchObject({ path, ...kept });
        const json = { from: path, to: native('away') };
        expect({ path, ...(await rig().ask('/files/move', { json })) }).toMatchObject({ path, ...kept });
      }
      const admin = await addKey(rig(), ['admin']);
      expect(await rig().ask(`/files/list?path=${encodeURIComponent(data)}`, admin)).toMatchObject({ status: 403 });
    }, 90_000);

    test('a junction that leads out of the roots is told as a link, and never followed, nor emptied by a delete', async () => {
      await put('secrets\\secret', 'x', '&mkdirs=1');
      await put('jail\\file', 'x', '&mkdirs=1');
      const made = await rig().finished(await script(JUNCTION, native('secrets'), native('jail\\out')));
      if (made.exitCode !== 0) {
        expect(made.stderr).toContain('ENOTSUP');
        return void process.stdout.write('junctions: Wine makes none (ENOTSUP)\n');
      }
      const { key } = await addKey(rig(), ['files:read', 'files:write'], { roots: [native('jail')] });
      const stat = `/files/stat?path=${encodeURIComponent(native('jail\\out'))}`;
      expect(await rig().ask(stat, { key })).toMatchObject({ status: 200, body: { type: 'symlink' } });
      expect(await rig().ask(at('jail\\out\\secret'), { key })).toMatchObject({ status: 403 });
      expect(await rig().ask(at('jail\\out\\new'), { method: 'PUT', body: 'x', key })).toMatchObject({ status: 403 });
      expect(await rig().ask(at('jail', '&recursive=1'), { method: 'DELETE' })).toMatchObject({ status: 200 });
      expect(readFileSync(join(rig().place.cwd, 'secrets/secret'), 'utf8')).toBe('x');
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
