/** Terminals with real programs in them. */
import { describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineName } from '../../src/platform/pty/pty.ts';
import type { TerminalsOptions } from '../../src/terminals/registry.ts';
import { isAlive } from '../support/rig-processes.ts';
import { waitFor } from '../support/sandbox.ts';
import { FakeSocket, World } from './world.ts';

const ENGINES: readonly EngineName[] = ['bun', 'bun-pty'];
const onPosix = describe.skipIf(process.platform === 'win32').each(ENGINES);
if (process.platform === 'win32') console.log('tests/terminals/stories.test.ts skipped: its programs are for POSIX');

onPosix('a terminal of %s', (ptyEngine) => {
  const open = (options: Partial<TerminalsOptions> = {}) => World.open({ ptyEngine, ...options });

  test('is typed into, shown to all who attach, and says how it ended', async () => {
    await using world = await open();
    const terminal = world.start();
    const [one, other] = [new FakeSocket(), new FakeSocket()];
    terminal.attach(one);
    const typing = terminal.attach(other);
    expect(typing.input('echo $((6*7)) $TERM $COLORTERM $COLUMNS; exit 9\n')).toBeUndefined();
    expect(await terminal.exited).toBe(9);
    expect(one.text).toContain('42 xterm-256color truecolor\r\n');
    expect(other.text).toBe(one.text);
    for (const { controls, closed } of [one, other]) {
      expect(controls).toEqual([
        { type: 'attached', id: terminal.id, since: 0, next: 0, dropped: 0 },
        { type: 'exit', exitCode: 9 },
      ]);
      expect(closed).toEqual({ code: 1000, reason: 'Terminal exited' });
    }
    expect(terminal).toMatchObject({ status: 'exited', exitCode: 9, attached: 0, bytes: one.text.length });
    expect(terminal.read().data).toBe(one.text);
    expect(terminal.input('x')).toBe('exited');
    expect(terminal.resize(90, 30)).toBe('exited');
  });

  test('that has exited is still replayed, then said to have exited', async () => {
    await using world = await open();
    // The library of bun-pty reads for 20 ms after an exit: a busy machine may not have handed the text over by then.
    const terminal = world.run('printf "äöü"; until [ -e end ]; do sleep 0.01; done; exit 3');
    await waitFor('its output', () => terminal.read().data === 'äöü');
    writeFileSync(world.box.file('end'), '');
    await terminal.exited;
    const late = new FakeSocket();
    terminal.attach(late, { since: 2 });
    expect(late).toMatchObject({ text: 'öü', closed: { code: 1000 } });
    expect(late.controls).toEqual([
      { type: 'attached', id: terminal.id, since: 2, next: 6, dropped: 0 },
      { type: 'exit', exitCode: 3 },
    ]);
  });

  test('shows one who only looks everything, and takes nothing from them', async () => {
    await using world = await open();
    const terminal = world.run('read line; echo "got $line"');
    const watching = new FakeSocket();
    const attachment = terminal.attach(watching, { readonly: true });
    expect(attachment.input('never\n')).toBe('readonly');
    expect(attachment.resize(100, 30)).toBe('readonly');
    terminal.input('this\n');
    await terminal.exited;
    expect(watching.text).toEndWith('got this\r\n');
    expect([terminal.cols, terminal.rows]).toEqual([80, 24]);
  });

  test('that is deleted takes what left its session along, and is not waited for though its shell ignores SIGTERM', async () => {
    await using world = await open({ graceMs: 600_000 });
    const terminal = world.start();
    const sleeper = `sh -c 'echo "pid=$$"; exec sleep 600'`;
    terminal.input(`setsid ${sleeper} & (trap '' HUP; exec ${sleeper}) &\n`);
    const pids = await waitFor('two pids', () => {
      const found = [...terminal.read().data.matchAll(/pid=(\d+)\r/g)].map((match) => Number(match[1]));
      return found.length === 2 && found;
    });
    expect(pids.map(isAlive)).toEqual([true, true]);
    const socket = new FakeSocket();
    terminal.attach(socket);
    expect(await world.terminals.delete(terminal.id)).toBe(true);
    expect([terminal.pid, ...pids].map(isAlive)).toEqual([false, false, false]);
    expect(socket.closed).toEqual({ code: 1000, reason: 'Terminal exited' });
    expect(world.terminals.list()).toEqual([]);
    expect(await world.terminals.delete(terminal.id)).toBe(false);
    expect(readdirSync(world.box.file('data', 'terminals'))).toEqual([]);
  });

  test('prints invalid UTF-8, NUL bytes and characters in pieces, and breaks nothing', async () => {
    await using world = await open();
    const pieces = String.raw`printf 'a\377b\000{"type":"exit"}'; printf '\303'; sleep 0.05; printf '\251\360\237'; sleep 0.05; printf '\216\211 \342\202'`;
    const terminal = world.run(pieces);
    const socket = new FakeSocket();
    terminal.attach(socket);
    await terminal.exited;
    expect(socket.text).toBe('a\ufffdb{"type":"exit"}é🎉 \ufffd');
    expect(terminal.bytes).toBe(Buffer.byteLength(socket.text));
  });

  test('that prints without end into a socket that takes nothing stands still; Ctrl-C acts at once', async () => {
    await using world = await open();
    const terminal = world.run('trap "exit 9" INT; yes');
    const socket = new FakeSocket();
    socket.room = 1;
    const attachment = terminal.attach(socket);
    let before = -1;
    await waitFor('the program to stand still', () => {
      const still = before === terminal.bytes && before > 256 * 1024;
      before = terminal.bytes;
      return still;
    });
    // What was on its way when it was paused came too: less than what a PTY holds.
    expect(terminal.bytes).toBeLessThan(1024 * 1024);
    expect(socket.text.length).toBeLessThanOrEqual(64 * 1024);
    terminal.input('\x03');
    expect(await terminal.exited).toBe(9);
    expect(socket.closed).toBeUndefined();
    socket.room = Number.POSITIVE_INFINITY;
    attachment.drained();
    expect(socket.text).toBe(terminal.read(0).data);
    expect(socket.closed).toEqual({ code: 1000, reason: 'Terminal exited' });
  });

  test('is of any size asked for, within reason', async () => {
    await using world = await open();
    const terminal = world.start({ cols: 0, rows: 1e9 });
    const [one, other] = [new FakeSocket(), new FakeSocket()];
    const asking = terminal.attach(one);
    terminal.attach(other);
    const size = () => [terminal.cols, terminal.rows];
    expect(size()).toEqual([10, 200]);
    expect([asking.resize(1e9, 0), size()]).toEqual([undefined, [500, 2]]);
    asking.resize(Number.NaN, 50.9);
    expect(size()).toEqual([500, 50]);
    for (let cols = 10; cols <= 10_010; cols += 1) asking.resize(cols % 500, 40);
    expect(one.controls).toHaveLength(1);
    expect(other.controls.at(-1)).toEqual({ type: 'resize', cols: 10, rows: 40 });
    terminal.input('stty size\n');
    await other.shows('40 10\r\n');
  });

  test('is not in the way of one that waits for output', async () => {
    await using world = await open();
    const terminal = world.run('read line; printf "$line"; read line');
    const never = new AbortController();
    const aborted = terminal.waitForOutput(0, AbortSignal.abort());
    await aborted;
    const waiting = terminal.waitForOutput(Number.MAX_SAFE_INTEGER, never.signal);
    terminal.input('one\n');
    await waiting;
    expect(terminal.bytes).toBeGreaterThan(0);
    const last = terminal.waitForOutput(terminal.bytes + 100, never.signal);
    await world.terminals.delete(terminal.id);
    await last;
    expect(terminal.read(1e9)).toEqual({ data: '', next: terminal.bytes, dropped: 0 });
  });
});

