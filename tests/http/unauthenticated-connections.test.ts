/** Which connections are ended when there are too many, and which never. */
import { describe, expect, test } from 'bun:test';
import { UnauthenticatedConnections } from '../../src/http/unauthenticated-connections.ts';
import type { Descriptors } from '../../src/platform/descriptors/descriptors.ts';
import { peerName } from '../../src/platform/descriptors/peer-name.ts';
import { FakeClock } from '../support/sandbox.ts';

/** Connections that come and go together; all numbers of these stories are groups. */
const GROUP = 16;
const peersOf = (group: number) =>
  Array.from({ length: GROUP }, (_, index) => ({ address: '127.0.0.1', port: group * GROUP + index }));

/** A process that may have 256 descriptors, so that 64 connections may be without a key: 4 groups. */
class World implements Disposable {
  readonly clock = new FakeClock();
  readonly said: unknown[] = [];
  readonly asked: (readonly number[])[] = [];
  /** Open groups, with how many are open of each. */
  readonly open = new Map<number, { unread: boolean; left: number }>();
  readonly connections: UnauthenticatedConnections;

  constructor(isLimited = true) {
    const log = { info() {}, error() {}, warn: (message: string) => this.said.push(message) };
    const descriptors: Descriptors = {
      limit: () => 4 * 4 * GROUP,
      look: () => ({
        count: this.open.size * GROUP,
        accepted: (ports) => {
          this.asked.push(ports);
          return [...this.open].flatMap(([group, { unread }]) =>
            peersOf(group).map((peer) => ({ peer: peerName(peer), unread, end: () => this.#end(group) })),
          );
        },
      }),
    };
    const { clock } = this;
    this.connections = new UnauthenticatedConnections({
      clock,
      log,
      descriptors: isLimited ? descriptors : undefined,
    });
    this.connections.watch([8585, 8586]);
  }

  #end(group: number): void {
    const found = this.open.get(group);
    if (found !== undefined && --found.left === 0) this.open.delete(group);
  }

  connect(...groups: number[]): void {
    for (const group of groups) this.open.set(group, { unread: false, left: GROUP });
  }

  showKey(group: number): void {
    for (const peer of peersOf(group)) this.connections.authenticated(peer);
  }

  look(): number[] {
    this.clock.advance(500);
    expect([...this.open.values()].every(({ left }) => left === GROUP)).toBe(true);
    return [...this.open.keys()];
  }

  [Symbol.dispose](): void {
    this.connections[Symbol.dispose]();
  }
}

describe('connections without a valid key', () => {
  test('as many as the limit are left alone, without asking who they are', () => {
    using world = new World();
    world.connect(1, 2, 3, 4);
    expect(world.look()).toEqual([1, 2, 3, 4]);
    expect(world.asked).toEqual([]);
  });

  test('of more, the oldest are ended, whatever their descriptors are', () => {
    using world = new World();
    world.connect(11, 12, 13, 14, 15);
    expect(world.look()).toEqual([12, 13, 14, 15]);
    expect(world.asked).toEqual([[8585, 8586]]);
    // A new one has the lowest free descriptor, and so is listed first.
    world.open.clear();
    world.connect(20, 12, 13, 14, 15, 21);
    expect(world.look()).toEqual([20, 14, 15, 21]);
  });

  test('of those that came together, one whose request waits to be read is ended last', () => {
    using world = new World();
    world.connect(1, 2, 3, 4, 5, 6);
    world.open.set(1, { unread: true, left: GROUP });
    expect(world.look()).toEqual([1, 4, 5, 6]);
    // But not for ever: one that lets bytes wait gets no older than others.
    world.connect(7);
    expect(world.look()).toEqual([1, 5, 6, 7]);
    world.connect(8, 9);
    expect(world.look()).toEqual([1, 7, 8, 9]);
    world.connect(10);
    expect(world.look()).toEqual([7, 8, 9, 10]);
  });

  test('one that has shown a valid key is neither counted nor ended, however many there are', () => {
    using world = new World();
    const valid = [1, 2, 3, 4, 5, 6, 7, 8];
    world.connect(...valid);
    for (const group of valid) world.showKey(group);
    expect(world.look()).toEqual(valid);
    world.connect(11, 12, 13, 14);
    expect(world.look()).toEqual([...valid, 11, 12, 13, 14]);
    world.connect(15, 16);
    expect(world.look()).toEqual([...valid, 13, 14, 15, 16]);
  });

  test('a key counts for the connection that showed it, and not for a later one from the same port', () => {
    using world = new World();
    world.connect(1, 2, 3, 4, 5);
    world.showKey(1);
    expect(world.look()).toEqual([1, 2, 3, 4, 5]);
    world.open.delete(1);
    world.look();
    world.connect(6);
    expect(world.look()).toEqual([3, 4, 5, 6]);
    world.connect(1);
    expect(world.look()).toEqual([4, 5, 6, 1]);
  });

  test('many keys on connections that are gone are forgotten, without a flood', () => {
    using world = new World();
    for (let group = 1; group <= 1000; group += 1) world.showKey(group);
    world.look();
    world.connect(1, 2, 3, 4, 5);
    expect(world.look()).toEqual([2, 3, 4, 5]);
  });

  test('looks come faster while there are too many, and slower again', () => {
    using world = new World();
    world.connect(1, 2, 3, 4, 5);
    world.look();
    world.connect(6);
    world.clock.advance(20);
    expect([...world.open.keys()]).toEqual([3, 4, 5, 6]);
    // A pause does not slow them down.
    for (let passed = 0; passed < 9900; passed += 20) world.clock.advance(20);
    world.connect(7);
    world.clock.advance(20);
    expect(world.open.size).toBe(4);
    for (let passed = 0; passed <= 10_000; passed += 20) world.clock.advance(20);
    world.connect(8);
    world.clock.advance(400);
    expect(world.open.size).toBe(5);
    world.clock.advance(100);
    expect(world.open.size).toBe(4);
  });

  test('the log says so once a minute', () => {
    using world = new World();
    for (let group = 1; group <= 40; group += 1) {
      world.connect(group);
      world.look();
    }
    expect(world.said).toEqual(['too many connections without a key: the oldest are closed']);
    world.clock.advance(60_000);
    world.connect(50, 51);
    world.look();
    expect(world.said).toHaveLength(2);
  });

  test('nothing is watched where nobody can look, nor after the end', () => {
    using world = new World(false);
    expect(world.clock.pending).toBe(0);
    const ended = new World();
    ended[Symbol.dispose]();
    expect(ended.clock.pending).toBe(0);
  });
});
