/**
 * PowerShell 7 itself on Windows, where this machine has one: a folder of files, named by AGENT_SERVER_TEST_PWSH_WIN. It is
 * no part of the project, and the registries do not carry it: what needs it says so and skips.
 */
import { existsSync } from 'node:fs';
import { join, win32 } from 'node:path';
import { labMissing, openLab } from '../support/wine.ts';

export interface InstalledPowerShell {
  /** Of pwsh.exe, as Windows spells it. */
  readonly path: string;
  /** What the program that leads to it must have in its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Prints one line when `who` has to be skipped. */
export async function openPowerShell(who: string): Promise<InstalledPowerShell | undefined> {
  const folder = process.env['AGENT_SERVER_TEST_PWSH_WIN'];
  const missing = labMissing() ?? whyMissing(folder);
  if (folder === undefined || missing !== undefined) {
    console.log(`${who}: skipped, ${missing}`);
    return undefined;
  }
  const installed = await (await openLab()).installFolder(folder);
  const env = {
    // The lab's own setting, without the word that switches .NET off.
    WINEDLLOVERRIDES: 'mshtml=;winemenubuilder.exe=',
    // Where it puts this before its PATH.
    WINEPATH: installed,
    // Without it PowerShell finds no program by a name without its ending.
    PATHEXT: '.COM;.EXE;.BAT;.CMD',
  };
  return { path: win32.join(installed, 'pwsh.exe'), env };
}

function whyMissing(folder: string | undefined): string | undefined {
  if (folder === undefined) return 'AGENT_SERVER_TEST_PWSH_WIN names no folder with a pwsh.exe';
  return existsSync(join(folder, 'pwsh.exe')) ? undefined : `there is no pwsh.exe in ${folder}`;
}
