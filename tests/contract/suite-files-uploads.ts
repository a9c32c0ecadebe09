/** Machine 2: files that come in parts, over connections that break and servers that restart. */
import { describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileEntry } from '../../src/protocol/files.ts';
import type { Upload } from '../../src/protocol/files/uploads.ts';
import type { Door } from '../support/doors.ts';
import { answerOf, Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

const sha256 = (bytes: string | Uint8Array) => new Bun.CryptoHasher('sha256').update(bytes).digest('hex');

const noBody = { body: undefined };
const headOf = ({ status, headers }: Response) => ({ status, headers });

class World {
  readonly #rig: Rig;
  constructor(rig: Rig) {
    this.#rig = rig;
  }
  local = (name: string) => join(this.#rig.place.cwd, name);
  native = (name: string) => this.#rig.door.nativePath(this.local(name));
  begin = (name: string, fields: Readonly<Record<string, unknown>>, key?: string) =>
    this.#rig.ask('/files/uploads', {
      json: { path: this.native(name), ...fields },
      ...(key !== undefined && { key }),
    });
  begun = async (name: string, fields: Readonly<Record<string, unknown>>): Promise<Upload> => {
    const { status, body } = await this.begin(name, fields);
    expect(status).toBe(201);
    return body as Upload;
  };
  part = (id: string, offset: number | string, bytes: string | ReadableStream<Uint8Array>, key?: string) =>
    this.#rig
      .request(`/files/uploads/${id}`, {
        method: 'PATCH',
        body: bytes,
        headers: { 'Upload-Offset': String(offset) },
        ...(key !== undefined && { key }),
      })
      // There is no body in an answer of success.
      .then(async (answer) => (answer.status === 204 ? { ...noBody, ...headOf(answer) } : answerOf(answer)));
  get = (id: string, key?: string) => this.#rig.ask(`/files/uploads/${id}`, key === undefined ? {} : { key });
  finish = (id: string) => this.#rig.ask(`/files/uploads/${id}/finish`, { method: 'POST' });
  drop = (id: string) => this.#rig.ask(`/files/uploads/${id}`, { method: 'DELETE' });
  left = () =>
    readdirSync(this.local('.'), { recursive: true }).filter((name) => String(name).endsWith('.agent-server'));
}

