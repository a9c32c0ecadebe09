/** How many sessions there may be, how long they last, and what happens to them when the server ends. */
import { describe, expect, test } from 'bun:test';
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { plainShell } from './session-shell.ts';

const MODE = 'persistent_shell';

export function sessionLifeSuite(door: Door): void {
  const posixOnly = door.platform === 'posix';
  const shell = plainShell(door);
  const named = (sessionKey: string) => ({ mode: MODE, sessionKey, shell });
  const keysOf = async (rig: Rig): Promise<string[]> =>
    (await rig.get<{ sessionKey: string }[]>('/sessions')).map(({ sessionKey }) => sessionKey);

  describe('1.3 limits of persistent shells', () => {
    test('no more than the environment says; one that is deleted makes room', async () => {
      await using rig = await Rig.start(door, { env: { DEVPILOT_PERSISTENT_SHELL_MAX_SESSIONS: '2' } });
      const print = rig.sessionCommands.print('x');
      expect(await rig.get<object>('/health')).toMatchObject({ persistent_shell_max_sessions: 2 });
      for (const key of ['a', 'b']) expect((await rig.run(print, named(key))).status).toBe('completed');
      expect(await rig.run(print, named('c'))).toMatchObject({
        status: 'failed',
        exitCode: 1,
        stdout: '',
        stderr: 'maximum persistent shell sessions reached',
      });
      expect(await keysOf(rig)).toEqual(['a', 'b']);
      // Those that are there go on.
      expect((await rig.run(print, named('a'))).status).toBe('completed');
      await rig.ask('/sessions/b', { method: 'DELETE' });
      expect((await rig.run(print, named('c'))).status).toBe('completed');
    });

    test('what is idle too long is ended; what runs a command is not, however long', async () => {
      await using rig = await Rig.start(door, { env: { DEVPILOT_PERSISTENT_SHELL_IDLE_TIMEOUT_SECONDS: '0.3' } });
      const commands = rig.sessionCommands;
      expect(await rig.get<object>('/health')).toMatchObject({ persistent_shell_idle_timeout_seconds: 0.3 });
      const gate = rig.gate();
      const marker = rig.marker();
      const busy = await rig.exec(commands.waitForFile(gate.path), named('busy'));
      await rig.running(busy);
      // Younger than the busy one, and gone before it.
      for (const key of ['first', 'second']) {
        await rig.run(commands.hangInBackground(marker), named(key));
        await rig.waitFor(`${key} to be ended`, async () => (await keysOf(rig)).join() === 'busy');
      }
      await rig.waitFor('what they had started to be ended', () => rig.marked(marker).length === 0);
      gate.open();
      expect((await rig.finished(busy)).status).toBe('completed');
      await rig.waitFor('the last one to be ended', async () => (await keysOf(rig)).length === 0);
    });

    test.if(posixOnly)('a machine without a shell that can be kept', async () => {
      await using rig = await Rig.start(door, { env: { PATH: '/nowhere' } });
      expect(await rig.get<object>('/health')).toMatchObject({
        execution_modes: ['shell', 'acp', 'process'],
        persistent_shell_supported: false,
        persistent_shell_shells: { pwsh: false, powershell: false },
        persistent_shell_default_shell: null,
      });
      const errors = [];
      for (const json of [{ env: 1 }, {}, { command: 'x', ...named('k') }, { ...named('k'), shell: 'pwsh' }])
        errors.push(await rig.ask('/exec', { json: { mode: MODE, ...json } }));
      expect(errors.map(({ status, body }) => ({ status, body }))).toEqual(
        // After env, before everything else.
        [
          'env must be an object of string key/value pairs',
          'persistent shell is not available',
          'persistent shell is not available',
          'persistent shell is not available',
        ].map((error) => ({ status: 400, body: { error } })),
      );
    });
  });

  describe('persistent shells and the end of the server', () => {
    // A process in Wine gets no SIGTERM.
    test.if(posixOnly)(
      'a stop ends them with all they started; a command that ran has failed, one that waited too',
      async () => {
        await using rig = await Rig.start(door);
        const commands = rig.sessionCommands;
        const marker = rig.marker();
        await rig.run(commands.hangInBackground(marker), named('idle'));
        const running = await rig.exec(commands.chain(commands.print('begun'), commands.hang(marker)), named('busy'));
        await rig.printed(running, 'begun');
        const waiting = await rig.exec(commands.print('never'), named('busy'));
        await rig.waitFor('both programs', () => rig.marked(marker).length === 2);
        if (door.mortal) {
          const { code, said } = await rig.stop();
          expect(code).toBe(0);
          expect(said).toContain('ending 2 jobs in persistent shells');
          // Nobody is promised that these go on.
          expect(said).not.toContain('taken up');
        }
        await rig.restart();
        expect(rig.marked(marker)).toEqual([]);
        expect(shellsOf(rig)).toEqual([]);
        const failed = {
          status: 'failed',
          exitCode: 1,
          stderr: 'Persistent shell exited unexpectedly',
          processAlive: false,
        };
        expect(await rig.job(running)).toMatchObject({ ...failed, stdout: 'begun\n' });
        expect(await rig.job(waiting)).toMatchObject({ ...failed, stdout: '' });
        expect(await keysOf(rig)).toEqual([]);
        expect(readdirSync(join(rig.place.data, 'shells'))).toEqual([]);
      },
    );

    test.if(door.mortal)(
      'after a kill -9 the next start leaves no shell behind, and their commands have failed with a message',
      async () => {
        await using rig = await Rig.start(door);
        const commands = rig.sessionCommands;
        const marker = rig.marker();
        await rig.run(commands.hangInBackground(marker), named('idle'));
        const running = await rig.exec(commands.chain(commands.print('begun'), commands.hang(marker)), named('busy'));
        await rig.printed(running, 'begun');
        const waiting = await rig.exec(commands.print('never'), named('busy'));
        await rig.waitFor('both to be there', () => rig.marked(marker).length === 2);
        await rig.kill9();
        // On Windows they go with the server, however it goes.
        const left = posixOnly ? 2 : 0;
        await rig.waitFor('what is left', () => rig.marked(marker).length === left);
        // The idle one has read the end of its script; the busy one reads nothing.
        if (posixOnly) expect(shellsOf(rig).length).toBeGreaterThanOrEqual(1);
        await rig.restart();
        expect(rig.marked(marker)).toEqual([]);
        expect(shellsOf(rig)).toEqual([]);
        const failed = { status: 'failed', processAlive: false, mode: MODE };
        const begun = await rig.finished(running);
        expect(begun).toMatchObject({ ...failed, exitCode: -1, stdout: 'begun\n' });
        expect(begun.stderr).toContain('The server was not running');
        // Not run in a shell without the state that it needs.
        const never = await rig.finished(waiting);
        expect(never).toMatchObject({ ...failed, exitCode: 1, stdout: '' });
        expect(never.stderr).toContain('before this command had its turn');
        expect(await keysOf(rig)).toEqual([]);
        expect((await rig.run(commands.print('anew'), named('busy'))).stdout).toBe('anew\n');
      },
    );
  });
}

/** Pids of shells that this rig's servers have started: each has its script, a file of its own, open. */
function shellsOf(rig: Rig): number[] {
  const folder = `${join(rig.place.data, 'shells')}/`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => openFiles(pid).some((path) => path.startsWith(folder)))
    .map(Number);
}

function openFiles(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    // Gone in between.
    return [];
  }
}
