/** Machine 2, “Watch”: what changes in a folder, as Server-Sent Events that lose nothing. */
import { beforeEach, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSse, type SseMessage } from '../../src/client/sse.ts';
import type { FileWatchEvent } from '../../src/protocol/files/watch.ts';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { sharedRig } from './shared-rig.ts';
import { addKey } from './suite-keys.ts';

interface Following {
  /** The next events, as far as one of that type and name. */
  until(type: string, name?: string): Promise<FileWatchEvent[]>;
  /** The end of the stream. */
  ended(): Promise<void>;
  /** The id of the last event. */
  readonly lastId: string;
  close(): Promise<void>;
}

async function follow(rig: Rig, query: string, headers: Readonly<Record<string, string>> = {}): Promise<Following> {
  const abort = new AbortController();
  const response = await rig.request(`/files/watch?${query}`, { headers, signal: abort.signal });
  if (response.status !== 200 || response.body === null)
    throw new Error(`watch: ${response.status} ${await response.text()}`);
  expect(response.headers.get('content-type')).toStartWith('text/event-stream');
  const messages: AsyncGenerator<SseMessage> = parseSse(response.body);
  let lastId = '';
  return {
    get lastId() {
      return lastId;
    },
    async until(type, name) {
      const events: FileWatchEvent[] = [];
      for (;;) {
        const next = await messages.next();
        if (next.done === true) throw new Error(`it ended before ${type} ${name}: ${JSON.stringify(events)}`);
        const event = JSON.parse(next.value.data) as FileWatchEvent;
        lastId = next.value.id ?? '';
        expect(lastId).toMatch(new RegExp(`^[0-9a-f]{12}-${event.seq}$`));
        expect(next.value.event).toBe(event.type);
        events.push(event);
        if (event.type === type && (name === undefined || event.path.endsWith(name))) return events;
      }
    },
    async ended() {
      for await (const _message of messages);
    },
    async close() {
      abort.abort();
      await messages.return(undefined).catch(() => undefined);
    },
  };
}

