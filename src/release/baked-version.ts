/**
 * The version inside an executable that this machine cannot run: one that was left from an earlier build must not be
 * released as a later one. Read off the text that `bun build --define` and its minifier leave of src/build-info.ts.
 */
import { readFileSync } from 'node:fs';

/** Undefined where it is not found, which says nothing. */
export function bakedVersion(path: string, target: string): string | undefined {
  const bytes = readFileSync(path);
  const end = bytes.indexOf(`",target:"${target}"`);
  if (end < 0) return undefined;
  return /\{version:"([^"]+)$/.exec(bytes.subarray(Math.max(0, end - 100), end).toString('latin1'))?.[1];
}
