/**
 * Puts the new executable in the place of the old one. Whatever happens in between, the record tells the next start how
 * far it came (recover.ts).
 *
 *   4 the record says that a swap has begun
 *   5 the old executable has a name of its own
 *   6 the new one is in its place
 */
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import type { Installation } from './installation.ts';
import { readRecord, withoutTrial, writeRecord, type UpdateRecord } from './record.ts';

export interface Swap {
  readonly version: string;
  readonly seq: number;
  /** Unix milliseconds. */
  readonly issued: number;
  readonly previous: string;
  readonly dataPath: string;
  /** Unix milliseconds. */
  readonly now: number;
}

export type SwapFailure =
  | { readonly reason: 'swap-failed'; readonly detail: string }
  /** Another server of the same executable has been updated, and its new version has yet to prove itself. */
  | { readonly reason: 'other-trial'; readonly version: string }
  /** The file is not the one that this server runs from. */
  | { readonly reason: 'replaced' };

/** Where it fails nothing has changed. */
export async function swap(
  installation: Installation,
  { version, seq, issued, previous, dataPath, now }: Swap,
): Promise<Result<void, SwapFailure>> {
  const { files, executable, place } = installation;
  const before = readRecord(files, place);
  const obstacle = obstacleTo(installation);
  if (obstacle !== undefined) return fail(obstacle);
  const old = place.old(previous);
  try {
    // Left by an earlier update from the same version, which something still ran from then.
    files.remove(old);
    const trial = { phase: 'swapping', version, previous, seq, issued, dataPath, startedAt: now, starts: 0 } as const;
    writeRecord(files, place, { ...before, trial });
  } catch (error) {
    return fail({ reason: 'swap-failed', detail: messageOf(error) });
  }
  try {
    await executable.replace(files, { path: place.executable, fresh: place.fresh(version), old });
    return ok(undefined);
  } catch (error) {
    undo(installation, before, old);
    return fail({ reason: 'swap-failed', detail: messageOf(error) });
  }
}

/** What another server of the same executable, or somebody by hand, has done since this one started. */
export function obstacleTo({ files, place, identity }: Installation): SwapFailure | undefined {
  const { trial } = readRecord(files, place);
  if (trial !== undefined) return { reason: 'other-trial', version: trial.version };
  return files.identity(place.executable) === identity ? undefined : { reason: 'replaced' };
}

/** What cannot be undone now is put right by the next start. */
function undo({ files, place }: Installation, before: UpdateRecord, old: string): void {
  try {
    writeRecord(files, place, withoutTrial(before));
    if (files.exists(place.executable)) files.remove(old);
  } catch {
    // Told by the failure that has led here.
  }
}
