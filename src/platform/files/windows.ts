/**
 * Names that Windows reads otherwise than they show. They are refused before any file system call is made with
 * them: already looking at a UNC path sends the user's NTLM hash to a stranger (CVE-2024-35178), and device names,
 * streams and trailing dots get around what was checked of a path (CVE-2025-27210).
 * https://learn.microsoft.com/windows/win32/fileio/naming-a-file
 */
import type { FileSystemRules } from './file-system.ts';

export const windowsFiles: FileSystemRules = {
  isRefusedPath,
  // There are no modes: the access list that the profile folder hands down keeps others out.
  describeExposure: () => undefined,
};

/** UNC, `\\?\`, `\\.\` and `\??\`, with slashes of either kind. */
const NAMESPACE = /^[\\/]{2}|^[\\/]\?\?[\\/]/;
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
