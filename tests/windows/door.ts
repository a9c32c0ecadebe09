/** The fourth door: the Windows executable, in the Wine lab or, on Windows, directly. */
import { join } from 'node:path';
import type { Door, Place } from '../support/doors.ts';
import { openProcess } from '../support/doors.ts';
import { DRIVE_IN_LAB, LAB_ROOT, labCommand } from '../support/wine.ts';

// The lab is a chroot of its own: what both sides see lies below its root, which Windows calls Z:.
const toNative = (path: string): string => `Z:${path.slice(LAB_ROOT.length).replaceAll('/', '\\')}`;
// Wine sets LOCALAPPDATA itself, so the key file is on C:, one for all.
const DRIVES: Readonly<Record<string, string>> = { C: `${LAB_ROOT}${DRIVE_IN_LAB}`, Z: LAB_ROOT };
const fromNative = (path: string): string => `${DRIVES[path.slice(0, 1)] ?? ''}${path.slice(2).replaceAll('\\', '/')}`;

/** `agent` is the scripted agent as a Windows program, by its path there. */
export const windowsExecutable = (program: string, agent: string): Door => ({
  name: 'Windows executable',
  platform: 'windows',
  mortal: true,
  nativePath: toNative,
  agent: (...flags) => [agent, ...flags].map((word) => `"${word}"`).join(' '),
  // The lab has a PATH of its own, and puts this before it.
  programsIn: (folder) => ({ WINEPATH: toNative(folder) }),
  open(place: Place) {
    const { HOME: _home, PATH: _path, ...rest } = place.env;
    const env = { ...rest, USERPROFILE: toNative(place.home), LOCALAPPDATA: toNative(place.home) };
    const command = labCommand(program, { env, cwd: place.cwd });
    // The lab's own script is what runs here: it needs this machine's environment, not the server's.
    const ours = { PATH: process.env['PATH'] ?? '', WINE_LAB_DIR: join(LAB_ROOT, '..') };
    return openProcess(command, { ...place, env: ours }, { toNative, fromNative });
  },
});
