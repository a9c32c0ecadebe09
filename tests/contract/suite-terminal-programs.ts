/** terminals.md, the resource: the screen as a person sees it, and commands that are typed and waited for. */
import { describe, expect, test } from 'bun:test';
import type { TerminalExecuteAnswer, TerminalScreen } from '../../src/protocol/terminal.ts';
import type { Door } from '../support/doors.ts';
import { sharedRig } from './shared-rig.ts';
import { linesFor, openTerminal } from './terminal-lines.ts';

export function terminalProgramsSuite(door: Door): void {
  describe('terminals for programs', () => {
    const rig = sharedRig(door);
    const execute = async (id: string, json: object) =>
      (await rig().ask(`/terminals/${id}/execute`, { json })) as { status: number; body: TerminalExecuteAnswer };

    test('a command is typed, and answered with what it printed', async () => {
      const { id } = await openTerminal(rig());
      expect(await execute(id, { command: 'echo hello' })).toMatchObject({
        status: 200,
        body: { output: expect.stringMatching(/^hello\n*$/), status: 'done', exitCode: null, dropped: 0 },
      });
      const screen = await rig().get<TerminalScreen>(`/terminals/${id}/screen`);
      expect(screen).toMatchObject({ cols: 80, rows: 24, alternate: false, title: expect.any(String) });
      expect(screen.lines.length).toBe(24);
      expect(screen.lines).toContain('hello');
      expect(screen.cursor).toMatchObject({ x: expect.any(Number), y: expect.any(Number), visible: true });
      await rig().ask(`/terminals/${id}`, { method: 'DELETE' });
    });

    test.skipIf(door.platform !== 'posix')(
      'a shell with marks tells exit codes, and goes on when the time is over',
      async () => {
        const { id } = await openTerminal(rig(), { shell: 'bash' });
        expect((await execute(id, { command: 'echo $((6*7)); (exit 3)' })).body).toEqual({
          output: '42\n',
          status: 'done',
          exitCode: 3,
          dropped: 0,
        });
        expect((await execute(id, { command: 'sleep 30', timeout: 0.3 })).body).toEqual({
          output: '',
          status: 'running',
          exitCode: null,
          dropped: 0,
        });
        await rig().ask(`/terminals/${id}`, { method: 'DELETE' });
      },
    );

    test.skipIf(door.platform !== 'posix')(
      'what is typed already is read first, a line that is begun is refused or cleared, and an open quote says so',
      async () => {
        const { id } = await openTerminal(rig(), { shell: 'bash' });
        await execute(id, { command: 'true' });
        await rig().post(`/terminals/${id}/input`, { data: 'echo theirs\r' });
        expect((await execute(id, { command: 'echo ours' })).body).toMatchObject({ output: 'ours\n', exitCode: 0 });
        await rig().post(`/terminals/${id}/input`, { data: 'echo junk ' });
        expect(await execute(id, { command: 'echo ours' })).toMatchObject({
          status: 409,
          body: { error: expect.stringContaining('clear:true') },
        });
        const cleared = await execute(id, { command: 'echo "open', clear: true });
        expect(cleared.body).toEqual({ output: '', status: 'continuation', exitCode: null, dropped: 0 });
        expect((await execute(id, { command: 'echo ours' })).status).toBe(409);
        expect((await execute(id, { command: 'echo ours', clear: true })).body.output).toBe('ours\n');
        await rig().ask(`/terminals/${id}`, { method: 'DELETE' });
      },
    );

    test('what cannot be executed says why', async () => {
      const { id } = await openTerminal(rig());
      for (const json of [
        {},
        { command: '' },
        { command: '\u0003' },
        { command: 'x', clear: 1 },
        { command: 'x', timeout: 0 },
        { command: 'x', timeout: 1e9 },
      ])
        expect(await execute(id, json)).toMatchObject({ status: 400, body: { error: expect.any(String) } });
      const first = execute(id, { command: 'echo hi' });
      expect(await execute(id, { command: 'echo hi' })).toMatchObject({ status: 409 });
      await first;
      await rig().post(`/terminals/${id}/input`, { data: `exit${linesFor(rig()).enter}` });
      await rig().waitFor('the exit', async () => (await execute(id, { command: 'echo hi' })).status === 409);
      expect(await execute(id, { command: 'echo hi' })).toMatchObject({
        status: 409,
        body: { error: 'the terminal has exited' },
      });
      // Its last screen stays.
      expect((await rig().get<TerminalScreen>(`/terminals/${id}/screen`)).lines.join('\n')).toContain('exit');
      for (const path of ['screen', 'execute'])
        expect(
          await rig().ask(`/terminals/none/${path}`, path === 'execute' ? { json: { command: 'x' } } : {}),
        ).toMatchObject({
          status: 404,
          body: { error: 'terminal not found' },
        });
      await rig().ask(`/terminals/${id}`, { method: 'DELETE' });
    });
  });
}
