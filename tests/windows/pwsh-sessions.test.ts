/** The stories of sessions with PowerShell 7 itself, through the Windows executable. */
import { describe } from 'bun:test';
import { PWSH_ON_WINDOWS } from '../shells/pwsh-on-windows.ts';
import { sessionStories } from '../shells/session-stories.ts';
import { openExecutable } from './executable.ts';
import { openPowerShell } from './powershell.ts';
import { World } from './world.ts';

const WHO = 'the stories of sessions with pwsh.exe';
const door = await openExecutable(WHO);
const powershell = door === undefined ? undefined : await openPowerShell(WHO);
if (door !== undefined && powershell !== undefined) {
  const driver = await World.driverPath();
  const words = { ...PWSH_ON_WINDOWS, tenMillionBytes: () => `& '${driver}' __flood 10000000` };
  describe('pwsh', () => sessionStories(words, { door, env: powershell.env }));
}
