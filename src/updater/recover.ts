/**
 * Puts right what a crash has left half done, before a version is started. It asks the files, not the record, how far a
 * swap came: the record says only what was begun.
 *
 *   nothing at the name     → the old one is put back                    (Windows, between two renames)
 *   swapping, not in place  → no trial; what was kept is removed
 *   swapping, in place      → the trial begins
 *   rolling back            → the rollback is finished
 */
import type { Installation } from './installation.ts';
import { readRecord, withoutTrial, writeRecord, type Trial, type UpdateRecord } from './record.ts';
import { finishRollback, isStill } from './rollback.ts';

/**
 * The trial that is to be supervised now, if it is one of a server with this data folder. Throws what the file system
 * throws: the executable is then as it was.
 */
export async function recover(installation: Installation, dataPath: string): Promise<Trial | undefined> {
  const { files, place, log } = installation;
  putBack(installation);
  const record = readRecord(files, place);
  const { trial } = record;
  if (trial === undefined) return undefined;
  if (trial.dataPath !== dataPath) {
    // Of a server that is gone for good nobody else ends the trial.
    if (!files.exists(trial.dataPath)) writeRecord(files, place, withoutTrial(record));
    return undefined;
  }
  switch (trial.phase) {
    case 'swapping':
      if (isInPlace(installation, trial)) return begin(installation, record, trial);
      files.remove(place.old(trial.previous));
      writeRecord(files, place, withoutTrial(record));
      log.warn('an update was interrupted before its version was in place', { version: trial.version });
      return undefined;
    case 'running':
      if (isStill(installation, trial)) return trial;
      writeRecord(files, place, withoutTrial(record));
      log.warn('another executable was installed during the trial, which ends with that', { version: trial.version });
      return undefined;
    case 'rolling-back':
      await finishRollback(installation, record, trial);
      return undefined;
  }
}

/** The old one has a name of its own, and at its place is another file. */
const isInPlace = ({ files, place }: Installation, { previous }: Trial): boolean =>
  files.exists(place.old(previous)) && files.identity(place.old(previous)) !== files.identity(place.executable);

/** From here on the manifest counts: an older one, or the same, is not accepted again. */
function begin({ files, place }: Installation, record: UpdateRecord, trial: Trial): Trial {
  const { seq: seqBefore, issued: issuedBefore } = record;
  const file = files.identity(place.executable);
  const before = { seq: seqBefore, issued: issuedBefore };
  const running = { ...trial, phase: 'running', before, ...(file !== undefined && { file }) } as const;
  const seq = Math.max(record.seq, trial.seq);
  const issued = Math.max(record.issued, trial.issued);
  writeRecord(files, place, { ...record, seq, issued, trial: running });
  return running;
}

/** The one that a trial would go back to, else the newest of those that were kept. */
function putBack({ files, place, log }: Installation): void {
  if (files.exists(place.executable)) return;
  const kept = files.list(place.folder).flatMap((name) => place.versionOfOld(name) ?? []);
  const { trial } = readRecord(files, place);
  const version = kept.find((one) => one === trial?.previous) ?? kept.toSorted(Bun.semver.order).at(-1);
  if (version === undefined) return;
  files.rename(place.old(version), place.executable);
  log.warn('there was no executable; the previous one has been put back', { version });
}
