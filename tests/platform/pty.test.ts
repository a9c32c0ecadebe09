/** A PTY with real programs in it: what comes out, what goes in, and how it ends. */
import { afterAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { newId } from '../../src/core/id.ts';
import { silentLog } from '../../src/core/log.ts';
import { createPtyOpener } from '../../src/platform/pty/index.ts';
import type { EngineName, OpenPty, PtyRequest } from '../../src/platform/pty/pty.ts';
import { isAlive } from '../support/rig-processes.ts';
import { Sandbox, settle, waitFor } from '../support/sandbox.ts';
import { ENV, Run } from './pty-run.ts';

const box = new Sandbox();
afterAll(() => box[Symbol.dispose]());

const opener = (engine: EngineName): OpenPty =>
  createPtyOpener({ engine, libraryFolder: box.file('library'), log: silentLog });

/** What an engine does in its own way. */
const ENGINES = {
  bun: { exitCodeOf: (signal: number) => 128 + signal },
  // Its library tells no signal.
  'bun-pty': { exitCodeOf: () => 1 },
} as const;

const engines = Object.entries(ENGINES) as [EngineName, (typeof ENGINES)[EngineName]][];

describe.skipIf(process.platform === 'win32').each(engines)('a PTY of %s', (engine, { exitCodeOf }) => {
  const openPty = opener(engine);
  const begin = (command: string, more: Partial<PtyRequest> = {}) =>
    new Run(openPty, command, { cwd: box.path, ...more });

  test('is the controlling terminal of its program, of the size asked for', async () => {
    await using run = begin('tty; stty size; ps -o pid= -o sid= -o tpgid= -p $$; : </dev/tty && echo has one', {
      cols: 101,
      rows: 33,
    });
    expect(await run.pty.exited).toBe(0);
    const [tty, size, ids, last] = run.text.trim().split('\r\n');
    expect(tty).toMatch(/^\/dev\//);
    expect([size, last]).toEqual(['33 101', 'has one']);
    const { pid } = run.pty;
    expect(ids?.trim().split(/\s+/)).toEqual([`${pid}`, `${pid}`, `${pid}`]);
  });

  test('tells its program of a new size', async () => {
    await using run = begin(`trap 'stty size' WINCH; echo ready; while :; do sleep 0.01; done`);
    await run.shows('ready');
    run.pty.resize(500, 200);
    await run.shows('200 500');
  });

  test.each([
    ['exit 0', 0],
    ['exit 7', 7],
    ['exit 255', 255],
    ['kill -9 $$', exitCodeOf(9)],
    ['kill -TERM $$', exitCodeOf(15)],
    ['kill -HUP $$', exitCodeOf(1)],
  ])('%s: exit code %d', async (command, code) => {
    await using run = begin(command);
    expect(await run.pty.exited).toBe(code);
  });

  test('hands over every byte, the last ones too, before it says that it has ended', async () => {
    await using run = begin('head -c 3000000 /dev/zero; echo; echo last words; exit 3');
    expect(await run.pty.exited).toBe(3);
    expect(run.bytes).toBe(3_000_000 + '\r\nlast words\r\n'.length);
    expect(run.text).toEndWith('last words\r\n');
  });

  test('does not wait for what was left in the background, silent or not', async () => {
    const started = `echo "pid=$$"; exec sleep 600`;
    await using silent = begin(`trap '' HUP; sh -c '${started}' & sleep 0.1; echo last words; exit 4`);
    await using noisy = begin(`(trap '' HUP PIPE; exec yes) & echo $! >yes; sleep 0.1; echo last words; exit 5`);
    expect(await silent.pty.exited).toBe(4);
    expect(silent.text).toEndWith('last words\r\n');
    expect(await noisy.pty.exited).toBe(5);
    const pid = Number(/pid=(\d+)/.exec(silent.text)?.[1]);
    expect(isAlive(pid)).toBe(true);
    // It is still a part of the tree.
    await silent.pty.endTree(0);
    expect(isAlive(pid)).toBe(false);
    const { bytes } = noisy;
    const yes = Number(readFileSync(box.file('yes'), 'utf8'));
    // It has ended, or is held up: nobody reads what it prints.
    await waitFor('it to print no more', async () => {
      const before = writtenBy(yes);
      await Bun.sleep(50);
      return writtenBy(yes) === before;
    });
    expect(noisy.bytes).toBe(bytes);
  });

  test('hands over the last output when the exit is reported at the same time, though the terminal is still held open', async () => {
    await using run = begin(`(trap '' HUP; exec sleep 600) & echo last words; exit 4`);
    // Nothing is read meanwhile: output and exit are both there when the event loop goes on.
    Bun.sleepSync(200);
    expect(await run.pty.exited).toBe(4);
    expect(run.text).toBe('last words\r\n');
  });

  test('acts on Ctrl-C, Ctrl-Z and Ctrl-D as a terminal does', async () => {
    await using run = begin('', { argv: ['/bin/sh', '-i'], env: { ...ENV, PS1: '> ' } });
    run.type('sleep 600\n');
    await run.shows('sleep 600\r\n');
    await waitFor('the sleep in the foreground', () => foreground(run.pty.pid) !== run.pty.pid);
    run.type('\x03');
    await waitFor('the shell in the foreground', () => foreground(run.pty.pid) === run.pty.pid);
    run.type('echo code $?; cat\n');
    await run.shows('code 130');
    await waitFor('cat in the foreground', () => foreground(run.pty.pid) !== run.pty.pid);
    run.type('\x1a');
    await waitFor('the shell in the foreground', () => foreground(run.pty.pid) === run.pty.pid);
    run.type('jobs; kill %1; fg; echo $((40+2)); exit 6\n');
    await run.shows('Stopped');
    await run.shows('42');
    expect(await run.pty.exited).toBe(6);
  });

  test('paused, its program stands still, and Ctrl-C still ends it at once', async () => {
    await using run = begin('trap "exit 9" INT; yes; exit 8');
    await waitFor('some output', () => run.bytes > 100_000);
    expect(run.pty.pause()).toBe(true);
    let before = -1;
    let since = performance.now();
    await waitFor('the end of what was on its way', () => {
      if (before !== run.bytes) since = performance.now();
      before = run.bytes;
      return performance.now() - since > 50;
    });
    const cpu = () => processorTicks(childOf(run.pty.pid));
    const ticks = cpu();
    await Bun.sleep(100);
    expect([run.bytes, cpu()]).toEqual([before, ticks]);
    run.pty.resume();
    await waitFor('more output', () => run.bytes > before + 100_000);
    run.pty.pause();
    run.type('\x03');
    expect(await run.pty.exited).toBe(9);
  });

  test('that prints faster than its output is dealt with leaves time for everything else', async () => {
    await using run = begin('exec cat /dev/zero');
    run.pty.listen(({ length }) => {
      run.bytes += length;
      for (const until = performance.now() + 0.2; performance.now() < until;);
    });
    let turns = 0;
    await waitFor('5 MB, and many turns of the event loop', () => {
      turns += 1;
      return run.bytes > 5_000_000 && turns > 10;
    });
  });

  test('takes input that its program does not read, up to a mebibyte', async () => {
    await using run = begin(`stty raw -echo; echo ready; exec sleep 600`);
    await run.shows('ready');
    const block = Buffer.alloc(65_500);
    let taken = 0;
    while (run.pty.write(block) === undefined) taken += block.length;
    expect(taken).toBe(16 * block.length);
    // Full is full for that much: a key still goes.
    expect(run.pty.write(Buffer.from('\x03'))).toBeUndefined();
    expect(run.pty.write(block)).toBe('full');
    await run.pty.endTree(0);
    await run.pty.exited;
    expect(run.pty.write(block)).toBe('gone');
  });

  test('takes input again when its program has read', async () => {
    await using run = begin(`stty raw -echo; echo ready; head -c 2000000 | cksum`);
    await run.shows('ready');
    const whole = Buffer.alloc(2_000_000, 'abcdefghijklmnopqrstuvwxyz');
    for (let at = 0; at < whole.length;) {
      const piece = whole.subarray(at, at + 500_000);
      if (run.pty.write(piece) === undefined) at += piece.length;
      else await settle();
    }
    expect(await run.pty.exited).toBe(0);
    const [sum] = Bun.spawnSync(['cksum'], { stdin: whole }).stdout.toString().split(' ');
    expect(run.text.split(/\s/)).toContain(sum as string);
  });

  test('cannot begin without its folder or its program', () => {
    const request = { argv: ['/bin/sh'], cwd: box.path, env: ENV, cols: 80, rows: 24, treeId: newId() } as const;
    expect(openPty({ ...request, cwd: '/not/there' })).toEqual({
      ok: false,
      failure: { reason: 'cwd-missing', cwd: '/not/there' },
    });
    expect(openPty({ ...request, argv: ['/not/there'] })).toEqual({
      ok: false,
      failure: { reason: 'program-missing', program: '/not/there' },
    });
    expect(openPty({ ...request, argv: ['/etc/passwd'] })).toMatchObject({
      ok: false,
      failure: { reason: 'spawn-refused' },
    });
  });

  test('runs a program whose path looks like a variable', async () => {
    const program = box.file(`${engine}=sh`);
    symlinkSync('/bin/sh', program);
    await using run = begin('', { argv: [program, '-c', 'exit 5'] });
    expect(await run.pty.exited).toBe(5);
  });

  test('leaves nothing of itself open, and none of it to other programs', async () => {
    await begin('true')[Symbol.asyncDispose]();
    const before = held();
    for (let round = 0; round < 2; round += 1) {
      const runs = Array.from({ length: 25 }, () => begin('exec cat'));
      const other = Bun.spawn(['ls', '-l', '/proc/self/fd'], { stdin: 'ignore', stdout: 'pipe' });
      expect(await new Response(other.stdout).text()).not.toContain('ptmx');
      await Promise.all(runs.map((run) => run[Symbol.asyncDispose]()));
    }
    // Bun closes some of them on a thread of its own.
    await waitFor('the last of them to be closed', () => held() <= before);
  });

  test('knows no API key of its server beyond what it is given', async () => {
    await using run = begin('env');
    await run.pty.exited;
    expect(
      run.text
        .replaceAll('\r', '')
        .match(/^\w+(?==)/gm)
        ?.toSorted(),
    ).toEqual(['AGENT_SERVER_TREE_ID', 'PATH', 'PWD', 'TERM'].toSorted());
  });
});

const statOf = (pid: number): string[] => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};

/** Descriptors of this process that a terminal has: its two ends, and its program. */
const held = (): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return /ptmx|\/pts\/|pidfd/.test(readlinkSync(`/proc/self/fd/${fd}`));
    } catch {
      // The one that reads this very list.
      return false;
    }
  }).length;

/** The foreground group of the process's terminal. */
const foreground = (pid: number): number => Number(statOf(pid)[5]);

/** Processor time of a process, in ticks. */
const processorTicks = (pid: number): number => {
  const [, , , , , , , , , , , user, system] = statOf(pid);
  return Number(user) + Number(system);
};

/** Bytes that a process has written so far; undefined when there is none. */
const writtenBy = (pid: number): string | undefined => {
  try {
    return /wchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
};

const childOf = (pid: number): number => Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
