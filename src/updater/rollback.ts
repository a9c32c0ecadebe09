/** The end of a trial, either way. Each step is safe to repeat, so that a crash in between is finished by the next start. */
import { messageOf } from '../core/failure.ts';
import type { Installation } from './installation.ts';
import { readRecord, withBad, withoutTrial, writeRecord, type Trial, type UpdateRecord } from './record.ts';

/** Whether the file on trial is still the one in its place: somebody may have installed another one by hand. */
export const isStill = ({ files, place }: Installation, { file }: Trial): boolean =>
  file === undefined || !files.exists(place.executable) || files.identity(place.executable) === file;

/** The new version has proven itself. Throws where that cannot be noted. */
export function commit({ files, place, log }: Installation, { version, previous }: Trial): void {
  writeRecord(files, place, withoutTrial(readRecord(files, place)));
  log.info('the update is complete', { version, previous });
  try {
    files.remove(place.old(previous));
  } catch {
    // Windows: something runs from it still, such as the supervisor; a later start removes it.
  }
}

/**
 * The old version is put back. `fault`: whose it was; a version that failed is noted as bad, and one that the machine
 * did not let start (its port was taken) may come again. The server on trial must have ended.
 */
export async function rollBack(
  installation: Installation,
  trial: Trial,
  why: string,
  fault: 'version' | 'machine' = 'version',
): Promise<void> {
  const { files, place, log } = installation;
  const { version, previous } = trial;
  const record = readRecord(files, place);
  if (!files.exists(place.old(previous)) || !isStill(installation, trial)) {
    log.error('the update cannot be rolled back: the previous executable is gone, or another one was installed', {
      version,
      previous,
    });
    return writeRecord(files, place, withoutTrial(record));
  }
  const rolling = { ...trial, phase: 'rolling-back', ...(fault === 'version' && { why }) } as const;
  try {
    writeRecord(files, place, { ...record, trial: rolling });
  } catch (error) {
    // A full disk must not keep the old version from coming back: a rename needs no room.
    log.error('the rollback cannot be noted', { detail: messageOf(error) });
  }
  await finishRollback(installation, record, rolling);
}

export async function finishRollback(installation: Installation, record: UpdateRecord, trial: Trial): Promise<void> {
  const { files, executable, place, log } = installation;
  const { version, previous, why, before } = trial;
  const old = place.old(previous);
  // Gone when an earlier try came so far.
  if (files.exists(old)) {
    await executable.restore(files, { path: place.executable, old, aside: place.fresh(version) });
    log.warn('the update was rolled back', { version, previous, ...(why !== undefined && { why }) });
  }
  const over = withoutTrial(record);
  writeRecord(files, place, why === undefined ? { ...over, ...before } : withBad(over, { version, why }));
}
