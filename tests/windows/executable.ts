/** The executable for windows-x64: where the build leaves it, and how tests open it as a door. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Door } from '../support/doors.ts';
import { LAB_ROOT, labMissing, openLab } from '../support/wine.ts';
import { windowsExecutable } from './door.ts';
import { installScriptedAgent } from './scripted-agent.ts';

export const EXECUTABLE = resolve(import.meta.dir, '../../dist/agent-server-windows-x64.exe');

/** Prints one line when `who` has to be skipped. */
export async function openExecutable(who: string): Promise<Door | undefined> {
  const there = await Bun.file(EXECUTABLE).exists();
  const missing = labMissing() ?? (there ? undefined : `${EXECUTABLE} is not there: npm run build`);
  if (missing !== undefined) {
    console.log(`${who}: skipped, ${missing}`);
    return undefined;
  }
  const lab = await openLab();
  const program = await lab.install(EXECUTABLE);
  const folder = join(LAB_ROOT, 'tmp');
  mkdirSync(folder, { recursive: true });
  // Where the rigs make their worlds: both sides must see them.
  process.env['TMPDIR'] = folder;
  return windowsExecutable(program, await installScriptedAgent(lab));
}
