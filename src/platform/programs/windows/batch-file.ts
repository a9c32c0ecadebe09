/**
 * A program that is run by cmd.exe, whatever starts it: its arguments are read once more, by cmd.exe's own rules, and
 * `"&calc` in one of them is a command (CVE-2024-27980). Dots and spaces at the end are not part of the name for
 * Windows (CVE-2024-43402).
 */
export function isBatchFile(path: string): boolean {
  return /\.(?:bat|cmd)[. ]*$/i.test(path);
}
