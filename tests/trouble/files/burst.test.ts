/** A hundred thousand changes under a watch: all are told, or an `overflow` says to list again; and the server stays itself. */
import { describe, expect, test } from 'bun:test';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { executable } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';
import { waitFor } from '../../support/sandbox.ts';
import { treeOf } from '../../files/watch/world.ts';
import { differenceOf, listed, WatchedTree } from './watched-tree.ts';
import { FastFolder, onLinuxExecutable, pathQuery, plain, residentMib } from './world.ts';

const CHANGES = 100_000;
/** For what is known of 60,000 files and of the changes that wait. */
const GROWTH_MIB = 250;
/** Of so many events, on a busy machine. */
const READ_MS = 100_000;

/** The stream of a watch over a socket that reads only when it is told to. */
async function* pausable(rig: Rig, target: string, goOn: Promise<void>): AsyncGenerator<Uint8Array> {
  const socket = connect(rig.port, '127.0.0.1');
  try {
    // Without chunks, whose sizes would be between the events.
    socket.write(`GET ${target} HTTP/1.0\r\nHost: localhost\r\nX-API-Key: ${rig.key}\r\n\r\n`);
    for await (const chunk of socket) {
      yield chunk as Uint8Array;
      await goOn;
    }
  } finally {
    socket.destroy();
  }
}

onLinuxExecutable('a burst of changes', (path) =>
  describe('a burst of changes', () => {
    test(`${CHANGES} of them`, async () => {
      await using rig = await Rig.start(executable(path));
      using folder = new FastFolder();
      const target = `/files/watch?${pathQuery(folder.path)}&recursive=1&ignore=none`;
      const [reader, idle] = [new WatchedTree(rig, folder.path), new WatchedTree(rig, folder.path)];
      const abort = new AbortController();
      const stream = (await plain(rig, target, { signal: abort.signal })).body ?? new ReadableStream();
      const following = reader.follow(stream).catch(() => {});
      const goOn = Promise.withResolvers<void>();
      const sleeping = idle.follow(pausable(rig, target, goOn.promise)).catch(() => {});
      await waitFor('both to be ready', () => reader.isReady);

      const before = residentMib(rig);
      const changing = Bun.spawn([
        process.execPath,
        resolve(import.meta.dir, '../../fixtures/many-changes.ts'),
        folder.path,
        String(CHANGES),
      ]);
      let [answered, most] = [0, before];
      while (changing.exitCode === null) {
        const health = await plain(rig, '/health');
        await health.body?.cancel();
        expect(health.status).toBe(200);
        if (changing.exitCode === null) answered += 1;
        most = Math.max(most, residentMib(rig));
      }
      expect(await changing.exited).toBe(0);
      expect(answered).toBeGreaterThan(0);
      const there = treeOf(folder.path);
      await waitFor('the reader to know what is there', () => reader.knows(there), READ_MS);
      goOn.resolve();
      await waitFor('the one that did not read to know it, too', () => idle.knows(there), READ_MS);
      most = Math.max(most, residentMib(rig));
      expect(most).toBeLessThan(before + GROWTH_MIB);
      // More than the server keeps: of those in between it may not be silent.
      expect(idle.overflows).toBeGreaterThan(0);
      expect(reader.events).toBeGreaterThan(1000);
      expect(differenceOf(await listed(rig, folder.path), there)).toEqual([]);
      expect(reader.known.size).toBeGreaterThan(CHANGES / 2 - CHANGES / 10);
      // And it goes on as before.
      const [seen, asleep] = [reader.events, idle.events];
      await Bun.write(join(folder.path, 'one more'), '');
      await waitFor('one more change to be told', () => reader.events > seen && idle.events > asleep);
      abort.abort();
      await following;
      void sleeping;
    }, 300_000);
  }),
);
