/** Walking a tree: what changes under it, who else is served meanwhile, and what its order is. */
import { afterAll, expect, test } from 'bun:test';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { listFolder, type ListOptions } from '../../../src/files/list/list.ts';
import { Walk } from '../../../src/files/list/walk.ts';
import { Places, type Place, type Reach } from '../../../src/files/place.ts';
import { Sandbox } from '../../support/sandbox.ts';

const box = new Sandbox();
afterAll(() => box[Symbol.dispose]());

const never = new AbortController().signal;
const everything = { depth: Infinity, exclude: [], ignore: false, hidden: true } as const;
const listed: ListOptions = { ...everything, include: undefined, limit: 10_000, after: undefined, hash: false };

function open(folder: string, roots?: readonly string[]): { readonly reach: Reach; readonly place: Place } {
  const reach = new Places({ roots: undefined, own: [] }).reach({ roots, mayUseOwn: true });
  const place = reach.find({ text: folder }, true);
  if (!place.ok) throw new Error(place.failure.reason);
  return { reach, place: place.value };
}

async function namesOf(folder: string, options: Partial<ListOptions> = {}): Promise<string[]> {
  const { reach, place } = open(folder);
  const found = await listFolder(reach, place, { ...listed, ...options }, never);
  if (!found.ok) throw new Error(found.failure.reason);
  return found.value.items.map((item) => item.path.slice(place.shown.length + 1).replaceAll('\\', '/'));
}

test('pages of any size are the whole, in an order in which a folder is before what is in it', async () => {
  const name = fc.stringMatching(/^[a-c!.~é]{1,3}$/).filter((one) => !/^\.+$|\.$/.test(one));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(name, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      async (folders, limit) => {
        const folder = box.file(crypto.randomUUID());
        for (const way of folders) mkdirSync(join(folder, ...way), { recursive: true });
        const all = new Set(folders.flatMap((way) => way.map((_, at) => way.slice(0, at + 1).join('/'))));
        // A slash is before every other byte of a name in this order.
        const inOrder = [...all].toSorted((a, b) =>
          Buffer.compare(Buffer.from(a.replaceAll('/', '\0')), Buffer.from(b.replaceAll('/', '\0'))),
        );
        expect(await namesOf(folder)).toEqual(inOrder);
        const { reach, place } = open(folder);
        const paged: string[] = [];
        for (let after: string | undefined = undefined; ;) {
          const page = await listFolder(reach, place, { ...listed, limit, after }, never);
          if (!page.ok) throw new Error(page.failure.reason);
          paged.push(...page.value.items.map((item) => item.path.slice(place.shown.length + 1).replaceAll('\\', '/')));
          after = page.value.next;
          if (after === undefined) break;
        }
        expect(paged).toEqual(inOrder);
      },
    ),
    { numRuns: 60 },
  );
});

test('a folder that goes while it is walked, and one that becomes a file, are passed over', async () => {
  const folder = box.file('goes');
  for (const name of ['a', 'b', 'c']) mkdirSync(join(folder, name, 'in'), { recursive: true });
  const { reach, place } = open(folder);
  const walk = new Walk(reach, everything, never);
  const names: string[] = [];
  for await (const run of walk.runs(place)) {
    names.push(...run.map(({ relative }) => relative));
    if (names.at(-1) === 'a') {
      rmSync(join(folder, 'a'), { recursive: true });
      rmSync(join(folder, 'b'), { recursive: true });
      writeFileSync(join(folder, 'b'), '');
    }
  }
  expect([names, walk.skipped]).toEqual([['a', 'b', 'c', 'c/in'], []]);
});

test('a folder that becomes a link while it is walked shows nothing of where that leads', async () => {
  if (process.platform === 'win32') return process.stdout.write('links need a right on Windows\n');
  const folder = box.file('swapped');
  const outside = box.file('outside');
  for (const name of ['a/b', 'z']) mkdirSync(join(folder, name), { recursive: true });
  mkdirSync(join(outside, 'b/secret'), { recursive: true });
  const swap = () => {
    renameSync(join(folder, 'a'), join(folder, 'a-was'));
    symlinkSync(outside, join(folder, 'a'));
  };
  const { reach, place } = open(folder, [folder]);
  const names: string[] = [];
  for await (const run of new Walk(reach, everything, never).runs(place)) {
    names.push(...run.map(({ relative }) => relative));
    // Above the folder that is looked into next.
    if (names.at(-1) === 'a/b') swap();
  }
  expect(names).toEqual(['a', 'a/b', 'z']);
});

test('others are served while a large tree is walked, and its end is theirs to ask for', async () => {
  const folder = box.file('large');
  for (let at = 0; at < 50; at += 1) {
    mkdirSync(join(folder, String(at)), { recursive: true });
    for (let file = 0; file < 200; file += 1) writeFileSync(join(folder, String(at), String(file)), '');
  }
  let served = 0;
  const other = setInterval(() => (served += 1), 0);
  try {
    expect(await namesOf(folder)).toHaveLength(10_000);
  } finally {
    clearInterval(other);
  }
  expect(served).toBeGreaterThan(3);
  const abort = new AbortController();
  const { reach, place } = open(folder);
  const listing = listFolder(reach, place, listed, abort.signal);
  abort.abort(new Error('left'));
  expect(await listing.catch(String)).toBe('Error: left');
});
