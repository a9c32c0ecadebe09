/** A tree that changes at random: what events tell must be what is there, whoever reconnects and however the tree changes. */
import { expect, test } from 'bun:test';
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { waitFor } from '../../support/wait.ts';
import { treeOf, versionAt, World, type Follower } from './world.ts';

const OPERATIONS = 10_000;

/** Numbers from 0 to below `limit`, the same for the same seed (mulberry32). */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** One operation of a program that works in the tree; some fail, as they do for programs. */
function operate(world: World, pick: (limit: number) => number): void {
  const name = () => `n${pick(6)}`;
  const somewhere = (): string => join(world.root, ...Array.from({ length: 1 + pick(4) }, name));
  const beside = () => join(world.outside, name());
  try {
    const path = somewhere();
    switch (pick(12)) {
      case 0:
      case 1:
        return void mkdirSync(path, { recursive: true });
      case 2: {
        // Made and filled at once.
        mkdirSync(join(path, 'x', 'y'), { recursive: true });
        return writeFileSync(join(path, 'x', 'y', 'z'), 'z');
      }
      case 3:
      case 4:
      case 5:
        return writeFileSync(path, 'x'.repeat(pick(100)));
      case 6:
        return writeFileSync(path, 'more', { flag: 'a' });
      case 7:
        return renameSync(path, somewhere());
      case 8: {
        // As editors save.
        const fresh = join(dirname(path), `.${basename(path)}.new`);
        writeFileSync(fresh, 'fresh');
        return renameSync(fresh, path);
      }
      case 9:
        return pick(2) === 0 ? renameSync(path, beside()) : renameSync(beside(), path);
      case 10:
        return linkSync(path, somewhere());
      case 11:
        return rmSync(path, { recursive: true, force: true });
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

/** Rebuilds the tree from events: of what is told the state at that time, of what is not told the state that was told last. */
class Model {
  known: Map<string, string>;
  overflows = 0;

  constructor(world: World) {
    this.known = treeOf(world.root);
  }

  take(follower: Follower, world: World, entries: number): void {
    for (const { entry } of follower.take(entries)) {
      const version = versionAt(entry.path);
      switch (entry.type) {
        case 'create':
        case 'change':
          // What is gone meanwhile has a `delete` to come.
          this.known.set(entry.path, version ?? 'gone');
          break;
        case 'delete':
          if (!this.known.delete(entry.path)) throw new Error(`deleted, and not known: ${entry.path}`);
          break;
        case 'overflow':
          this.overflows += 1;
          this.known = treeOf(world.root);
          break;
        case 'ready':
      }
    }
  }
}

test.each([1, 2, 3, 4])(
  'after 10,000 operations and reconnects at random events say what find says (seed %d)',
  async (seed) => {
    using world = new World();
    const pick = numbers(seed);
    let follower = await world.reader();
    const model = new Model(world);
    for (let done = 0; done < OPERATIONS; done += 1) {
      operate(world, pick);
      // Programs do much at once, and then nothing for a while.
      if (pick(20) === 0) await Bun.sleep(pick(8));
      if (pick(10) === 0) model.take(follower, world, 1 + pick(40));
      if (pick(200) > 0) continue;
      const { cursor } = follower;
      follower[Symbol.dispose]();
      follower = await world.reader({}, cursor);
      expect(follower.source.watchId).toBe(cursor.watch);
    }
    const difference = () => {
      model.take(follower, world, 1000);
      const there = treeOf(world.root);
      const paths = new Set([...there.keys(), ...model.known.keys()]);
      return [...paths].filter((path) => there.get(path) !== model.known.get(path));
    };
    await waitFor('events to say what is there', () => difference().length === 0).catch(() => undefined);
    expect(difference()).toEqual([]);
    expect(treeOf(world.root).size).toBeGreaterThan(20);
    expect(model.overflows).toBe(0);
    follower[Symbol.dispose]();
  },
  60_000,
);
