/**
 * Names that Windows reads otherwise than they look. They are refused before any file system call is made with
 * them: already looking at a UNC path sends the user's NTLM hash to a stranger (CVE-2024-35178), and device names,
 * streams and trailing dots get around what was checked of a path (CVE-2025-27210).
 * https://learn.microsoft.com/windows/win32/fileio/naming-a-file
 */

/** UNC, `\\?\`, `\\.\` and `\??\`, with slashes of either kind. */
const NAMESPACE = /^[\\/]{2}|^[\\/]\?\?[\\/]/;
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)/i;

export function isRefusedPathWindows(path: string): boolean {
  if (NAMESPACE.test(path)) return true;
  const [, rest = ''] = /^(?:[a-z]:)?([\s\S]*)$/i.exec(path) ?? [];
  return rest.split(/[\\/]/).some(isRefusedName);
}

function isRefusedName(name: string): boolean {
  if (name === '.' || name === '..') return false;
  return name.includes(':') || /[. ]$/.test(name) || DEVICE.test(name);
}

/**
 * What cmd.exe runs though it is started as a program: its arguments are read once more, by cmd.exe's own rules, and
 * `"&calc` in one of them is a command (CVE-2024-27980). Dots and spaces at the end are not part of the name for
 * Windows (CVE-2024-43402).
 */
export const isBatchFile = (path: string): boolean => /\.(?:bat|cmd)[. ]*$/i.test(path);
