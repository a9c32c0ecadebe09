/** Ending a job ends all of it, on real processes. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, World } from './world.ts';

// A loaded machine is slow, which is no failure.
setDefaultTimeout(30_000);

const GRACE_MS = 300;

const processList = (): string => Bun.spawnSync(['ps', '-A', '-ww', '-o', 'args=']).stdout.toString();

describe.skipIf(process.platform === 'win32')('ending a tree', () => {
  const FORMS: [string, string, number][] = [
    ['a shell that waits', 'echo $$; sleep 100', 1],
    ['a child in the background', 'sleep 100 & echo $!; wait', 1],
    ['one that left the session', 'setsid sh -c "echo \\$\\$; sleep 100" & sleep 100', 1],
    ['a double fork whose parent has gone', '(setsid sh -c "echo \\$\\$; sleep 100" & ) ; sleep 100', 1],
    ['a grandchild in a group of its own', 'sh -c "set -m; sleep 100 & echo \\$!; wait"', 1],
    [
      'one without the id in its environment, below one that has it',
      'env -i sh -c "echo \\$\\$; exec sleep 100" & sleep 100',
      1,
    ],
    [
      'one with an empty environment that left the session, below one that stayed',
      'env -i setsid -w sh -c "echo \\$\\$; sleep 100" & sleep 100',
      1,
    ],
    [
      'one with an empty environment that left the session and ignores the SIGTERM that its parent heeds',
      'env -i setsid -w sh -c "trap \\"\\" TERM; echo \\$\\$; sleep 100; sleep 100" & sleep 100',
      1,
    ],
    [
      'one with an empty environment whose parent has gone, still in the session',
      '(env -i sh -c "echo \\$\\$; exec sleep 100" &) ; sleep 100',
      1,
    ],
    ['one that ignores SIGTERM', 'trap "" TERM; echo $$; sleep 100; sleep 100', 1],
    [
      'a family that ignores SIGTERM and left the session',
      'setsid sh -c "trap \\"\\" TERM; sleep 100 & echo \\$!; echo \\$\\$; wait; sleep 100" & sleep 100',
      2,
    ],
    ['a stopped process', 'sh -c "echo \\$\\$; kill -STOP \\$\\$; sleep 100"', 1],
    ['what a finished shell left in the background', 'setsid sleep 100 & echo $!', 1],
  ];
  test.each(FORMS)('takes %s', async (_, command, count) => {
    await using world = new World();
    const program = world.spawn(command);
    const pids = await program.pids(count);
    expect(pids.map(isAlive)).toEqual(pids.map(() => true));
    await program.child.endTree(GRACE_MS);
    expect(pids.map(isAlive)).toEqual(pids.map(() => false));
    await program.child.exited;
  });

  test('asks first: a program that cleans up on SIGTERM has the time to, and is asked once', async () => {
    await using world = new World();
    const program = world.spawn(
      `trap 'n=$((n+1))' TERM; trap 'echo cleaned $n' EXIT; echo ready; while [ -z "$n" ]; do sleep 0.01; done; i=0; while [ $i -lt 20 ]; do sleep 0.01; i=$((i+1)); done`,
    );
    await program.lines(1);
    await program.child.endTree(10_000);
    expect(await program.lines(2)).toEqual(['ready', 'cleaned 1']);
  });

  test('wakes a stopped program, so that it can clean up too', async () => {
    await using world = new World();
    const program = world.spawn(`trap 'echo cleaned; exit' TERM; echo $$; kill -STOP $$; echo woken`);
    await program.pids(1);
    await program.child.endTree(10_000);
    expect((await program.lines(2)).at(-1)).toBe('cleaned');
  });

  test('does not wait for the grace when there is nothing left to wait for', async () => {
    await using world = new World();
    const program = world.spawn('sleep 100 & sleep 100');
    const before = performance.now();
    await program.child.endTree(20_000);
    expect(performance.now() - before).toBeLessThan(10_000);
    expect(await program.code()).toBe(143);
  });

  test.each(['', 'setsid '])(
    'catches chains of forks that are gone before they can be looked at (each by `%ssh`)',
    async (by) => {
      await using world = new World();
      const marker = `chain-${crypto.randomUUID()}`;
      // Each link starts the next and is gone at once; none hears SIGTERM. The file `stop` is the test's own way out.
      const link = `[ -e stop ] && exit; ${by}sh ./link ${marker} & exit`;
      const program = world.spawn(
        `trap "" TERM; echo '${link}' > link; for i in 1 2 3 4; do sh ./link ${marker} & done; echo on; sleep 100`,
      );
      try {
        await program.lines(1);
        expect(processList()).toContain(marker);
        await program.child.endTree(50);
        expect(processList()).not.toContain(marker);
      } finally {
        writeFileSync(join(program.request.cwd, 'stop'), '');
      }
    },
  );

  test('takes one that an earlier build has started, which named the tree by another variable', async () => {
    await using world = new World();
    const program = world.spawn('sleep 100');
    await using earlier = Bun.spawn({
      cmd: ['sleep', '100'],
      env: { PATH: process.env['PATH'] ?? '', AGENT_SERVER_JOB_ID: program.request.treeId },
      detached: true,
    });
    await program.child.endTree(GRACE_MS);
    expect(isAlive(earlier.pid)).toBe(false);
  });

  test('is safe to ask for twice, at once and after the end', async () => {
    await using world = new World();
    const program = world.spawn('trap "" TERM; sleep 100; sleep 100');
    await Promise.all([program.child.endTree(50), program.child.endTree(50)]);
    await program.child.endTree(50);
    expect(await program.code()).toBe(137);
  });

  test('leaves strangers alone, also a job of the same command', async () => {
    await using world = new World();
    const mine = world.spawn('sleep 100 & echo $!; wait');
    const other = world.spawn('setsid sleep 100 & echo $!; wait');
    const [stranger] = await other.pids(1);
    await mine.pids(1);
    await mine.child.endTree(GRACE_MS);
    expect(isAlive(stranger ?? 0)).toBe(true);
    expect(isAlive(other.child.identity.pid)).toBe(true);
  });

  // What `tree.ts` says it cannot do. Should it learn to, this test is to be turned around.
  test('does not find a daemon that left the session, lost its parent and cleared its environment, all three', async () => {
    await using world = new World();
    const program = world.spawn('(env -i setsid sh -c "echo \\$\\$; exec sleep 100" &); sleep 100');
    const [daemon] = await program.pids(1);
    await program.child.endTree(GRACE_MS);
    try {
      expect(isAlive(daemon ?? 0)).toBe(true);
    } finally {
      process.kill(daemon ?? 0, 'SIGKILL');
    }
  });
});
