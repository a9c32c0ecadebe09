/** Terminals with real programs in them. */
import { describe, expect, test } from 'bun:test';
import { isAlive } from '../support/rig-processes.ts';
import { waitFor } from '../support/sandbox.ts';
import { FakeSocket, World } from './world.ts';

describe.skipIf(process.platform === 'win32')('a terminal', () => {
  test('is typed into, shown to all who attach, and says how it ended', async () => {
    await using world = await World.open();
    const terminal = world.start();
    const [one, other] = [new FakeSocket(), new FakeSocket()];
    terminal.attach(one);
    const typing = terminal.attach(other);
    expect(typing.input('echo $((6*7)) $TERM; exit 9\n')).toBeUndefined();
    expect(await terminal.exited).toBe(9);
    expect(one.text).toContain('42 xterm-256color\r\n');
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
  });

  test('that is deleted takes what left its session along', async () => {
    await using world = await World.open();
    const terminal = world.start();
    const sleeper = `sh -c 'echo "pid=$$"; exec sleep 600'`;
    terminal.input(`setsid ${sleeper} & (trap '' HUP; exec ${sleeper}) &\n`);
    const pids = await waitFor('two pids', () => {
      const found = [...terminal.read().data.matchAll(/pid=(\d+)/g)].map((match) => Number(match[1]));
      return found.length === 2 && found;
    });
    expect(pids.map(isAlive)).toEqual([true, true]);
    expect(await world.terminals.delete(terminal.id)).toBe(true);
    expect([terminal.pid, ...pids].map(isAlive)).toEqual([false, false, false]);
    expect(world.terminals.list()).toEqual([]);
    expect(await world.terminals.delete(terminal.id)).toBe(false);
  });

  test('that cannot begin says why', async () => {
    await using world = await World.open({ limits: { kept: 1, socket: 0 } });
    const failure = (request: object) => {
      const opened = world.terminals.open({ kind: 'kept', ...request });
      return opened.ok ? undefined : opened.failure;
    };
    expect(failure({ workdir: '/not/there' })).toEqual({ reason: 'workdir-missing', workdir: '/not/there' });
    expect(failure({ shell: 'not-there' })).toEqual({ reason: 'shell-missing', shell: 'not-there' });
    expect(failure({ kind: 'socket' })).toEqual({ reason: 'too-many-terminals', limit: 0 });
    expect(failure({ name: 'build' })).toBeUndefined();
    expect(failure({})).toEqual({ reason: 'too-many-terminals', limit: 1 });
    await world.terminals.get('build')?.end(0);
    expect(failure({ name: 'build' })).toEqual({ reason: 'name-taken', name: 'build' });
  });
});