export function filesUploadsSuite(door: Door): void {
  describe('files: uploads', () => {
    const rig = sharedRig(door);
    const world = () => new World(rig());

    test('a new file has the mode of one that is put there as a whole, and one that is replaced keeps its own', async () => {
      const { begun, part, finish, local } = world();
      if (door.platform === 'windows') return void process.stdout.write(`uploads, ${door.name}: no modes\n`);
      await rig().request(`/files?${new URLSearchParams({ path: world().native('as-put') })}`, {
        method: 'PUT',
        body: 'x',
      });
      const modeOf = (name: string) => statSync(local(name)).mode & 0o777;
      const fresh = await begun('as-uploaded', { size: 1 });
      await part(fresh.id, 0, 'x');
      await finish(fresh.id);
      expect(modeOf('as-uploaded')).toBe(modeOf('as-put'));
      writeFileSync(local('kept'), 'old', { mode: 0o604 });
      const again = await begun('kept', { size: 1 });
      await part(again.id, 0, 'x');
      await finish(again.id);
      expect(modeOf('kept')).toBe(0o604);
    });

    test('what has not come as a whole is in no archive, no copy and no event of its folder', async () => {
      const { begin, part, finish, local, native } = world();
      mkdirSync(local('half'), { recursive: true });
      const watch = await rig().request(`/files/watch?${new URLSearchParams({ path: native('half') })}`);
      const { id } = (await begin('half/whole', { size: 2 })).body as Upload;
      await part(id, 0, 'x');
      const archive = await rig().request(`/files/archive?${new URLSearchParams({ path: native('half') })}`);
      expect(Buffer.from(await archive.arrayBuffer()).toString('latin1')).not.toContain('agent-server');
      const copied = await rig().ask('/files/copy', {
        json: { from: native('half'), to: native('half-copy'), recursive: true },
      });
      expect(copied.body).toEqual({ files: 0, bytes: 0 });
      expect(readdirSync(local('half-copy'))).toEqual([]);
      await part(id, 1, 'y');
      await finish(id);
      let told = '';
      for await (const piece of watch.body ?? []) {
        told += Buffer.from(piece).toString();
        if (told.includes('event: create')) break;
      }
      expect(told.match(/^event: .*/gm)).toEqual(['event: ready', 'event: create']);
      expect(told).toContain('"name":"whole"');
    });

    test('it has the time that a copy has been given', async () => {
      const { id } = await world().begun('timed', { size: 3, modifiedAt: 1234567890.125 });
      expect(await world().part(id, 0, 'abc')).toMatchObject({ status: 204 });
      expect(await world().finish(id)).toMatchObject({ status: 201, body: { modifiedAt: 1234567890.125 } });
      expect(statSync(world().local('timed')).mtimeMs).toBe(1234567890125);
      expect(await world().begin('timed', { size: 3, modifiedAt: 1e12 })).toMatchObject({ status: 400 });
    });

    test('parts, one after the other, and the file is there once it is finished', async () => {
      const { begun, part, get, finish, local, native, left } = world();
      const { id, offset, size } = await begun('whole', { size: 10, sha256: sha256('0123456789'), mode: '0640' });
      expect([offset, size]).toEqual([0, 10]);
      const first = await part(id, 0, '0123');
      expect([first.status, first.headers.get('upload-offset')]).toEqual([204, '4']);
      expect(existsSync(local('whole'))).toBe(false);
      const now = await get(id);
      expect(now).toMatchObject({ status: 200, body: { id, path: native('whole'), offset: 4, size: 10 } });
      expect(now.headers.get('upload-offset')).toBe('4');
      expect(await finish(id)).toMatchObject({ status: 409, body: { offset: 4 } });
      expect((await part(id, 4, '456789')).status).toBe(204);
      const done = await finish(id);
      expect(done).toMatchObject({ status: 201, body: { size: 10, sha256: sha256('0123456789') } });
      expect(readFileSync(local('whole'), 'utf8')).toBe('0123456789');
      if (door.platform === 'posix') expect(statSync(local('whole')).mode & 0o7777).toBe(0o640);
      expect(await get(id)).toMatchObject({ status: 404 });
      expect(left()).toEqual([]);
    });

    test('another offset is 409 with the right one, and a part that is too long is refused', async () => {
      const { begun, part, get, drop, left } = world();
      const { id } = await begun('offsets', { size: 6 });
      expect(await part(id, 1, 'x')).toMatchObject({ status: 409, body: { offset: 0 } });
      await part(id, 0, 'abc');
      expect(await part(id, 0, 'abc')).toMatchObject({ status: 409, body: { offset: 3 } });
      expect(await part(id, 3, 'defg')).toMatchObject({ status: 400 });
      expect(await get(id)).toMatchObject({ body: { offset: 3 } });
      expect(await part(id, 'x', 'abc')).toMatchObject({ status: 400 });
      expect(await rig().ask(`/files/uploads/${id}`, { method: 'PATCH', body: 'x' })).toMatchObject({ status: 400 });
      expect(await drop(id)).toMatchObject({ status: 200, body: { dropped: true, id } });
      expect(await drop(id)).toMatchObject({ status: 404 });
      expect(await part('../../x', 0, 'x')).toMatchObject({ status: 404 });
      expect(left()).toEqual([]);
    });

    test('another hash is 400: nothing is replaced, and the upload stays', async () => {
      const { begun, part, get, finish, drop, local } = world();
      writeFileSync(local('hashed'), 'old');
      const { id } = await begun('hashed', { size: 3, sha256: sha256('new') });
      await part(id, 0, 'bad');
      expect(await finish(id)).toMatchObject({ status: 400 });
      expect(readFileSync(local('hashed'), 'utf8')).toBe('old');
      expect(await get(id)).toMatchObject({ status: 200, body: { offset: 3 } });
      await drop(id);
    });

    test('versions are held at the end, folders are made, and an empty file has no parts', async () => {
      const { begun, begin, part, finish, local, native, left, drop } = world();
      writeFileSync(local('versioned'), 'old');
      const stat = `/files/stat?path=${encodeURIComponent(native('versioned'))}`;
      const { version } = await rig().get<FileEntry>(stat);
      const replacing = await begun('versioned', { size: 3, version });
      const making = await begun('versioned', { size: 3, version: 'none' });
      await part(replacing.id, 0, 'new');
      await part(making.id, 0, 'mad');
      expect(await finish(making.id)).toMatchObject({ status: 412, body: { version } });
      expect(await finish(replacing.id)).toMatchObject({ status: 200, body: { size: 3 } });
      expect(readFileSync(local('versioned'), 'utf8')).toBe('new');
      await drop(making.id);
      expect(await begin('a/b/c', { size: 0 })).toMatchObject({ status: 409 });
      const empty = await begun('a/b/c', { size: 0, mkdirs: true });
      expect(await finish(empty.id)).toMatchObject({ status: 201, body: { size: 0 } });
      expect(left()).toEqual([]);
    });

    test('of two parts at once one wins', async () => {
      const { begun, part, get, drop } = world();
      const { id } = await begun('twice', { size: 6 });
      const { promise: isOpen, resolve: end } = Promise.withResolvers<void>();
      const slow = new ReadableStream<Uint8Array>({
        async start(controller) {
          controller.enqueue(Buffer.from('abc'));
          await isOpen;
          controller.close();
        },
      });
      const first = part(id, 0, slow);
      await waitFor('the first part', async () => ((await get(id)).body as Upload).offset === 3 || undefined);
      expect(await part(id, 3, 'def')).toMatchObject({ status: 409, body: { offset: 3 } });
      expect(await drop(id)).toMatchObject({ status: 409 });
      end();
      expect((await first).status).toBe(204);
      expect((await part(id, 3, 'def')).status).toBe(204);
      await drop(id);
    });

    test('it is the key’s own, within its roots, and refused where PUT would be', async () => {
      const { begin, begun, get, part, drop, local, native } = world();
      mkdirSync(local('rooted'), { recursive: true });
      const bound = await addKey(rig(), ['files:write'], { roots: [native('rooted')] });
      const other = await addKey(rig(), ['files:write']);
      const reader = await addKey(rig(), ['files:read']);
      const { id } = await begun('own', { size: 1 });
      expect(await get(id, other.key)).toMatchObject({ status: 404 });
      expect(await part(id, 0, 'x', other.key)).toMatchObject({ status: 404 });
      await drop(id);
      expect(await begin('outside', { size: 1 }, bound.key)).toMatchObject({ status: 403 });
      expect(await begin('rooted', { size: 1 })).toMatchObject({ status: 409 });
      expect(await begin('x', { size: 1 }, reader.key)).toMatchObject({ status: 403, body: { scope: 'files:write' } });
      expect(await begin('x', { size: -1 })).toMatchObject({ status: 400 });
      expect(await begin('x', { size: 1, sha256: 'abc' })).toMatchObject({ status: 400 });
      expect(await begin('x', { size: 1, mode: '9' })).toMatchObject({ status: 400 });
      expect(await begin('x', { size: 2 ** 52 })).toMatchObject({ status: 507 });
      const made = await begin('rooted/x', { size: 1 }, bound.key);
      expect(made).toMatchObject({ status: 201 });
      // The inherited key may go on with it.
      expect(await drop((made.body as Upload).id)).toMatchObject({ status: 200 });
    });

    if (door.mortal)
      test('what has come is there after the server was killed, and goes on', async () => {
        await using own = await Rig.start(door);
        const { begun, part, get, finish, local, left } = new World(own);
        const { id } = await begun('survivor', { size: 2_000_000, sha256: sha256('y'.repeat(2_000_000)) });
        const { promise: never } = Promise.withResolvers<void>();
        const cut = new ReadableStream<Uint8Array>({
          async start(controller) {
            controller.enqueue(Buffer.from('y'.repeat(1_500_000)));
            await never;
          },
        });
        const broken = part(id, 0, cut).catch(() => undefined);
        const onDisk = () => statSync(local(String(left()[0]))).size;
        await waitFor('some of it', () => onDisk() > 0 || undefined);
        await own.kill9();
        await broken;
        await own.restart();
        const { offset } = (await get(id)).body as Upload;
        expect(offset).toBeGreaterThan(0);
        expect(offset).toBe(onDisk());
        expect((await part(id, offset, 'y'.repeat(2_000_000 - offset))).status).toBe(204);
        expect(await finish(id)).toMatchObject({ status: 201, body: { size: 2_000_000 } });
        expect(left()).toEqual([]);
      });
  });
}
