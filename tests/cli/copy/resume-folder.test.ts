/** Folders over networks that break, and commands and servers that are ended: what has come is not sent again. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../support/wait.ts';
import { World, type Typed } from '../world.ts';
import { BreakingNetwork } from './breaking-network.ts';
import { folderOf } from './folder.ts';

const MIB = 1024 * 1024;
const FILES = 160;
/** Of all files. */
const BYTES = FILES * 100_000 + 20 * MIB;

let world: World;
let tree: string;
let wanted: string[];
beforeAll(async () => {
  world = await World.start();
  tree = join(world.folder, 'tree');
  for (let index = 0; index < FILES; index += 1) {
    const folder = join(tree, `part-${index % 8}`, '.git');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, String(index)), crypto.getRandomValues(new Uint8Array(50_000)));
    writeFileSync(join(folder, `${index}.b`), crypto.getRandomValues(new Uint8Array(50_000)));
  }
  const large = new Uint8Array(20 * MIB);
  for (let at = 0; at < large.length; at += 65_536) crypto.getRandomValues(large.subarray(at, at + 65_536));
  writeFileSync(join(tree, 'part-3', 'large'), large);
  writeFileSync(Buffer.concat([Buffer.from(`${tree}/part-1/no-utf8-`), Buffer.from([0xff])]), 'bytes');
  mkdirSync(join(tree, 'empty'));
  symlinkSync('part-1', join(tree, 'link'));
  symlinkSync('../nowhere/in/it', join(tree, 'part-2', 'dangling'));
  mkdirSync(join(tree, 'nowhere'));
  chmodSync(join(tree, 'part-1'), 0o700);
  chmodSync(join(tree, 'part-2'), 0o555);
  for (const name of ['part-1', 'part-2', 'empty', 'part-3/.git'])
    utimesSync(join(tree, name), 1_234_567_890, 1_234_567_890);
  chmodSync(tree, 0o750);
  utimesSync(tree, 1_000_000_000, 1_000_000_000);
  wanted = folderOf(tree);
});
afterAll(() => world[Symbol.asyncDispose]());

let count = 0;
function newFolder(): string {
  count += 1;
  const path = join(world.folder, `folder-${count}`);
  mkdirSync(path);
  return path;
}

const DIRECTIONS = [
  { name: 'to a server', words: (target: string) => ['-r', tree, `:${target}`] },
  { name: 'from a server', words: (target: string) => ['-r', `:${tree}`, target] },
] as const;

const copied = (stdout: string) =>
  (JSON.parse(stdout) as { copied: { files: number; bytes: number; alreadyThere?: { files: number } }[] }).copied[0];

