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

export interface SwapFailure {
  readonly reason: 'swap-failed';
  readonly detail: string;
}

/** Where it fails nothing has changed. */
export async function swap(
  installation: Installation,
  { version, seq, issued, previous, dataPath, now }: Swap,
): Promise<Result<void, SwapFailure>> {
  const { files, executable, place } = installation;
  const before = readRecord(files, place);
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

/** What cannot be undone now is put right by the next start. */
function undo({ files, place }: Installation, before: UpdateRecord, old: string): void {
  try {
    writeRecord(files, place, withoutTrial(before));
    if (files.exists(place.executable)) files.remove(old);
  } catch {
    // Told by the failure that has led here.
  }
}
