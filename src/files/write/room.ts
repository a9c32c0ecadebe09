/** Whether there is room on a disk, before and while something is written: some is left to the rest of the machine. */
import { statfs } from 'node:fs/promises';
import { codeOf, fail, type Result } from '../../core/failure.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';

export type RoomFailure =
  /** Fewer bytes than these would be left. */
  | { readonly reason: 'no-room'; readonly keep: number }
  /** It takes no more at all. */
  | { readonly reason: 'disk-full'; readonly code: string };

export class Room {
  readonly #keep: number;

  /** `keep`: bytes that stay free. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Undefined where `bytes` fit on the disk of the folder, or the system does not tell. */
  async refusal(folder: RawPath, bytes: number): Promise<Result<never, RoomFailure> | undefined> {
    try {
      const { bavail, bsize, blocks } = await statfs(machinePaths.forSystem(folder));
      // A file system without a size of its own reports none.
      if (blocks === 0 || bavail * bsize - bytes >= this.#keep) return undefined;
      return fail({ reason: 'no-room', keep: this.#keep });
    } catch {
      return undefined;
    }
  }
}

/** What a write that failed says of the disk; undefined where it says something else. */
export function roomFailureIn(error: unknown): RoomFailure | undefined {
  const code = codeOf(error);
  return code === 'ENOSPC' || code === 'EDQUOT' ? { reason: 'disk-full', code } : undefined;
}