describe.each(DIRECTIONS)('a folder $name', ({ words }) => {
  const cp = (network: BreakingNetwork, ...more: string[]) => world.cli(['cp', ...more, '--url', network.url]);

  /** Until nothing comes through any more. */
  async function stuck(network: BreakingNetwork, ...more: string[]): Promise<Typed> {
    const typed = world.type(['cp', ...more, '--url', network.url]);
    await waitFor('the network to stand still', () => network.stands || typed.process.exitCode !== null);
    return typed;
  }

  test('arrives whole over connections that break at random points', async () => {
    using network = await BreakingNetwork.to(world.url);
    const target = join(newFolder(), 'target');
    const early = [MIB, MIB, MIB];
    network.breakAfter = () => early.pop() ?? 100_000 + Math.floor(Math.random() * 8 * MIB);
    const done = await cp(network, ...words(target), '--json');
    expect({ code: done.code, stderr: done.stderr }).toEqual({ code: 0, stderr: '' });
    expect(network.breaks).toBeGreaterThan(2);
    expect(folderOf(target)).toEqual(wanted);
    expect(copied(done.stdout)).toMatchObject({ files: 2 * FILES + 4 });
  }, 120_000);

  test.each(['SIGKILL', 'SIGINT'] as const)(
    'ended by %s, the same command goes on where it was, and once it is whole nothing is sent again',
    async (signal) => {
      using network = await BreakingNetwork.to(world.url);
      const target = join(newFolder(), 'target');
      for (const share of [0.3, 0.35]) {
        network.standAfter = network.passed + share * BYTES;
        const typed = await stuck(network, ...words(target));
        typed.process.kill(signal);
        network.standAfter = Number.POSITIVE_INFINITY;
        network.drop();
        const { code, stderr } = await typed.done();
        if (signal === 'SIGINT') expect(code).toBe(130);
        if (signal === 'SIGINT') expect(stderr).toContain('to go on where it was, run the same command again');
      }
      const before = network.passed;
      const last = await cp(network, ...words(target), '--json');
      expect(last.stderr).toMatch(/: \d+ of 324 files already there\n/);
      expect(last.code).toBe(0);
      expect(copied(last.stdout)?.alreadyThere?.files).toBeGreaterThan(0);
      expect(network.passed - before).toBeLessThan(0.75 * BYTES);
      expect(folderOf(target)).toEqual(wanted);
      expect(readdirSync(target).filter((name) => name.startsWith('.'))).toEqual([]);
      const whole = network.passed;
      const again = await cp(
        network,
        ...words(`${target}/.`).map((word) => (word.endsWith(tree) ? `${word}/.` : word)),
      );
      expect(again).toMatchObject({ code: 0, stdout: '' });
      expect(again.stderr).toContain('324 of 324 files already there');
      expect(network.passed - whole).toBeLessThan(500_000);
      expect(folderOf(target)).toEqual(wanted);
    },
    120_000,
  );

  test('goes on in the same command when the server was killed and is there again', async () => {
    await using other = await World.start();
    using network = await BreakingNetwork.to(other.url);
    const target = join(newFolder(), 'target');
    network.standAfter = 0.4 * BYTES;
    const typed = other.type(['cp', ...words(target), '--json', '--url', network.url]);
    await waitFor('the network to stand still', () => network.stands || typed.process.exitCode !== null);
    await other.killServer();
    network.standAfter = Number.POSITIVE_INFINITY;
    network.drop();
    await other.startServer();
    network.to = other.url;
    const { code, stdout } = await typed.done();
    expect(code).toBe(0);
    expect(copied(stdout)).toMatchObject({ files: 2 * FILES + 4 });
    await waitFor('what the killed one left to be removed', () =>
      readdirSync(target).every((name) => !name.startsWith('.')),
    );
    expect(folderOf(target)).toEqual(wanted);
  }, 120_000);

  test('a changed file is sent again, one of other mode, too, and with --no-resume all of it', async () => {
    using network = await BreakingNetwork.to(world.url);
    const there = newFolder();
    const own = join(there, 'own');
    for (const name of ['a', 'b', 'c', 'd']) {
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, name), name.repeat(1000));
    }
    const target = join(there, 'target');
    const ownWords = words(`${target}/.`).map((word) => word.replace(tree, `${own}/.`));
    mkdirSync(target);
    expect(await cp(network, ...ownWords)).toMatchObject({ code: 0, stderr: '' });
    writeFileSync(join(own, 'b'), 'B'.repeat(1000));
    chmodSync(join(own, 'c'), 0o755);
    const second = await cp(network, ...ownWords);
    expect(second.stderr).toContain(': 2 of 4 files already there\n');
    expect(folderOf(target)).toEqual(folderOf(own).map((line) => (line.startsWith('. ') ? expect.any(String) : line)));
    const all = await cp(network, ...ownWords, '--no-resume', '--json');
    expect(all.stderr).toBe('');
    expect(copied(all.stdout)).toEqual(expect.not.objectContaining({ alreadyThere: expect.anything() }));
    rmSync(there, { recursive: true });
  }, 60_000);
});