onPosix('the terminals of a server, opened by %s', (ptyEngine) => {
  const open = (options: Partial<TerminalsOptions> = {}) => World.open({ ptyEngine, ...options });

  test('are counted by kind, found by name, and refused with a reason', async () => {
    await using world = await open({ limits: { kept: 1, socket: 0 } });
    const failure = (request: object) => {
      const opened = world.terminals.open({ kind: 'kept', ...request });
      return opened.ok ? undefined : opened.failure;
    };
    expect(failure({ workdir: '/not/there' })).toEqual({ reason: 'workdir-missing', workdir: '/not/there' });
    expect(failure({ workdir: '/etc/passwd' })).toEqual({ reason: 'workdir-missing', workdir: '/etc/passwd' });
    expect(failure({ shell: 'not-there' })).toEqual({ reason: 'shell-missing', shell: 'not-there' });
    expect(failure({ shell: '/etc/passwd' })).toEqual({ reason: 'shell-missing', shell: '/etc/passwd' });
    expect(failure({ kind: 'socket' })).toEqual({ reason: 'too-many-terminals', limit: 0 });
    expect(readdirSync(world.box.file('data', 'terminals'))).toEqual([]);
    expect(failure({ name: 'build' })).toBeUndefined();
    expect(failure({})).toEqual({ reason: 'too-many-terminals', limit: 1 });
    const build = world.terminals.get('build');
    expect(world.terminals.get(build?.id ?? '')).toBe(build as NonNullable<typeof build>);
    await build?.end(0);
    expect(world.terminals.count).toBe(0);
    expect(failure({ name: 'build' })).toEqual({ reason: 'name-taken', name: 'build' });
    expect(world.terminals.supported).toBe(true);
  });

  test('begin in the folder and with the environment asked for', async () => {
    await using world = await open();
    const terminal = world.run('pwd -P; echo "$A.$HOME.$AGENT_SERVER_TREE_ID"', { workdir: 'home', env: { A: 'a b' } });
    await terminal.exited;
    const home = world.box.file('home');
    expect(terminal.read().data).toBe(`${home}\r\na b.${home}.${terminal.id}\r\n`);
  });

  test('are ended when nobody has used them for long; one with a socket never', async () => {
    await using world = await open({ keepMs: 1000 });
    const [idle, watched, used] = [world.run('read x'), world.run('read x'), world.run('cat')];
    watched.attach(new FakeSocket());
    world.clock.advance(600);
    used.input('still here');
    world.clock.advance(600);
    await world.terminals.prune();
    expect([idle.status, watched.status, used.status]).toEqual(['exited', 'running', 'running']);
    expect(world.terminals.get(idle.id)).toBe(idle);
  });

  test('that have exited are kept, the last 32 of them', async () => {
    await using world = await open({ limits: { kept: 40, socket: 0 } });
    const first = world.run('read x');
    const others = Array.from({ length: 33 }, () => world.run('true'));
    await Promise.all(others.map(({ exited }) => exited));
    first.input('\n');
    await first.exited;
    await waitFor('the oldest to go', () => world.terminals.list().length === 32);
    // The oldest exit goes, not the oldest terminal.
    expect(world.terminals.list()).toContain(first);
  });

  test('end with the server, also with one that is killed; what ignores that is ended by the next', async () => {
    await using world = await open();
    const dataPath = world.box.file('other-data');
    const fixture = join(import.meta.dir, '../fixtures/terminals-server.ts');
    const commands = ['echo ready; exec cat', `trap '' HUP; echo ready; exec sleep 600`];
    const server = Bun.spawn([process.execPath, fixture, dataPath, ptyEngine, ...commands], {
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'inherit',
    });
    let said = '';
    for await (const chunk of server.stdout) {
      said += Buffer.from(chunk).toString();
      if (said.split('\n').length > commands.length) break;
    }
    const [obedient = 0, stubborn = 0] = said.split('\n').map(Number);
    server.kill('SIGKILL');
    await server.exited;
    await waitFor('the end of what hears the hangup', () => !isAlive(obedient));
    expect(isAlive(stubborn)).toBe(true);
    await using next = await open({ dataPath });
    expect(isAlive(stubborn)).toBe(false);
    expect(readdirSync(join(dataPath, 'terminals'))).toEqual([]);
    expect(next.terminals.list()).toEqual([]);
  });

  test('are all ended when the server stops, and none begins after that', async () => {
    const world = await open();
    const pids = [world.start(), world.run(`trap '' HUP TERM; echo ready; while :; do sleep 1; done`)].map(
      ({ pid }) => pid,
    );
    const folder = world.box.path;
    await world[Symbol.asyncDispose]();
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(existsSync(folder)).toBe(false);
    expect(world.terminals.open({ kind: 'kept' })).toMatchObject({ ok: false, failure: { reason: 'shutting-down' } });
  });
});