export function filesWatchSuite(door: Door): void {
  describe('files: watch', () => {
    const rig = sharedRig(door);
    let folder = '';
    const host = (path: string) => join(folder, path);
    const native = (path: string) => door.nativePath(host(path));
    const asked = (path: string, more = '') => `path=${encodeURIComponent(native(path))}${more}`;
    const told = (events: readonly FileWatchEvent[]) =>
      events.map(({ type, path }) => `${type} ${path.split(/[\\/]/).at(-1)}`);

    // A new one for each try: what a story that failed has left would be in the way of the next.
    beforeEach(() => void (folder = mkdtempSync(join(rig().place.cwd, 'watch-'))));

    test('it begins with ready, and tells what is made, changed and deleted, with its entry', async () => {
      mkdirSync(host('w1'));
      const watch = await follow(rig(), asked('w1'));
      expect(await watch.until('ready')).toEqual([{ seq: 1, type: 'ready', path: native('w1') }]);
      writeFileSync(host('w1/a.txt'), 'hello');
      const made = await watch.until('create', 'a.txt');
      const path = door.nativePath(host('w1/a.txt'));
      expect(made).toMatchObject([{ type: 'create', path, entry: { path, name: 'a.txt', type: 'file', size: 5 } }]);
      writeFileSync(host('w1/a.txt'), 'hello again');
      expect(await watch.until('change', 'a.txt')).toMatchObject([{ entry: { size: 11 } }]);
      rmSync(host('w1/a.txt'));
      const [gone] = await watch.until('delete', 'a.txt');
      expect(gone).toEqual({ seq: 4, type: 'delete', path });
      await watch.close();
    });

    test('recursive: folders made and filled at once, moved and deleted, each with all that is in it', async () => {
      mkdirSync(host('w2'));
      const watch = await follow(rig(), asked('w2', '&recursive=1'));
      await watch.until('ready');
      mkdirSync(host('w2/a/b/c'), { recursive: true });
      writeFileSync(host('w2/a/b/c/d'), '');
      expect(told(await watch.until('create', 'd'))).toEqual(['create a', 'create b', 'create c', 'create d']);
      renameSync(host('w2/a'), host('w2/z'));
      const moved = [...(await watch.until('delete', 'a')), ...(await watch.until('create', 'd'))];
      expect(told(moved).toSorted()).toEqual(
        ['create b', 'create c', 'create d', 'create z', 'delete a', 'delete b', 'delete c', 'delete d'].toSorted(),
      );
      rmSync(host('w2/z'), { recursive: true });
      expect(told(await watch.until('delete', 'z')).toSorted()).toEqual([
        'delete b',
        'delete c',
        'delete d',
        'delete z',
      ]);
      await watch.close();
    });

    test('Last-Event-ID and since go on without a loss; an id that is not known begins with overflow', async () => {
      mkdirSync(host('w3'));
      const first = await follow(rig(), asked('w3'));
      await first.until('ready');
      writeFileSync(host('w3/a'), '');
      await first.until('create', 'a');
      const { lastId } = first;
      await first.close();
      writeFileSync(host('w3/b'), '');
      const second = await follow(rig(), asked('w3'), { 'last-event-id': lastId });
      expect(told(await second.until('create', 'b'))).toEqual(['create b']);
      const beside = await follow(rig(), asked('w3', `&since=${lastId}`));
      expect(told(await beside.until('create', 'b'))).toEqual(['create b']);
      for (const query of [asked('w3', '&since=0123456789ab-7'), asked('w3', `&recursive=1&since=${lastId}`)]) {
        const other = await follow(rig(), query);
        expect((await other.until('ready')).map(({ type, seq }) => [type, seq])).toEqual([
          ['overflow', 1],
          ['ready', 2],
        ]);
        await other.close();
      }
      await beside.close();
      await second.close();
    });

    test('exclude and what git ignores are left out; ignore=none has it, but for .git', async () => {
      for (const made of ['w4/.git', 'w4/out', 'w4/skip', 'w4/src/gen']) mkdirSync(host(made), { recursive: true });
      writeFileSync(host('w4/.gitignore'), 'out/\n');
      const some = await follow(rig(), asked('w4', '&recursive=1&exclude=skip&exclude=src/gen'));
      const all = await follow(rig(), asked('w4', '&recursive=1&ignore=none'));
      await some.until('ready');
      await all.until('ready');
      for (const path of ['out/o', 'skip/s', 'src/gen/g', '.git/i', 'src/last']) writeFileSync(host(`w4/${path}`), '');
      expect(told(await some.until('create', 'last'))).toEqual(['create last']);
      const names = new Set(told(await all.until('create', 'last')));
      // Two folders may be read in another order.
      for (let left = 4 - names.size; left > 0; left -= 1)
        for (const one of told(await all.until('create'))) names.add(one);
      expect([...names].toSorted()).toEqual(['create g', 'create last', 'create o', 'create s']);
      await some.close();
      await all.close();
    });

    test('poll looks again and again', async () => {
      mkdirSync(host('w5'));
      const watch = await follow(rig(), asked('w5', '&poll=1'));
      await watch.until('ready');
      writeFileSync(host('w5/a'), '');
      expect(told(await watch.until('create', 'a'))).toEqual(['create a']);
      await watch.close();
    });

    const INVALID: readonly [string, string][] = [
      ['no path', ''],
      ['a relative one', 'path=a'],
      ['recursive that is neither 0 nor 1', 'path=%2F&recursive=2'],
      ['ignore that is none of its words', 'path=%2F&ignore=svn'],
      ['a glob that is none', 'path=%2F&exclude='],
      ['poll of 0', 'path=%2F&poll=0'],
      ['poll of more than an hour', 'path=%2F&poll=3601'],
      ['since that is no id', 'path=%2F&since=7'],
      ['a parameter that is none', 'path=%2F&recursiv=1'],
    ];
    test.each(INVALID)('refused: %s', async (_what, query) => {
      const answer = await rig().ask(`/files/watch?${query}`);
      expect([answer.status, typeof (answer.body as { error: unknown }).error]).toEqual([400, 'string']);
    });

    test('a Last-Event-ID that is none of a watch is refused', async () => {
      const answer = await rig().ask(`/files/watch?${asked('.')}`, { headers: { 'last-event-id': '12' } });
      expect(answer).toMatchObject({
        status: 400,
        body: { error: 'Last-Event-ID and since must be the id of an event of a watch' },
      });
    });

    test('what is not there: 404; a file: 409', async () => {
      writeFileSync(host('file'), '');
      expect(await rig().ask(`/files/watch?${asked('absent')}`)).toMatchObject({ status: 404 });
      expect(await rig().ask(`/files/watch?${asked('file')}`)).toMatchObject({
        status: 409,
        body: { error: 'is no directory' },
      });
    });

    test('a key needs files:read, and its roots hold; another key does not go on with its watch', async () => {
      for (const made of ['w6/in', 'w6/out']) mkdirSync(host(made), { recursive: true });
      const looks = await addKey(rig(), ['observe', 'run', 'files:write']);
      expect(await rig().ask(`/files/watch?${asked('w6/in')}`, { key: looks.key })).toMatchObject({
        status: 403,
        body: { scope: 'files:read' },
      });
      const { key } = await addKey(rig(), ['files:read'], { roots: [native('w6/in')] });
      const outside = { status: 403, body: { error: 'outside of the roots' } };
      expect(await rig().ask(`/files/watch?${asked('w6/out')}`, { key })).toMatchObject(outside);
      expect(await rig().ask(`/files/watch?${asked('w6')}`, { key })).toMatchObject(outside);
      const mine = await follow(rig(), asked('w6/in'), { 'x-api-key': key });
      await mine.until('ready');
      const { lastId } = mine;
      const theirs = await follow(rig(), asked('w6/in'), { 'last-event-id': lastId });
      expect((await theirs.until('ready')).map(({ type }) => type)).toEqual(['overflow', 'ready']);
      await theirs.close();
      await mine.close();
    });

    test('the end of its key ends the stream', async () => {
      mkdirSync(host('w7'));
      const { id, key } = await addKey(rig(), ['files:read']);
      const watch = await follow(rig(), asked('w7'), { 'x-api-key': key });
      await watch.until('ready');
      const ended = watch.ended();
      await rig().ask(`/keys/${id}`, { method: 'DELETE' });
      await ended;
    });

    // Opening one takes Wine up to a second where the machine is busy.
    test('33 watches: the last is refused, until one of the others has no reader', async () => {
      await using own = await Rig.start(door);
      mkdirSync(join(own.place.cwd, 'w'));
      const query = `path=${encodeURIComponent(door.nativePath(join(own.place.cwd, 'w')))}`;
      const open = [];
      for (let count = 0; count < 32; count += 1) open.push(await follow(own, query));
      expect(await own.ask(`/files/watch?${query}`)).toMatchObject({
        status: 409,
        body: { error: 'at most 32 watches have a reader at once' },
      });
      for (const watch of open) await watch.until('ready');
      await open.pop()?.close();
      const more = await own.waitFor('room for one', () => follow(own, query).catch(() => undefined));
      await more.until('ready');
      for (const watch of [...open, more]) await watch.close();
    }, 90_000);

    if (door.platform === 'windows') return void process.stdout.write(`watch, ${door.name}: no stories of links\n`);

    test('the path may lead over a link, under whose name events come; links in it are not followed', async () => {
      for (const made of ['w8/real', 'w8/else']) mkdirSync(host(made), { recursive: true });
      symlinkSync('real', host('w8/link'));
      symlinkSync('../else', host('w8/real/out'));
      const watch = await follow(rig(), asked('w8/link', '&recursive=1'));
      await watch.until('ready');
      writeFileSync(host('w8/else/x'), '');
      writeFileSync(host('w8/real/y'), '');
      expect((await watch.until('create')).map(({ path }) => path)).toEqual([native('w8/link/y')]);
      await watch.close();
    });

    test('a name that is no UTF-8 has pathBytes', async () => {
      mkdirSync(host('w9'));
      const watch = await follow(rig(), asked('w9'));
      await watch.until('ready');
      const path = Buffer.concat([Buffer.from(host('w9/n')), Buffer.from([0xff])]);
      writeFileSync(path, '');
      expect(await watch.until('create')).toMatchObject([
        { pathBytes: path.toString('base64'), entry: { nameBytes: 'bv8=' } },
      ]);
      await watch.close();
    });
  });
}
