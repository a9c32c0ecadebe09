/** Folders and files known by their identity on the file system, so that another spelling of one is the same one. */
import { lstatSync } from 'node:fs';
import { machinePaths } from '../platform/machine-paths/index.ts';
import type { RawPath } from '../platform/machine-paths/machine-paths.ts';

const { paths } = machinePaths;

export interface Identified {
  readonly path: RawPath;
  /** Undefined where there is nothing. */
  readonly identity: string | undefined;
}

export const isSame = (a: Identified, b: Identified): boolean =>
  a.path === b.path || (a.identity !== undefined && a.identity === b.identity);

/** What is at a path without links. */
export const identified = (path: RawPath): Identified => ({ path, identity: identityOf(path) });

/** Itself, and every folder that it is in. */
export function withFoldersAbove(path: RawPath): Identified[] {
  const above: Identified[] = [];
  for (let at = path; ; at = paths.dirname(at)) {
    above.push(identified(at));
    if (paths.dirname(at) === at) return above;
  }
}

function identityOf(path: RawPath): string | undefined {
  try {
    const { dev, ino } = lstatSync(machinePaths.forSystem(path), { bigint: true });
    // A file system that numbers nothing.
    return ino === 0n ? undefined : `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
