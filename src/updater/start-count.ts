/**
 * Counts the starts of a version on trial, since one that keeps ending cannot tell it itself: neither without a supervisor
 * nor when the supervisor is of that version too. An end in good order takes its start back.
 */
import type { Installation } from './installation.ts';
import { readRecord, writeRecord, type Trial } from './record.ts';
import { rollBack } from './rollback.ts';

/** The first is that of the process which was updated. */
const MAX_STARTS = 3;

/** The trial that goes on; undefined when it is over, because this would have been one start too many. */
export async function countStart(installation: Installation, trial: Trial): Promise<Trial | undefined> {
  if (trial.starts >= MAX_STARTS) {
    await rollBack(installation, trial, `it was started ${trial.starts} times and did not stay up`);
    return undefined;
  }
  return setStarts(installation, trial, trial.starts + 1);
}

/** For whoever has counted a start and now ends in good order. Throws what the file system throws. */
export function takeBackStart(installation: Installation, dataPath: string): void {
  const { trial } = readRecord(installation.files, installation.place);
  if (trial?.dataPath === dataPath && trial.starts > 0) setStarts(installation, trial, trial.starts - 1);
}

function setStarts({ files, place }: Installation, trial: Trial, starts: number): Trial {
  const counted = { ...trial, starts };
  writeRecord(files, place, { ...readRecord(files, place), trial: counted });
  return counted;
}
