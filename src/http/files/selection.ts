/** Which files below a folder a request is about: globs, and where a listing goes on. */
import { fail, ok, type Result } from '../../core/failure.ts';
import { PathGlob, type GlobInvalid } from '../../files/ignore/path-glob.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';

/** Of one request. */
export const MAX_GLOBS = 100;

export const GLOB =
  'A glob with the meaning of .gitignore: without a slash it is held against each name, with one against the path from the folder, and one at its end means folders alone; `*`, `?`, `**`, `[…]` and `{a,b}`.';

export function readGlobs(texts: readonly string[]): Result<readonly PathGlob[], GlobInvalid> {
  const globs: PathGlob[] = [];
  for (const text of texts) {
    const glob = PathGlob.read(text);
    if (!glob.ok) return glob;
    globs.push(glob.value);
  }
  return ok(globs);
}

const BYTES = 'bytes:';

/** A path as text, with no loss. */
export function cursorOf(path: RawPath): string {
  const bytes = machinePaths.untextualBytes(path);
  return bytes === undefined ? machinePaths.toText(path) : `${BYTES}${Buffer.from(bytes).toString('base64')}`;
}

export function readCursor(text: string): Result<RawPath, { readonly reason: 'cursor-invalid' }> {
  const path = text.startsWith(BYTES)
    ? (machinePaths.fromBytes?.(Buffer.from(text.slice(BYTES.length), 'base64')) ?? '')
    : machinePaths.fromText(text);
  return machinePaths.isAbsolute(path) && !path.includes('\0') ? ok(path) : fail({ reason: 'cursor-invalid' });
}
