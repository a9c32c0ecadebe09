/** An entry as the wire shows it. */
import { toSeconds } from '../../core/clock.ts';
import type { FileEntry } from '../../files/entry.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import type { FileEntry as Wire } from '../../protocol/files.ts';

export function entryView(entry: FileEntry, sha256?: string): Wire {
  const { nameBytes, mode, modifiedAt, createdAt, owner, group, ...same } = entry;
  return {
    ...same,
    ...(nameBytes !== undefined && { nameBytes: Buffer.from(nameBytes).toString('base64') }),
    mode: mode.toString(8).padStart(4, '0'),
    modifiedAt: toSeconds(modifiedAt),
    createdAt: createdAt === undefined ? null : toSeconds(createdAt),
    owner: owner ?? null,
    group: group ?? null,
    ...(sha256 !== undefined && { sha256 }),
  };
}

/** A path as JSON carries it. */
export function pathView(path: RawPath): { readonly path: string; readonly pathBytes?: string } {
  const bytes = machinePaths.untextualBytes(path);
  return {
    path: machinePaths.toText(path),
    ...(bytes !== undefined && { pathBytes: Buffer.from(bytes).toString('base64') }),
  };
}
