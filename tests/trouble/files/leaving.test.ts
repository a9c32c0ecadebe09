/** Clients that go away in the middle of an upload or a download, at several points of each: nothing of theirs stays in the server. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tarHeader } from '../../../src/files/archive/tar-header.ts';
import { executable } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';
import { CRLF, openRaw } from '../../support/rig-raw.ts';
import { treeText } from '../../support/tree-text.ts';
import { waitFor } from '../../support/wait.ts';
import { descriptors, onLinuxExecutable, openFiles, pathQuery } from './world.ts';

const PART = 300_000;
const LENGTH = 2_000_000;
/** More than the buffers of a connection have room for. */
const LARGE = 24_000_000;
const none = (async function* (): AsyncGenerator<Uint8Array> {})();

onLinuxExecutable('a client that leaves', (program) =>
  describe('a client that leaves', () => {
    let rig: Rig;
    let base: number;
    let files: number;
    beforeAll(async () => {
      rig = await Rig.start(executable(program));
      const large = Buffer.alloc(LARGE);
      for (let at = 0; at < LARGE; at += 65_536)
        crypto.getRandomValues(large.subarray(at, Math.min(at + 65_536, LARGE)));
      mkdirSync(rig.path('tree'));
      mkdirSync(rig.path('small'));
      writeFileSync(rig.path('tree/large'), large);
      writeFileSync(rig.path('tree/text'), 'needle in a line of text\n'.repeat(200_000));
      for (let at = 0; at < 20; at += 1) writeFileSync(rig.path(`small/file-${at}`), Buffer.alloc(400_000, 'x'));
      // What any first request makes stay is not counted.
      for (const format of ['tar.gz', 'zip'])
        await (await rig.request(`/files/archive?${pathQuery(rig.path('small'))}&format=${format}`)).bytes();
      await (await rig.request('/files/search', { json: { path: rig.path('tree'), text: 'none such' } })).text();
      files = openFiles(rig).length;
      base = descriptors(rig);
    });
    afterAll(() => rig[Symbol.asyncDispose]());

    const headOf = (method: string, target: string, ...lines: string[]) =>
      [`${method} ${target} HTTP/1.1`, 'Host: localhost', `X-API-Key: ${rig.key}`, ...lines, '', ''].join(CRLF);

    /** No descriptor more than before, neither of a file nor of a connection, and it answers. */
    async function isAsBefore(): Promise<void> {
      await waitFor('its files to be closed', () => openFiles(rig).length <= files);
      const { status } = await rig.request('/healthz');
      expect(status).toBe(200);
      // One connection of this test may be kept.
      await waitFor('its connections to be closed', () => descriptors(rig) <= base + 1);
    }

    /** Sends so many bytes of a request, and goes away once the server has begun with it. */
    async function leaveAfter(head: string, body: string, bytes: number): Promise<void> {
      using client = await openRaw(rig.port, head);
      client.socket.write(Buffer.from(body.slice(0, bytes), 'latin1'));
      if (bytes > 0) await waitFor('the upload to begin', () => openFiles(rig).length > files);
      client.socket.destroy();
      await isAsBefore();
    }

    const notes = () => {
      const folder = join(rig.place.data, 'files', 'staged');
      return existsSync(folder) ? readdirSync(folder) : [];
    };

    const names = () => readdirSync(rig.place.cwd, { recursive: true }).map(String).toSorted().join();

    const header = () =>
      Buffer.from(
        tarHeader({
          name: 'big',
          type: 'file',
          mode: 0o644,
          modifiedAt: 0,
          uid: 0,
          gid: 0,
          size: LENGTH,
          pieces: none,
        }),
      );
    const tar = () => header().toString('latin1') + 'x'.repeat(LENGTH);
    // What cannot be zipped small, so that a part of it is a part of the file, too.
    const gzipped = () => {
      const random = Buffer.alloc(LENGTH);
      for (let at = 0; at < LENGTH; at += 65_536)
        crypto.getRandomValues(random.subarray(at, Math.min(at + 65_536, LENGTH)));
      return Buffer.from(Bun.gzipSync(Buffer.concat([header(), random]))).toString('latin1');
    };

    test.each([
      ['tar', tar],
      ['tar.gz', gzipped],
      ['zip', () => 'x'.repeat(LENGTH)],
    ] as const)('while it sends an archive: %s', async (format, make) => {
      mkdirSync(rig.path('there'), { recursive: true });
      const [before, namesBefore] = [treeText(rig.place.cwd), names()];
      const body = make();
      for (const name of ['there', 'new']) {
        const target = `/files/archive?${pathQuery(rig.path(name))}&format=${format}`;
        for (const framing of [`Content-Length: ${LENGTH * 4}`, 'Transfer-Encoding: chunked']) {
          const isChunked = framing.startsWith('T');
          for (const bytes of [0, 700, PART]) {
            const sent = isChunked && bytes > 0 ? `${(PART * 4).toString(16)}${CRLF}${body}` : body;
            await leaveAfter(headOf('PUT', target, framing), sent, bytes);
            await waitFor('what it left to be removed', () => notes().length === 0 && names() === namesBefore);
          }
        }
      }
      expect(treeText(rig.place.cwd)).toEqual(before);
    });

    test('while it sends a part of an upload: what has come stays, and the rest may come', async () => {
      const { id } = await rig.post<{ id: string }>('/files/uploads', { path: rig.path('up'), size: LENGTH });
      const offset = async () => (await rig.get<{ offset: number }>(`/files/uploads/${id}`)).offset;
      for (const bytes of [0, 1, PART]) {
        const at = await offset();
        const lines = [`Upload-Offset: ${at}`, `Content-Length: ${LENGTH - at}`];
        await leaveAfter(headOf('PATCH', `/files/uploads/${id}`, ...lines), 'x'.repeat(PART), bytes);
        await waitFor('the upload to be free again', async () => {
          const { status } = await rig.ask(`/files/uploads/${id}/finish`, { method: 'POST' });
          return status === 409;
        });
        expect(await offset()).toBeLessThanOrEqual(at + bytes);
      }
      const at = await offset();
      expect(at).toBeGreaterThan(0);
      const rest = await rig.request(`/files/uploads/${id}`, {
        method: 'PATCH',
        headers: { 'upload-offset': String(at) },
        body: 'x'.repeat(LENGTH - at),
      });
      expect(rest.status).toBe(204);
      expect(await rig.ask(`/files/uploads/${id}/finish`, { method: 'POST' })).toMatchObject({ status: 201 });
      expect(readFileSync(rig.path('up'), 'utf8')).toBe('x'.repeat(LENGTH));
    });

    const searched = () => JSON.stringify({ path: rig.path('tree'), text: 'needle', limit: 100_000 });
    const items = () =>
      JSON.stringify({ items: Array.from({ length: 20 }, (_, at) => ({ path: rig.path(`small/file-${at}`) })) });
    const json = (body: string) => ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`];

    test.each<readonly [string, () => string]>([
      ['a file', () => headOf('GET', `/files?${pathQuery(rig.path('tree/large'))}`)],
      ['a part of a file', () => headOf('GET', `/files?${pathQuery(rig.path('tree/large'))}`, 'Range: bytes=1000-')],
      ['tar', () => headOf('GET', `/files/archive?${pathQuery(rig.path('tree'))}`)],
      ['tar.gz', () => headOf('GET', `/files/archive?${pathQuery(rig.path('tree'))}&format=tar.gz`)],
      ['zip', () => headOf('GET', `/files/archive?${pathQuery(rig.path('tree'))}&format=zip`)],
      ['a search', () => headOf('POST', '/files/search', ...json(searched())) + searched()],
      ['many files at once', () => headOf('POST', '/files/read', ...json(items())) + items()],
      ['a hash', () => headOf('GET', `/files/stat?${pathQuery(rig.path('tree/large'))}&hash=sha256`)],
      ['a list with hashes', () => headOf('GET', `/files/list?${pathQuery(rig.path('tree'))}&hash=sha256`)],
      ['a watch', () => headOf('GET', `/files/watch?${pathQuery(rig.path('tree'))}&recursive=1`)],
    ])('while it gets %s', async (what, make) => {
      for (const point of ['asked', 'begun', 'in the middle'] as const) {
        using client = await openRaw(rig.port, make());
        let got = 0;
        client.socket.on('data', (bytes) => {
          got += bytes.length;
          if (got > PART) client.socket.pause();
        });
        if (point === 'begun') await waitFor('the answer to begin', () => got > 0);
        // Not all of these have so many.
        const isLong = !['a watch', 'a hash', 'a list with hashes'].includes(what);
        if (point === 'in the middle' && isLong) await waitFor('some of the answer', () => got > PART);
        client.socket.destroy();
        // A watch waits for its reader for five minutes: its own descriptor stays, and there is one, whoever reads.
        if (what === 'a watch')
          await waitFor('its connection to be closed', () => descriptors(rig) <= base + 2 + watches());
        else await isAsBefore();
      }
    });
    const watches = () => openFiles(rig).filter((open) => open.includes('inotify')).length;
  }),
);
