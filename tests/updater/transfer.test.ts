/** What a release server, or somebody in between, can do to a transfer: real servers on loopback, a clock in our hand. */
import { afterAll, describe, expect, test } from 'bun:test';
import { createServer, type Server, type Socket } from 'node:net';
import { messageOf } from '../../src/core/failure.ts';
import { silentLog } from '../../src/core/log.ts';
import { posixExecutable } from '../../src/platform/executable/posix.ts';
import { durableFiles, type DurableFiles } from '../../src/platform/files/durable-files.ts';
import { download } from '../../src/updater/download.ts';
import { explainUpdate } from '../../src/updater/failures.ts';
import type { Offer } from '../../src/updater/manifest.ts';
import { placeOf } from '../../src/updater/place.ts';
import { transfer, type TransferOptions } from '../../src/updater/transfer.ts';
import { FakeClock, Sandbox, settle } from '../support/sandbox.ts';
import { waitFor } from '../support/wait.ts';

const CONTENT = new Uint8Array(300_000).fill(7);
const SHA256 = new Bun.CryptoHasher('sha256').update(CONTENT).digest('hex');
const closing: (() => void)[] = [];
afterAll(() => {
  for (const close of closing) close();
});

function serve(fetch: (request: Request, url: string) => Response | Promise<Response>): string {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request): Response | Promise<Response> => fetch(request, server.url.href),
  });
  closing.push(() => void server.stop(true));
  return server.url.href.replace(/\/$/, '');
}

/** A server that says what it likes, byte by byte. */
async function serveRaw(answer: (socket: Socket) => void): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
    closing.push(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

class World implements Disposable {
  readonly box = new Sandbox();
  readonly clock = new FakeClock();
  readonly abort = new AbortController();
  readonly place = placeOf(this.box.file('agent-server'), '');
  readonly offer: Offer = {
    version: '2.0.0',
    seq: 2,
    issued: '2026-01-01T00:00:00Z',
    artifact: { file: 'agent-server-linux-x64', size: CONTENT.length, sha256: SHA256 },
  };
  /** Seen by `fetch`, without the requests of redirects being made. */
  asked: string[] = [];
  options: TransferOptions = {
    clock: this.clock,
    signal: this.abort.signal,
    fetch: (url, init) => {
      this.asked.push(url);
      return fetch(url, init);
    },
  };
  received = 0;

  async download(base: string, offer = this.offer, files: DurableFiles = durableFiles) {
    const installation = { place: this.place, files, executable: posixExecutable, log: silentLog };
    const got = await download(base, offer, installation, this.options, (bytes) => void (this.received = bytes));
    return got.ok ? got.value : explainUpdate(got.failure);
  }

  get leftovers(): readonly string[] {
    return durableFiles.list(this.box.path);
  }

  [Symbol.dispose](): void {
    this.box[Symbol.dispose]();
  }
}

describe('a download', () => {
  test('lies beside the executable, may be run, and is what was released', async () => {
    using world = new World();
    const path = await world.download(serve(() => new Response(CONTENT)));
    expect(path).toBe(world.box.file('agent-server.new-2.0.0'));
    const file = Bun.file(path);
    expect(new Bun.CryptoHasher('sha256').update(await file.bytes()).digest('hex')).toBe(SHA256);
    expect((await file.stat()).mode & 0o777).toBe(0o755);
    expect(world.received).toBe(CONTENT.length);
    expect(world.clock.pending).toBe(0);
  });

  test('takes the place of what an earlier one has left', async () => {
    using world = new World();
    await Bun.write(world.place.fresh('2.0.0'), 'half of it');
    expect(await world.download(serve(() => new Response(CONTENT)))).toBe(world.place.fresh('2.0.0'));
  });

  const WRONG: Readonly<Record<string, { bytes: Uint8Array<ArrayBuffer>; says: string }>> = {
    'one byte less': { bytes: CONTENT.subarray(1), says: 'has 299999 bytes instead of 300000' },
    'one byte more': { bytes: Buffer.concat([CONTENT, new Uint8Array(1)]), says: 'sends more than 300000 bytes' },
    'one other byte': { bytes: CONTENT.with(150_000, 8), says: 'its SHA-256 is another' },
    nothing: { bytes: new Uint8Array(), says: 'has 0 bytes instead of 300000' },
  };
  test.each(Object.entries(WRONG))('with %s is refused and gone', async (_name, { bytes, says }) => {
    using world = new World();
    expect(await world.download(serve(() => new Response(bytes)))).toContain(says);
    expect(world.leftovers).toEqual([]);
  });

  test('that never ends is cut off at the size of the manifest', async () => {
    using world = new World();
    let sent = 0;
    const endless = serve(
      () =>
        new Response(
          new ReadableStream({
            async pull(controller) {
              sent += 65_536;
              controller.enqueue(new Uint8Array(65_536));
              await settle();
            },
          }),
        ),
    );
    expect(await world.download(endless)).toContain('sends more than 300000 bytes');
    expect(sent).toBeLessThan(20_000_000);
    expect(world.leftovers).toEqual([]);
  });

  test('that breaks off in the middle is refused and gone', async () => {
    using world = new World();
    const dying = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n');
      socket.write(CONTENT.subarray(0, 100_000), () => socket.destroy());
    });
    expect(await world.download(dying)).toContain('cannot be reached');
    expect(world.leftovers).toEqual([]);
  });

  test('in which nothing comes for 60 seconds is given up', async () => {
    using world = new World();
    const silent = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n');
      socket.write(CONTENT.subarray(0, 1000));
    });
    const given = world.download(silent);
    await waitFor('the first bytes', () => world.received > 0);
    world.clock.advance(59_000);
    await settle();
    expect(world.leftovers).toEqual(['agent-server.new-2.0.0']);
    world.clock.advance(1001);
    expect(await given).toContain('nothing came for 60 seconds');
    expect(world.leftovers).toEqual([]);
  });

  test('that drips is given up after an hour', async () => {
    using world = new World();
    let drip = (): void => {};
    const slow = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n');
      drip = () => void socket.write(new Uint8Array(1).fill(7));
      drip();
    });
    const given = world.download(slow);
    for (let drops = 1; drops <= 72; drops++) {
      await waitFor(`drop ${drops}`, () => world.received === drops);
      world.clock.advance(50_000);
      drip();
    }
    expect(await given).toContain('it took longer than 3600 seconds');
    expect(world.leftovers).toEqual([]);
  });

  test('that is called off is gone', async () => {
    using world = new World();
    const silent = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n');
      socket.write(CONTENT.subarray(0, 1000));
    });
    const given = world.download(silent);
    await waitFor('the first bytes', () => world.received > 0);
    world.abort.abort();
    expect(await given).toContain('cancelled');
    expect(world.leftovers).toEqual([]);
  });

  test('for which there is no room is refused before it begins, or when the disk is full', async () => {
    using world = new World();
    const base = serve(() => new Response(CONTENT));
    const noRoom = { ...durableFiles, free: () => 10_000_000 };
    expect(await world.download(base, world.offer, noRoom)).toContain('not enough room');
    expect(world.asked).toEqual([]);
    const full: DurableFiles = {
      ...durableFiles,
      async create(path) {
        const writer = await durableFiles.create(path);
        return { ...writer, write: async () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })) };
      },
    };
    expect(await world.download(base, world.offer, full)).toContain('not enough room');
    expect(world.leftovers).toEqual([]);
  });

  test('into a folder that cannot be written says which', async () => {
    using world = new World();
    const base = serve(() => new Response(CONTENT));
    const unwritable: DurableFiles = {
      ...durableFiles,
      create: async () => Promise.reject(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })),
    };
    expect(await world.download(base, world.offer, unwritable)).toBe(
      `${world.box.path} cannot be written, where the executable lies: EACCES: permission denied`,
    );
  });
});

