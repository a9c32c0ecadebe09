/** Signals to jobs. */
import { describe, expect, test } from 'bun:test';
import { constants } from 'node:os';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { MODE, plainShell } from './session-shell.ts';
import { notOnWindows } from './not-on-windows.ts';
import { sharedRig } from './shared-rig.ts';

export function signalsSuite(door: Door): void {
  notOnWindows(door, 'signals', 'signals that Windows has not');
  const posixOnly = door.platform === 'posix';

  describe('signals', () => {
    const rig = sharedRig(door);
    const signal = (id: string, json: object) => rig().ask(`/jobs/${id}/signal`, { json });

    test.if(posixOnly)('SIGINT reaches the shell that a job is', async () => {
      const gate = rig().gate();
      const id = await rig().exec(
        `trap 'echo interrupted; exit 3' INT; echo ready; ${rig().commands.waitForFile(gate.path)}`,
      );
      await rig().printed(id, 'ready\n');
      expect(await signal(id, { signal: 'SIGINT' })).toMatchObject({ status: 200, body: { signalled: 1 } });
      expect(await rig().finished(id)).toMatchObject({ status: 'failed', exitCode: 3, stdout: 'ready\ninterrupted\n' });
    });

    test.if(posixOnly)(
      'a signal that is not caught ends the shell with its number, and leaves what it waits for',
      async () => {
        const marker = rig().marker();
        const id = await rig().exec(`echo ready; sleep ${marker}; echo never`);
        await rig().waitFor('the program to run', () => rig().marked(marker).length === 1);
        expect(await signal(id, { signal: 'SIGTERM', tree: false })).toMatchObject({ body: { signalled: 1 } });
        expect(await rig().finished(id)).toMatchObject({ status: 'failed', exitCode: 143, stdout: 'ready\n' });
        expect(rig().marked(marker)).toHaveLength(1);
      },
    );

    test.if(posixOnly)('with tree it reaches what left the session, too, and nothing that only watches', async () => {
      const marker = rig().marker();
      const id = await rig().exec(`trap 'echo caught; exit 4' TERM; setsid sleep ${marker} & sleep ${marker}; wait`);
      await rig().waitFor('both to run', () => rig().marked(marker).length === 2);
      // The shell and both programs.
      expect(await signal(id, { signal: 'SIGTERM', tree: true })).toMatchObject({ body: { signalled: 3 } });
      expect(await rig().finished(id)).toMatchObject({ status: 'failed', exitCode: 4, stdout: 'caught\n' });
      await rig().waitFor('both to be gone', () => rig().marked(marker).length === 0);
    });

    test.if(posixOnly)('a job can be stopped and go on', async () => {
      const marker = rig().marker();
      const id = await rig().exec(`sleep ${marker}`);
      await rig().waitFor('it to run', () => rig().marked(marker).length === 1);
      const both = { signalled: expect.any(Number) };
      expect(await signal(id, { signal: 'SIGSTOP', tree: true })).toMatchObject({ status: 200, body: both });
      expect(await signal(id, { signal: 'SIGCONT', tree: true })).toMatchObject({ status: 200, body: both });
      expect(await signal(id, { signal: 'SIGKILL', tree: true })).toMatchObject({ status: 200, body: both });
      expect(await rig().finished(id)).toMatchObject({ status: 'failed', exitCode: 137, timedOut: false });
      // The shell may be gone a moment before the program.
      await rig().waitFor('it to be gone', () => rig().marked(marker).length === 0);
    });

    test.if(posixOnly)('every name that the system has is sent, also those that Bun does not know', async () => {
      for (const name of ['SIGPWR', 'SIGSTKFLT', 'SIGPOLL'].filter((one) => one in constants.signals)) {
        const marker = rig().marker();
        const id = await rig().exec(`exec sleep ${marker}`);
        await rig().waitFor('it to run', () => rig().marked(marker).length === 1);
        expect(await signal(id, { signal: name })).toMatchObject({ status: 200, body: { signalled: 1 } });
        const exitCode = 128 + constants.signals[name as NodeJS.Signals];
        expect(await rig().finished(id)).toMatchObject({ status: 'failed', exitCode });
      }
    });

    test.if(!posixOnly)('Ctrl-Break, and the two that end, are the signals of Windows', async () => {
      for (const name of ['SIGTERM', 'SIGKILL']) {
        const marker = rig().marker();
        const id = await rig().exec(rig().commands.hang(marker));
        await rig().waitFor('it to run', () => rig().marked(marker).length === 1);
        const { status, body } = await signal(id, { signal: name, tree: true });
        expect({ name, status }).toEqual({ name, status: 200 });
        expect((body as { signalled: number }).signalled).toBeGreaterThan(1);
        expect(await rig().finished(id)).toMatchObject({ status: 'failed', exitCode: 1, timedOut: false });
        await rig().waitFor('it to be gone', () => rig().marked(marker).length === 0);
      }
      // Not with a program that has a use of its own for Ctrl-Break, such as ping.
      const interrupted = await rig().exec(rig().commands.waitForFile(rig().gate().path));
      await rig().running(interrupted);
      expect(await signal(interrupted, { signal: 'SIGINT' })).toMatchObject({ status: 200, body: { signalled: 1 } });
      expect(await rig().finished(interrupted)).toMatchObject({ status: 'failed', timedOut: false });
      const gate = rig().gate();
      const id = await rig().exec(rig().commands.waitForFile(gate.path));
      await rig().running(id);
      expect(await signal(id, { signal: 'SIGHUP' })).toMatchObject({ status: 400 });
      gate.open();
      await rig().finished(id);
    });

    test('what cannot be signalled is refused with the reason', async () => {
      const gate = rig().gate();
      const id = await rig().exec(rig().commands.waitForFile(gate.path));
      await rig().running(id);
      const named = await signal(id, { signal: 'SIGNOTHING' });
      expect(named).toMatchObject({ status: 400, body: { error: 'no such signal on this machine: "SIGNOTHING"' } });
      expect(await signal(id, {})).toMatchObject({ status: 400 });
      expect(await signal(id, { signal: 9 })).toMatchObject({ status: 400 });
      expect(await signal(id, { signal: 'SIGINT', tree: 'yes' })).toMatchObject({ status: 400 });
      expect(await signal('000000000000', { signal: 'SIGINT' })).toMatchObject({ status: 404 });
      gate.open();
      await rig().finished(id);
      const over = await signal(id, { signal: 'SIGTERM' });
      expect(over).toMatchObject({ status: 409, body: { error: 'the job has ended' } });
    });

    test('a job that waits, and one in a shell that is kept, have no process to signal', async () => {
      await using single = await Rig.start(door, { flags: { 'max-jobs': '1' } });
      const gate = single.gate();
      const kept = await single.exec(single.sessionCommands.waitForFile(gate.path), {
        mode: MODE,
        shell: plainShell(door),
        sessionKey: 'kept',
      });
      await single.running(kept);
      const waiting = await single.exec(single.commands.print('later'));
      const ask = (id: string) => single.ask(`/jobs/${id}/signal`, { json: { signal: 'SIGINT' } });
      expect(await ask(waiting)).toMatchObject({ status: 409, body: { error: 'the job has not started yet' } });
      const error = expect.stringContaining('no process of their own');
      expect(await ask(kept)).toMatchObject({ status: 409, body: { error } });
      gate.open();
      expect(await single.finished(kept)).toMatchObject({ status: 'completed' });
      expect(await single.finished(waiting)).toMatchObject({ status: 'completed' });
    });
  });
}
