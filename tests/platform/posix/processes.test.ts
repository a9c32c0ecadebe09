/** Starting, leaving and taking up processes. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readExitFile } from '../../../src/platform/process/exit-file.ts';
import { readProcessesLinux } from '../../../src/platform/process/posix/process-table-linux.ts';
import { processSnapshot, readProcess } from '../../../src/platform/process/posix/process-table.ts';
import { Sandbox } from '../../support/sandbox.ts';
import { isAlive, World } from './world.ts';

// A loaded machine is slow, which is no failure.
setDefaultTimeout(30_000);

describe.skipIf(process.platform === 'win32')('managed processes', () => {
  test('output goes straight to files that only their owner may read', async () => {
    await using world = new World();
    const program = world.spawn('umask 000; echo out; echo err >&2; exit 3');
    expect(await program.code()).toBe(3);
    expect(program.stdout).toBe('out\n');
    expect(readFileSync(program.request.stderrPath, 'utf8')).toBe('err\n');
    for (const path of [program.request.stdoutPath, program.request.stderrPath, program.request.inputPath]) {
      expect({ path, mode: statSync(path).mode & 0o777 }).toEqual({ path, mode: 0o600 });
    }
  });

  test('the environment is what was given and the id of the tree, nothing of the server’s', async () => {
    await using world = new World();
    const program = world.spawn('/usr/bin/env', { env: { ONLY: 'this one' } });
    await program.code();
    const names = new Set(
      program.stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => line.split('=')[0] ?? ''),
    );
    // PWD is the shell's own.
    expect(names.difference(new Set(['PWD', 'OLDPWD', '_', 'SHLVL']))).toEqual(
      new Set(['AGENT_SERVER_TREE_ID', 'ONLY']),
    );
    expect(program.stdout).toContain(`AGENT_SERVER_TREE_ID=${program.request.treeId}\n`);
  });

  test('the shell leads a session of its own, so that no terminal signal of the server reaches it', async () => {
    await using world = new World();
    const { pid } = world.spawn('sleep 100').child.identity;
    expect(readProcess(pid)).toMatchObject({ session: pid, group: pid });
    expect(readProcess(process.pid)?.session).not.toBe(pid);
  });

  const long = `: ${'x'.repeat(1000)}\n`.repeat(1000);
  test.each([
    ['by a trap of its own', ''],
    ['by a second shell', "trap 'echo bye' EXIT; "],
  ])('a command of a megabyte is run as a short one is, its exit code noted %s', async (_how, head) => {
    await using world = new World();
    const program = world.spawn(`${head}${long}echo "$0 $#"; cat; exit 7`);
    await program.child.write(new TextEncoder().encode('input\n'));
    program.child.closeInput();
    expect(await program.code()).toBe(7);
    expect(program.stdout).toBe(`/bin/sh 0\ninput\n${head === '' ? '' : 'bye\n'}`);
    expect(readExitFile(program.request.exitPath)).toEqual({ known: true, code: 7 });
    expect(statSync(program.request.commandPath).mode & 0o777).toBe(0o600);
  });

  test('a working directory that is missing, or a file, is refused by name', () => {
    using box = new Sandbox();
    const world = new World();
    writeFileSync(box.file('file'), '');
    expect(() => world.spawn('true', { cwd: box.file('nowhere') })).toThrow('cwd-missing');
    expect(() => world.spawn('true', { cwd: box.file('file') })).toThrow('cwd-missing');
    return world[Symbol.asyncDispose]();
  });

  test('an environment that is too long for the kernel is refused, and leaves no descriptor open', async () => {
    await using world = new World();
    const open = () => new Set(processDescriptors()).size;
    const before = open();
    for (let round = 0; round < 5; round += 1)
      expect(() => world.spawn('true', { env: { LONG: 'x'.repeat(3_000_000) } })).toThrow('spawn-refused');
    expect(open()).toBeLessThanOrEqual(before + 1);
  });

  test.if(process.platform === 'linux')('others have their turns while a long list of processes is read', async () => {
    await using world = new World();
    const program = world.spawn(
      'for i in 1 2 3 4 5 6 7 8 9; do for j in $(seq 60); do sleep 100 & done; done; echo on; wait',
    );
    await program.lines(1);
    let [turns, reading] = [0, true];
    const count = (): void => {
      turns += 1;
      if (reading) setImmediate(count);
    };
    const snapshot = readProcessesLinux();
    count();
    const { size } = await snapshot;
    reading = false;
    expect(size).toBeGreaterThan(540);
    expect(turns).toBeGreaterThan(1);
    await program.child.endTree(1000);
  });

  test('a folder that cannot take the files is refused', async () => {
    await using world = new World();
    using box = new Sandbox();
    expect(() => world.spawn('true', { inputPath: box.file('missing', 'stdin') })).toThrow('spawn-refused');
    expect(() => world.spawn('true', { stderrPath: box.file('missing', 'stderr') })).toThrow('spawn-refused');
  });

  test('a thousand short ones leave nothing behind', async () => {
    await using world = new World();
    const before = processDescriptors().length;
    for (let batch = 0; batch < 5; batch += 1) {
      const programs = Array.from({ length: 40 }, (_, index) => world.spawn(`exit ${index}`));
      expect(await Promise.all(programs.map((program) => program.code()))).toEqual(programs.map((_, index) => index));
      expect(programs.map((program) => program.exitFile)).toEqual(programs.map((_, index) => `${index}\n`));
    }
    expect(processDescriptors().length).toBeLessThanOrEqual(before + 5);
  });

  describe('taken up by the next server', () => {
    test('one that still runs: its end is noticed and its own exit code told', async () => {
      await using world = new World();
      const program = world.spawn('while [ ! -e go ]; do sleep 0.01; done; exit 42');
      const next = await world.adopt(program);
      writeFileSync(`${program.request.cwd}/go`, '');
      expect(await next.code()).toBe(42);
    });

    test('one whose number was never written down is found by its id', async () => {
      await using world = new World();
      const program = world.spawn('while [ ! -e go ]; do sleep 0.01; done; exit 43');
      const next = await world.adopt(program, 'unknown');
      expect(next.child.identity.pid).toBe(program.child.identity.pid);
      writeFileSync(`${program.request.cwd}/go`, '');
      expect(await next.code()).toBe(43);
    });

    test.each(['known', 'unknown'] as const)('one that has ended (pid %s): its exit code is read', async (identity) => {
      await using world = new World();
      const program = world.spawn('exit 44');
      await program.code();
      expect(await (await world.adopt(program, identity)).code()).toBe(44);
    });

    test.each(['exit 45', 'kill -9 $$', 'exec <&-; sh -c "kill -9 \\$PPID"'])(
      'not the daemon it left behind, when its number was never written down (%s)',
      async (end) => {
        await using world = new World();
        const program = world.spawn(`setsid sleep 1000 & echo $!; ${end}`);
        const [daemon] = await program.pids(1);
        const code = await program.code();
        const next = await world.adopt(program, 'unknown');
        expect(next.child.identity.pid).not.toBe(daemon);
        expect(await next.code()).toBe(program.exitFile === undefined ? 'unknown' : code);
        await next.child.endTree(1000);
        expect(isAlive(daemon ?? 0)).toBe(false);
      },
    );

    test('one that was killed with nobody there to see: not known', async () => {
      await using world = new World();
      const program = world.spawn('sleep 100');
      process.kill(program.child.identity.pid, 'SIGKILL');
      expect(await program.code()).toBe(137);
      expect(await (await world.adopt(program)).code()).toBe('unknown');
    });

    test('one whose number somebody else has by now: not taken for it, and never signalled', async () => {
      await using world = new World();
      const stranger = world.spawn('sleep 100');
      const gone = world.spawn('exit 0');
      await gone.code();
      rmSync(gone.request.exitPath);
      const next = await world.processes.adopt({
        ...gone.request,
        identity: { pid: stranger.child.identity.pid, startTime: 'another time' },
      });
      expect(await next.exited).toEqual({ known: false });
      await next.endTree(0);
      expect(readProcess(stranger.child.identity.pid)).toMatchObject({ zombie: false });
    });

    test('its whole tree is ended as before', async () => {
      await using world = new World();
      const program = world.spawn('setsid sh -c "echo \\$\\$; sleep 100" & sleep 100');
      const [escapee] = await program.pids(1);
      const next = await world.adopt(program);
      await next.child.endTree(1000);
      const snapshot = await processSnapshot();
      expect([escapee, program.child.identity.pid].map((pid) => snapshot.get(pid ?? 0)?.zombie ?? true)).toEqual([
        true,
        true,
      ]);
    });
  });

  test('a name with spaces and parentheses does not confuse the process table', async () => {
    await using world = new World();
    using box = new Sandbox();
    const program = world.spawn(
      `cp /bin/sleep '${box.file('a) S 1 (b')}'; '${box.file('a) S 1 (b')}' 100 & echo $!; wait`,
    );
    const [pid] = await program.pids(1);
    expect(readProcess(pid ?? 0)).toMatchObject({
      parent: program.child.identity.pid,
      group: program.child.identity.pid,
    });
  });
});

const processDescriptors = (): string[] => [
  ...new Bun.Glob('*').scanSync({ cwd: '/proc/self/fd', onlyFiles: false, dot: true }),
];

test('an exit file holds a number or nothing that counts', () => {
  using box = new Sandbox();
  const told = (content: string | undefined) => {
    if (content !== undefined) writeFileSync(box.file('exit'), content);
    return readExitFile(box.file('exit'));
  };
  expect(told(undefined)).toEqual({ known: false });
  expect(told('0\n')).toEqual({ known: true, code: 0 });
  expect(told('143\n')).toEqual({ known: true, code: 143 });
  // Windows counts to 2^32.
  expect(told('3221225786')).toEqual({ known: true, code: 3_221_225_786 });
  for (const content of ['', '\n', '-1', '1 2', 'x', '1e3', '99999999999'])
    expect({ content, exit: told(content) }).toEqual({ content, exit: { known: false } });
  mkdirSync(box.file('folder'));
  expect(readExitFile(box.file('folder'))).toEqual({ known: false });
  expect(existsSync(box.file('exit'))).toBe(true);
  chmodSync(box.file('exit'), 0o600);
});
