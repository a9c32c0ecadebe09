/**
 * Where a copy goes, by the rules of `cp`: into a folder that is there under its own name, else to the path itself. A name of
 * its own that is `.` means what is in the folder.
 */
import { basename, join, sep } from 'node:path';
import type { Side } from './side.ts';

/** A drive in front: there both slashes divide names. */
const OF_WINDOWS = /^[A-Za-z]:/;

/** The last name of a path; empty for a root. */
export function lastName({ at }: Pick<Side, 'at'>, path: string): string {
  if (at === 'here') return basename(path);
  const names = path.split(OF_WINDOWS.test(path) ? /[\\/]/ : '/').filter((name) => name !== '');
  const last = names.at(-1) ?? '';
  return names.length === 1 && OF_WINDOWS.test(last) ? '' : last;
}

export function inFolder({ at }: Pick<Side, 'at'>, folder: string, name: string): string {
  // What is in a root, and what is in a folder that was named with `/.`.
  if (name === '' || name === '.' || name === '..') return folder;
  if (at === 'here') return join(folder, name);
  const divider = OF_WINDOWS.test(folder) && folder.includes('\\') ? '\\' : '/';
  return /[\\/]$/.test(folder) && (divider === '\\' || folder.endsWith('/')) ? folder + name : folder + divider + name;
}

/** A path on a server: the folder above, and the last name. */
export function divided(path: string): { readonly above: string; readonly name: string } {
  const whole = path.replace(/[\\/]+$/, '') || path;
  const name = lastName({ at: 'server' }, whole);
  const above = whole.slice(0, whole.length - name.length);
  // A root keeps its slash.
  return { above: /^([A-Za-z]:)?[\\/]$/.test(above) ? above : above.slice(0, -1), name };
}

/** Whether the path says that a folder is meant. */
export const namesFolder = ({ at }: Pick<Side, 'at'>, path: string): boolean =>
  path.endsWith('/') || (at === 'here' ? path.endsWith(sep) : OF_WINDOWS.test(path) && path.endsWith('\\'));
