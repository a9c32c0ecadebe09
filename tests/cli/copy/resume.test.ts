/** Large files over networks that break, and commands that are ended: what has come is gone on with, and the target is never half. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../support/wait.ts';
import { World, type Done } from '../world.ts';
import { BreakingNetwork } from './breaking-network.ts';
import { hashOf } from './folder.ts';

const MIB = 1024 * 1024;
/** More than is sent in one request, and parts grow meanwhile. */
const SIZE = 80 * MIB + 12_345;

let world: World;
let source: string;
let hash: string;
beforeAll(async () => {
  world = await World.start();
  source = join(world.folder, 'source');
  writeFileSync(source, noise(SIZE));
  utimesSync(source, 1_234_567_890, 1_234_567_890);
  hash = hashOf(source);
});
afterAll(() => world[Symbol.asyncDispose]());

/** Bytes that repeat nowhere at the length of a part. */
function noise(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const word = crypto.getRandomValues(new Uint8Array(65_521));
  for (let at = 0; at < size; at += word.length) {
    bytes.set(word.subarray(0, Math.min(word.length, size - at)), at);
    new DataView(bytes.buffer).setUint32(Math.min(at, size - 4), at);
  }
  return bytes;
}

let count = 0;
function folder(): string {
  count += 1;
  const path = join(world.folder, `folder-${count}`);
  mkdirSync(path);
  return path;
}

const done = { code: 0, stdout: '' };
const cp = (network: BreakingNetwork, ...words: string[]) => world.cli(['cp', ...words, '--url', network.url]);

/** Runs it until nothing comes through any more, and ends it. */
async function ended(network: BreakingNetwork, signal: NodeJS.Signals, ...words: string[]): Promise<Done> {
  const typed = world.type(['cp', ...words, '--url', network.url]);
  await waitFor('the network to stand still', () => network.stands || typed.process.exitCode !== null);
  typed.process.kill(signal);
  network.standAfter = Number.POSITIVE_INFINITY;
  // A reader that takes no more does not learn that its writer is gone.
  network.drop();
  return typed.done();
}

const whole = (path: string) => {
  expect(hashOf(path)).toBe(hash);
  expect(statSync(path).mtimeMs).toBe(1_234_567_890_000);
};

const DIRECTIONS = [
  { name: 'to a server', words: (target: string) => [source, `:${target}`] },
  { name: 'from a server', words: (target: string) => [`:${source}`, target] },
] as const;

describe.each(DIRECTIONS)('$name', ({ words }) => {
  test('80 MiB over connections that break at random points arrive whole', async () => {
    using network = await BreakingNetwork.to(world.url);
    const there = folder();
    const target = join(there, 'target');
    network.breakAfter = () => 1000 + Math.floor(Math.random() ** 2 * 24 * MIB);
    // What finds nobody at all is told at once: the first two connections hold.
    const early = [MIB, MIB];
    const breaks = network.breakAfter;
    network.breakAfter = () => early.pop() ?? breaks();
    expect(await cp(network, ...words(target))).toMatchObject(done);
    expect(network.breaks).toBeGreaterThan(2);
    whole(target);
    expect(readdirSync(there)).toEqual(['target']);
  }, 120_000);

  test.each(['SIGKILL', 'SIGINT'] as const)(
    'ended by %s, the same command goes on where it was, and the old file stays until then',
    async (signal) => {
      using network = await BreakingNetwork.to(world.url);
      const there = folder();
      const target = join(there, 'target');
      writeFileSync(target, 'old');
      for (const share of [0.3, 0.4]) {
        network.standAfter = network.passed + share * SIZE;
        const { code, stderr } = await ended(network, signal, ...words(target));
        if (signal === 'SIGINT') expect(code).toBe(130);
        if (signal === 'SIGINT') expect(stderr).toContain('to go on where it was, run the same command again');
        expect(readFileSync(target, 'utf8')).toBe('old');
      }
      const before = network.passed;
      const last = await cp(network, ...words(target), '--json');
      expect(last).toMatchObject({ code: 0 });
      expect(last.stderr).toContain('going on at');
      const { copied } = JSON.parse(last.stdout) as { copied: { resumedAt: number; bytes: number }[] };
      expect(copied[0]?.bytes).toBe(SIZE);
      expect(copied[0]?.resumedAt).toBeGreaterThan(0.3 * SIZE);
      expect(network.passed - before).toBeLessThan(0.7 * SIZE);
      whole(target);
      expect(readdirSync(there)).toEqual(['target']);
      // Nothing is known of it any more: it begins anew.
      expect((await cp(network, ...words(target))).stderr).toBe('');
    },
    120_000,
  );

  test('with --no-resume Ctrl-C leaves nothing, and another version of the source begins anew', async () => {
    using network = await BreakingNetwork.to(world.url);
    const there = folder();
    const own = join(there, 'source');
    const target = join(there, 'target');
    const ownWords = words(target).map((word) => word.replace(source, own));
    writeFileSync(own, noise(80 * MIB));
    network.standAfter = 30 * MIB;
    expect((await ended(network, 'SIGINT', ...ownWords, '--no-resume')).code).toBe(130);
    await waitFor('nothing to be left', () => readdirSync(there).length === 1);
    network.standAfter = network.passed + 30 * MIB;
    expect((await ended(network, 'SIGINT', ...ownWords)).code).toBe(130);
    expect(readdirSync(there).length).toBe(2);
    writeFileSync(own, noise(80 * MIB));
    expect(await cp(network, ...ownWords)).toEqual({ ...done, stderr: '' });
    expect(hashOf(target)).toBe(hashOf(own));
    expect(readdirSync(there).toSorted()).toEqual(['source', 'target']);
  }, 120_000);
});

test('a download whose kept bytes are not what they were is not put in place', async () => {
  using network = await BreakingNetwork.to(world.url);
  const there = folder();
  const target = join(there, 'target');
  network.standAfter = 50 * MIB;
  await ended(network, 'SIGKILL', `:${source}`, target);
  const part = readdirSync(there).map((name) => join(there, name))[0] ?? '';
  expect(part).toEndWith('.part');
  const bytes = readFileSync(part);
  bytes.fill(0, bytes.length - 1000);
  writeFileSync(part, bytes);
  const { code, stderr } = await cp(network, `:${source}`, target);
  expect(stderr).toContain('did not arrive as it is; copy it again');
  expect(code).toBe(1);
  expect(readdirSync(there)).toEqual([]);
  expect(await cp(network, `:${source}`, target)).toEqual({ ...done, stderr: '' });
  whole(target);
}, 120_000);
