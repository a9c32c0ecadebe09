/** Every spelling of a shell that callers use, in any letter case. */
import type { ShellName } from './shell-process.ts';

const SPELLINGS: ReadonlyMap<string, ShellName> = new Map([
  ['pwsh', 'pwsh'],
  ['pwsh.exe', 'pwsh'],
  ['powershell', 'powershell'],
  ['powershell.exe', 'powershell'],
  ['windows-powershell', 'powershell'],
  ['cmd', 'cmd'],
  ['cmd.exe', 'cmd'],
  ['bash', 'bash'],
  ['zsh', 'zsh'],
  ['sh', 'sh'],
]);

export const shellNamed = (spelling: string): ShellName | undefined => SPELLINGS.get(spelling.toLowerCase());
