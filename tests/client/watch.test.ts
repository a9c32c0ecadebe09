/** A watch over a network that breaks again and again tells what one over a network that holds does. */
import { expect, test } from 'bun:test';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '../../src/client/client.ts';
import type { WatchedEvent } from '../../src/client/agent-server-client.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { liveServer } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';

async function until(events: AsyncGenerator<WatchedEvent>, end: string): Promise<WatchedEvent[]> {
  const taken: WatchedEvent[] = [];
  for await (const event of events) {
    taken.push(event);
    if (event.path.endsWith(end)) return taken;
  }
  return taken;
}

test('it goes on after the last event, wherever the connection breaks', async () => {
  await using rig = await Rig.start(liveServer);
  const root = rig.path('watched');
  mkdirSync(root);
  using network = new CuttingProxy(rig.url);
  const client = new Client({ url: network.url, key: rig.key });
  await client.health();
  network.cut();
  const cuts = [9000, 1100, 333, 20_000];
  network.cutAt = () => cuts[network.cuts % cuts.length] ?? 1000;
  const broken = client.files.watch(root, { recursive: true });
  const held = new Client({ url: rig.url, key: rig.key }).files.watch(root, { recursive: true });
  expect((await broken.next()).value).toMatchObject({ type: 'ready', path: root });
  expect((await held.next()).value).toMatchObject({ type: 'ready', path: root });
  const both = Promise.all([until(broken, 'the-end'), until(held, 'the-end')]);
  for (let count = 0; count < 300; count += 1) {
    mkdirSync(join(root, String(count % 7)), { recursive: true });
    writeFileSync(join(root, String(count % 7), String(count)), '');
    // Some of it in another turn.
    if (count % 50 === 0) await client.health();
  }
  renameSync(join(root, '3'), join(root, 'moved'));
  rmSync(join(root, '5'), { recursive: true });
  writeFileSync(join(root, 'the-end'), '');
  const [one, other] = await both;
  expect(network.cuts).toBeGreaterThan(5);
  expect(one.filter(({ type }) => type === 'overflow')).toEqual([]);
  const seqs = one.map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  expect(new Set(seqs).size).toBe(seqs.length);
  // Each tells the same tree: what was made, less what was deleted.
  const treeOf = (events: readonly WatchedEvent[]) => {
    const there = new Set<string>();
    for (const { type, path } of events) {
      if (type === 'create') there.add(path);
      if (type === 'delete') there.delete(path);
    }
    return [...there].toSorted();
  };
  expect(treeOf(one)).toEqual(treeOf(other));
  expect(treeOf(one)).toContain(join(root, 'moved', '3'));
});

test('a server that is another one by now: overflow, and it goes on', async () => {
  await using rig = await Rig.start(liveServer);
  const root = rig.path('watched');
  mkdirSync(root);
  const port = new URL(rig.url).port;
  const events = new Client({ url: rig.url, key: rig.key }).files.watch(root);
  expect((await events.next()).value?.type).toBe('ready');
  const next = events.next();
  await rig.restart({ port });
  expect((await next).value?.type).toBe('overflow');
  expect((await events.next()).value?.type).toBe('ready');
  writeFileSync(join(root, 'x'), '');
  expect((await events.next()).value).toMatchObject({ type: 'create', path: join(root, 'x') });
  await events.return(undefined);
});

test('what is refused rejects, with the status', async () => {
  await using rig = await Rig.start(liveServer);
  const { files } = new Client({ url: rig.url, key: rig.key });
  await expect(files.watch(rig.path('absent')).next()).rejects.toMatchObject({ failure: { status: 404 } });
});
