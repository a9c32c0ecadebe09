/** The contract's suites of persistent shells with PowerShell 7 itself, through the Windows executable. */
import { describe } from 'bun:test';
import { acpShellSuite } from '../contract/suite-acp-shell.ts';
import { sessionLifeSuite } from '../contract/suite-session-life.ts';
import { sessionRefusalsSuite } from '../contract/suite-session-refusals.ts';
import { sessionsSuite } from '../contract/suite-sessions.ts';
import type { Door } from '../support/doors.ts';
import { openExecutable } from './executable.ts';
import { openPowerShell } from './powershell.ts';
import { PWSH_COMMANDS } from './pwsh-commands.ts';

const WHO = 'the contract of sessions with pwsh.exe';
const executable = await openExecutable(WHO);
const powershell = executable === undefined ? undefined : await openPowerShell(WHO);
if (executable !== undefined && powershell !== undefined) {
  const door: Door = {
    ...executable,
    sessionShell: { name: 'pwsh', commands: PWSH_COMMANDS },
    open: (place) => executable.open({ ...place, env: { ...powershell.env, ...place.env } }),
  };
  describe('pwsh', () => {
    sessionsSuite(door);
    sessionLifeSuite(door);
    sessionRefusalsSuite(door);
    acpShellSuite(door);
  });
}
