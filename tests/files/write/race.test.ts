/** Writers that meet, and folders that become links while something is written, moved or removed below them. */
import { expect, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archiveStream } from '../../../src/files/archive/archive-stream.ts';
import { entriesOf } from '../../../src/files/archive/folder-entries.ts';
import { CopyRun } from '../../../src/files/write/copy-run.ts';
import { FileLocks } from '../../../src/files/write/file-locks.ts';
import { InPlaceFile } from '../../../src/files/write/in-place.ts';
import { move } from '../../../src/files/write/move.ts';
import { remove } from '../../../src/files/write/remove.ts';
import { StagedFile } from '../../../src/files/write/staged-file.ts';
import { WriteWorld } from './world.ts';

test('of two that write one file again and again, what is there is always all of one of them', async () => {
  using world = new WriteWorld();
  const contents = ['a', 'b'].map((letter) => letter.repeat(200_000));
  writeFileSync(world.path('x'), contents[0] ?? '');
  const over = new AbortController();
  const writers = contents.map(async (content) => {
    for (let turn = 0; turn < 25; turn += 1) await world.write('x', content);
  });
  const seen = new Set<string>();
  const reader = (async () => {
    while (!over.signal.aborted) {
      seen.add(readFileSync(world.path('x'), 'utf8'));
      await new Promise((resolve) => void setImmediate(resolve));
    }
  })();
  await Promise.all(writers);
  over.abort();
  await reader;
  expect([...seen].every((content) => contents.includes(content))).toBe(true);
  expect(seen.size).toBeGreaterThan(0);
  expect(readdirSync(world.folder)).toEqual(['x']);
  expect(world.noted).toEqual([]);
});

test('locks are had one after the other, and several never wait for each other', async () => {
  const locks = new FileLocks();
  const inside: string[] = [];
  const order: string[] = [];
  const use = async (name: string, paths: string[]) => {
    using _lock = await locks.hold(paths);
    inside.push(name);
    expect(inside).toEqual([name]);
    await new Promise((resolve) => void setImmediate(resolve));
    order.push(name);
    inside.pop();
  };
  await Promise.all([use('1', ['a', 'b']), use('2', ['b', 'a']), use('3', ['B', 'b']), use('4', ['b'])]);
  expect(order.toSorted()).toEqual(['1', '2', '3', '4']);
});

/** A program that puts a link into the place of a folder, and the folder back, as fast as it can. */
function swapping(folder: string, aside: string, outside: string) {
  const program = `
    const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
    const [folder, aside, outside] = process.argv.slice(1);
    for (let turn = 0; ; turn += 1) {
      renameSync(folder, aside);
      symlinkSync(outside, folder);
      unlinkSync(folder);
      renameSync(aside, folder);
      if (turn === 0) process.stdout.write('begun');
    }`;
  const child = Bun.spawn([process.execPath, '-e', program, folder, aside, outside], {
    stdout: 'pipe',
    stderr: 'ignore',
  });
  return {
    begun: child.stdout.getReader().read(),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await child.exited;
    },
  };
}

test('a folder that becomes a link out of the roots and back: nothing outside is ever changed', async () => {
  using world = new WriteWorld();
  const outside = join(world.root, 'outside');
  const [folder, aside] = [world.path('folder'), world.path('aside')];
  for (const path of [outside, folder]) {
    mkdirSync(path);
    for (const name of ['written', 'appended', 'removed', 'moved']) writeFileSync(join(path, name), 'old');
    mkdirSync(join(path, 'tree'));
    writeFileSync(join(path, 'tree', 'a'), 'old');
  }
  await using attacker = swapping(folder, aside, outside);
  await attacker.begun;
  const { writing, reach } = world;
  const find = (name: string) => reach.find({ text: world.path(name) }, false);
  const attempts = {
    written: async () => {
      const place = find('folder/written');
      if (!place.ok) return;
      const staged = await StagedFile.create(writing, reach, place.value);
      if (!staged.ok) return;
      await using file = staged.value;
      await file.write(Buffer.from('ours'));
      await file.finish();
    },
    appended: async () => {
      const place = find('folder/appended');
      const opened = place.ok ? await InPlaceFile.openEnd(writing, reach, place.value) : place;
      if (!opened.ok) return;
      await using file = opened.value;
      await file.write(Buffer.from('ours'));
      await file.finish();
    },
    removed: async () => {
      const place = find('folder/tree');
      if (place.ok) await remove(writing, reach, place.value, { recursive: true });
      mkdirSync(world.path('spare'), { recursive: true });
    },
    moved: async () => {
      const [from, to] = [find('folder/moved'), find('stolen')];
      if (from.ok && to.ok)
        await move(writing, reach, from.value, to.value, { overwrite: true }, new AbortController().signal);
    },
  };
  for (let turn = 0; turn < 100; turn += 1) for (const attempt of Object.values(attempts)) await attempt();
  expect(readdirSync(outside).toSorted()).toEqual(['appended', 'moved', 'removed', 'tree', 'written']);
  for (const name of ['written', 'appended', 'removed', 'moved', 'tree/a'])
    expect([name, readFileSync(join(outside, name), 'utf8')]).toEqual([name, 'old']);
});

test('a folder below a tree that becomes a link out and back: nothing of what is outside is copied or archived', async () => {
  using world = new WriteWorld();
  const { writing, reach } = world;
  const [folder, aside, outside] = [world.path('tree/folder'), world.path('aside'), join(world.root, 'outside')];
  for (const [path, content] of [
    [folder, 'inside'],
    [outside, 'secret'],
  ] as const) {
    mkdirSync(join(path, 'deeper'), { recursive: true });
    for (const name of ['a', 'deeper/b']) writeFileSync(join(path, name), content);
  }
  await using attacker = swapping(folder, aside, outside);
  await attacker.begun;
  let whole = 0;
  for (let turn = 0; turn < 50 || whole === 0; turn += 1) {
    const copy = `copy-${turn}`;
    const options = { recursive: true, overwrite: false, follow: false };
    const copied = await new CopyRun(writing, reach, world.find('tree'), world.find(copy), options).ended;
    if (copied.ok && copied.value.files === 2) whole += 1;
    const signal = new AbortController().signal;
    const entries = entriesOf(reach, world.find('tree'), { exclude: [], ignore: false }, () => 0);
    expect(await new Response(archiveStream(entries, 'tar', signal)).text()).not.toContain('secret');
    // The link itself may be copied, as one.
    if (!copied.ok || copied.value.files !== 2) continue;
    for (const name of ['a', 'deeper/b'])
      expect(readFileSync(world.path(join(copy, 'folder', name)), 'utf8')).toBe('inside');
  }
});
