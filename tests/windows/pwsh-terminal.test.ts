/**
 * Commands in a terminal with PowerShell 7 itself, on Windows and in Wine, whose console shows the marks of terminals as
 * text: they are noticed there, and are no output.
 */
import { describe, expect, test } from 'bun:test';
import type { TerminalExecuteAnswer } from '../../src/protocol/terminal.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { openTerminal } from '../contract/terminal-lines.ts';
import type { Door } from '../support/doors.ts';
import { openExecutable } from './executable.ts';
import { openPowerShell } from './powershell.ts';

const WHO = 'commands in a terminal with pwsh.exe';
const executable = await openExecutable(WHO);
const powershell = executable === undefined ? undefined : await openPowerShell(WHO);
if (executable !== undefined && powershell !== undefined) {
  const door: Door = {
    ...executable,
    open: (place) => executable.open({ ...place, env: { ...powershell.env, ...place.env } }),
  };
  describe('a terminal with pwsh.exe', () => {
    const rig = sharedRig(door);

    test('answers with what a command printed, and with nothing of the marks', async () => {
      // Wide enough: that console breaks a prompt with its marks into lines.
      const { id } = await openTerminal(rig(), { shell: powershell.path, cols: 400 });
      const execute = async (command: string) =>
        (await rig().ask(`/terminals/${id}/execute`, { json: { command, timeout: 60 } })) as {
          status: number;
          body: TerminalExecuteAnswer;
        };
      for (const word of ['first', 'second', 'third']) {
        const { status, body } = await execute(`"${word} $(6 * 7)"`);
        expect({ status, body }).toMatchObject({ status: 200, body: { status: 'done' } });
        expect(body.output).toMatch(new RegExp(`^\\s*${word} 42\\s*$`));
      }
      await rig().ask(`/terminals/${id}`, { method: 'DELETE' });
    }, 240_000);
  });
}