describe('a transfer', () => {
  async function get(world: World, url: string) {
    const got = await transfer(url, { bytes: 1000, ms: 60_000 }, world.options, () => {});
    return got.ok ? 'ok' : explainUpdate(got.failure);
  }

  test('goes over https, and over http on this machine alone', async () => {
    using world = new World();
    for (const url of [
      'http://example.com/m',
      'http://10.0.0.1/m',
      'ftp://127.0.0.1/m',
      'file:///etc/passwd',
      'http://127.0.0.1.example.com/m',
    ])
      expect(await get(world, url)).toContain('updates come over https only');
    expect(world.asked).toEqual([]);
  });

  test('follows redirects on the same terms, five at most', async () => {
    using world = new World();
    const hops = serve((request, own) => {
      const left = Number(new URL(request.url).pathname.slice(1));
      return left === 0 ? new Response('x') : Response.redirect(`${own}${left - 1}`, 302);
    });
    expect(await get(world, `${hops}/5`)).toBe('ok');
    expect(await get(world, `${hops}/6`)).toContain('redirected too often');
    world.asked = [];
    const away = serve(() => Response.redirect('http://example.com/m', 302));
    expect(await get(world, `${away}/m`)).toContain('not from http://example.com/m');
    expect(world.asked).toEqual([`${away}/m`]);
  });

  test('from elsewhere is not led to this machine, nor down to http', async () => {
    using world = new World();
    const seen: string[] = [];
    for (const target of [
      'http://127.0.0.1:1/m',
      'http://release.example/m',
      'http://localhost/m',
      'file:///etc/passwd',
      'https://u\u0000',
    ]) {
      world.options = {
        ...world.options,
        fetch: async (url) => {
          seen.push(url);
          return new Response(null, { status: 302, headers: { location: target.replace('\u0000', '%') } });
        },
      };
      expect(await get(world, 'https://release.example/m')).toContain('updates come over https only');
    }
    expect(new Set(seen)).toEqual(new Set(['https://release.example/m']));
  });

  test('asks for the bytes themselves, and tells what else was answered', async () => {
    using world = new World();
    const headers: (string | null)[] = [];
    const base = serve((request) => {
      headers.push(request.headers.get('accept-encoding'));
      return new Response('no', { status: request.url.endsWith('/gone') ? 404 : 200 });
    });
    expect(await get(world, `${base}/there`)).toBe('ok');
    expect(await get(world, `${base}/gone`)).toBe(`${base}/gone answers with status 404`);
    expect(headers).toEqual(['identity', 'identity']);
  });

  test('whose taker fails passes that on', async () => {
    using world = new World();
    const base = serve(() => new Response('x'));
    const failed = transfer(`${base}/m`, { bytes: 10, ms: 1000 }, world.options, () => {
      throw new Error('a bug');
    });
    expect(await failed.catch(messageOf)).toBe('a bug');
  });
});
