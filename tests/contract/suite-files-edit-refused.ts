/** Machine 2: edits that are refused, and files that are not edited. */
import { beforeEach, describe, expect, test } from 'bun:test';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import type { FileEditRequest } from '../../src/protocol/files/edit.ts';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { filesEditWorld, sha256Of } from './files-edit-world.ts';
import { notOnWindows } from './not-on-windows.ts';
import { addKey } from './suite-keys.ts';

const MIB = 1024 * 1024;

export function filesEditRefusedSuite(door: Door): void {
  notOnWindows(door, 'files: edits', 'links, which Wine breaks');
  describe('files: refused edits', () => {
    const { rig, local, native, at, ask, content, write, versionOf } = filesEditWorld(door);

    beforeEach(() => write('one\ntwo\nthree\nfour\n'));

    const REFUSED: readonly [string, FileEditRequest['edits']][] = [
      [
        'lines that overlap',
        [
          { from: 1, to: 2, text: '' },
          { from: 2, to: 3, text: '' },
        ],
      ],
      [
        'lines put into those that are replaced',
        [
          { from: 1, to: 3, text: '' },
          { from: 2, to: 1, text: 'x' },
        ],
      ],
      [
        'one line twice',
        [
          { from: 1, to: 1, text: 'x' },
          { from: 1, to: 1, text: 'x' },
        ],
      ],
      [
        'texts that overlap',
        [
          { old: 'one\nt', new: '' },
          { old: 'two', new: '' },
        ],
      ],
      ['a line beyond the end', [{ from: 5, to: 5, text: 'x' }]],
      ['lines to beyond the end', [{ from: 4, to: 5, text: 'x' }]],
      ['lines put beyond the end', [{ from: 6, to: 5, text: 'x' }]],
      ['to before from', [{ from: 3, to: 1, text: 'x' }]],
    ];
    test.each(REFUSED)('400, and nothing is written: %s', async (_what, edits) => {
      const first = edits.some((edit) => 'old' in edit) ? { old: 'four', new: '4' } : { from: 4, to: 3, text: 'x' };
      const version = await versionOf();
      const sha256 = sha256Of(content());
      for (const list of [edits, [...edits, first]])
        expect(await ask('file', { edits: list, sha256 })).toMatchObject({ status: 400 });
      expect(await versionOf()).toBe(version);
    });

    const BODIES: readonly [string, unknown][] = [
      ['nothing', {}],
      ['no edits', { edits: [] }],
      [
        'both kinds',
        {
          edits: [
            { from: 1, to: 1, text: '' },
            { old: 'a', new: 'b' },
          ],
        },
      ],
      ['both in one', { edits: [{ from: 1, to: 1, text: '', old: 'a', new: 'b' }] }],
      ['an empty old', { edits: [{ old: '', new: 'b' }] }],
      ['count 0', { edits: [{ old: 'a', new: 'b', count: 0 }] }],
      ['line 0', { edits: [{ from: 0, to: 0, text: '' }] }],
      ['no text', { edits: [{ from: 1, to: 1 }] }],
      ['a hash that is none', { edits: [{ old: 'a', new: 'b' }], sha256: 'x' }],
      ['another line end', { edits: [{ old: 'a', new: 'b' }], eol: 'cr' }],
      ['a field that is none', { edits: [{ old: 'a', new: 'b' }], dry: true }],
      ['a lone surrogate', { edits: [{ old: 'a', new: '\ud800' }] }],
      ['1001 edits', { edits: Array.from({ length: 1001 }, () => ({ old: 'a', new: 'b' })) }],
    ];
    test.each(BODIES)('400: %s', async (_what, json) => {
      expect(await ask('file', json as object)).toMatchObject({ status: 400 });
    });

    test('the sentence is about the kind of edit that was meant, and names a field that there is not', async () => {
      const good = { old: 'a', new: 'b' };
      const sentences: readonly [object, string][] = [
        [{ edits: [good, good, { old: '', new: 'b' }] }, 'edits.2.old must not have fewer than 1 characters'],
        [{ edits: [{ ...good, count: 0 }] }, 'edits.0.count must be >= 1'],
        [{ edits: [good], dry: true }, 'there is no field "dry"'],
        [{ edits: [good, { from: 1, to: 1, text: '' }] }, 'edits must all have from, to and text, or all old and new'],
      ];
      for (const [json, error] of sentences)
        expect(await ask('file', json)).toMatchObject({ status: 400, body: { error } });
    });

    test('what is no text is 415, more than 16 MiB is 413, what is no file 409, what is not there 404', async () => {
      const edits = [{ old: 'a', new: 'b' }];
      write(Uint8Array.from([0x61, 0xff]));
      const noText = await ask('file', { edits });
      expect(noText).toMatchObject({ status: 415, body: { error: expect.stringContaining('edit it as bytes') } });
      expect(readFileSync(local('file')).equals(Uint8Array.from([0x61, 0xff]))).toBe(true);
      write('a');
      truncateSync(local('file'), 16 * MIB + 1);
      expect(await ask('file', { edits })).toMatchObject({ status: 413 });
      truncateSync(local('file'), 16 * MIB);
      expect(await ask('file', { edits: [{ old: 'a', new: 'bb' }] })).toMatchObject({ status: 413 });
      expect(statSync(local('file')).size).toBe(16 * MIB);
      expect(await ask('file', { edits })).toMatchObject({ status: 200, body: { lines: 1 } });
      expect(await ask('absent', { edits })).toMatchObject({ status: 404 });
      expect(await ask('file/below', { edits })).toMatchObject({ status: 404 });
      mkdirSync(local('folder'), { recursive: true });
      expect(await ask('folder', { edits })).toMatchObject({ status: 409, body: { error: 'is a directory' } });
      expect(await rig().ask('/files?path=relative', { method: 'PATCH', json: { edits } })).toMatchObject({
        status: 400,
      });
      expect(await rig().ask('/files', { method: 'PATCH', json: { edits } })).toMatchObject({ status: 400 });
      const plain = { method: 'PATCH', body: '{}', headers: { 'content-type': 'text/plain' } };
      expect(await rig().ask(at(native('file')), plain)).toMatchObject({ status: 415 });
      const large = { edits: [{ old: 'a', new: 'x'.repeat(MIB) }] };
      expect(await ask('file', large)).toMatchObject({ status: 413 });
    });

    test('a key needs files:write, keeps to its roots, and sees no lines without files:read', async () => {
      mkdirSync(local('mine'), { recursive: true });
      write('a\nsecret\n', 'mine/file');
      const json = { edits: [{ old: 'a', new: 'b' }] };
      const reader = await addKey(rig(), ['files:read', 'observe']);
      expect(await ask('mine/file', json, reader)).toMatchObject({ status: 403, body: { scope: 'files:write' } });
      expect(content('mine/file')).toBe('a\nsecret\n');
      const writer = await addKey(rig(), ['files:write'], { roots: [native('mine')] });
      expect(await ask('file', json, writer)).toMatchObject({ status: 403, body: { error: 'outside of the roots' } });
      expect(await ask('mine/../file', json, writer)).toMatchObject({ status: 403 });
      const blind = await ask('mine/file', { ...json, dryRun: true }, writer);
      expect(blind).toMatchObject({ status: 200, body: { lines: 2, edits: [{ from: 1, to: 1 }] } });
      expect(JSON.stringify(blind.body)).not.toContain('secret');
      const both = await addKey(rig(), ['files:write', 'files:read'], { roots: [native('mine')] });
      expect((await ask('mine/file', json, both)).body).toMatchObject({ diff: expect.stringContaining(' secret') });
    });

    test('the data folder and the key file are not edited with other keys', async () => {
      const { key } = await addKey(rig(), ['files:write', 'files:read']);
      const json = { edits: [{ old: 'a', new: 'b' }] };
      const own = { method: 'PATCH', json, key };
      expect(await rig().ask(at(`${door.nativePath(rig().place.data)}/keys.json`), own)).toMatchObject({ status: 403 });
    });

    if (door.platform === 'posix') {
      test('a link stays one, its target is edited, and one that leads out of the roots is not followed', async () => {
        mkdirSync(local('linked'), { recursive: true });
        symlinkSync('../file', local('linked/link'));
        const json = { edits: [{ old: 'one', new: '1' }] };
        const { key } = await addKey(rig(), ['files:write'], { roots: [native('linked')] });
        expect(await ask('linked/link', json, { key })).toMatchObject({ status: 403 });
        chmodSync(local('file'), 0o640);
        expect(await ask('linked/link', json)).toMatchObject({ status: 200, body: { path: native('linked/link') } });
        expect(content()).toBe('1\ntwo\nthree\nfour\n');
        expect(statSync(local('file')).mode & 0o777).toBe(0o640);
      });

      test('a pipe and a device are never opened, and a path of bytes is found', async () => {
        const edits = [{ old: 'a', new: 'b' }];
        expect(Bun.spawnSync({ cmd: ['mkfifo', local('pipe')] }).exitCode).toBe(0);
        expect(await ask('pipe', { edits })).toMatchObject({ status: 409 });
        expect(await rig().ask(at('/dev/zero'), { method: 'PATCH', json: { edits } })).toMatchObject({ status: 409 });
        const path = Buffer.concat([Buffer.from(local('bytes-')), Buffer.from([0xff])]);
        if (process.platform !== 'linux') return process.stdout.write('names are text on this system\n');
        writeFileSync(path, 'a');
        const query = `/files?pathBytes=${encodeURIComponent(path.toString('base64'))}`;
        expect(await rig().ask(query, { method: 'PATCH', json: { edits } })).toMatchObject({ status: 200 });
        expect(readFileSync(path, 'utf8')).toBe('b');
        const proc = await rig().ask(at('/proc/self/status'), {
          method: 'PATCH',
          json: { edits: [{ old: 'Name:', new: 'x' }] },
        });
        expect(proc.status).toBe(409);
      });
    }

    test('--roots holds for edits', async () => {
      await using bound = await Rig.start(door, { flags: { roots: 'shared' } });
      mkdirSync(bound.path('shared'), { recursive: true });
      for (const name of ['shared/a', 'b']) writeFileSync(bound.path(name), 'a');
      const json = { edits: [{ old: 'a', new: 'b' }] };
      const status = async (name: string) =>
        (await bound.ask(at(door.nativePath(bound.path(name))), { method: 'PATCH', json })).status;
      expect([await status('shared/a'), await status('b')]).toEqual([200, 403]);
    });
  });
}
