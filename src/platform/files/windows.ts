/**
 * Names that Windows reads otherwise than they show. They are refused before any file system call is made with
 * them: already looking at a UNC path sends the user's NTLM hash to a stranger (CVE-2024-35178), and device names,
 * streams and trailing dots get around what was checked of a path (CVE-2025-27210).
 * https://learn.microsoft.com/windows/win32/fileio/naming-a-file
 */
import { win32 } from 'node:path';
import { confinePath } from './confined-path.ts';
import type { FileSystemRules } from './file-system.ts';
import { findRealPath, type PathNames } from './path-walk.ts';
import { readLink } from './read-link.ts';

/** `..` is taken out before the system looks at anything. */
export const windowsNames: PathNames = {
  paths: win32,
  refusal(path) {
    if (isRefusedPath(path)) return 'is a name that Windows reads otherwise than it shows';
    return DRIVE_WITHOUT_ROOT.test(path) ? 'depends on the current folder of a drive' : undefined;
  },
  absolute: (base, path) => win32.resolve(base, path),
  // Both ways: `ſ` is an `S` in upper case, and the Kelvin sign a `k` in lower case, but Windows keeps them apart.
  isSameName: (a, b) => a.toLowerCase() === b.toLowerCase() && a.toUpperCase() === b.toUpperCase(),
};

export const windowsFiles: FileSystemRules = {
  // Owners are in access lists there; what a stat says is always 0.
  ownersOf: () => ({ owner: undefined, group: undefined }),
  isRefusedPath,
  // There are no modes: the access list that the profile folder hands down keeps others out.
  describeExposure: () => undefined,
  findRealPath: (base, path) => findRealPath(windowsNames, readLink, base, path),
  confinePath: (root, path) => confinePath(windowsNames, readLink, root, path),
};

/** UNC, `\\?\`, `\\.\` and `\??\`, with slashes of either kind. */
const NAMESPACE = /^[\\/]{2}|^[\\/]\?\?[\\/]/;
/** `C:name` is in whatever folder was last the current one of drive C. */
const DRIVE_WITHOUT_ROOT = /^[a-z]:(?![\\/])/i;
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)/i;

function isRefusedPath(path: string): boolean {
  if (NAMESPACE.test(path)) return true;
  const [, rest = ''] = /^(?:[a-z]:)?([\s\S]*)$/i.exec(path) ?? [];
  return rest.split(/[\\/]/).some(isRefusedName);
}

function isRefusedName(name: string): boolean {
  if (name === '.' || name === '..') return false;
  return name.includes(':') || /[. ]$/.test(name) || DEVICE.test(name);
}
