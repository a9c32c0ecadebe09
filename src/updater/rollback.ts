/** The end of a trial, either way. Each step is safe to repeat, so that a crash in between is finished by the next start. */
import { messageOf } from '../core/failure.ts';
import type { Installation } from './installation.ts';
import { readRecord, withBad, withoutTrial, writeRecord, type Trial, type UpdateRecord } from './record.ts';

/** The new version has proven itself. */
export function commit({ files, place, log }: Installation, { version, previous }: Trial): void {
  writeRecord(files, place, withoutTrial(readRecord(files, place)));
  log.info('the update is complete', { version, previous });
  try {
    files.remove(place.old(previous));
  } catch {
    // Windows: something runs from it still, such as the supervisor; a later start removes it.
  }
}

/** The old version is put back, and the new one noted as bad. Nothing may run from the new one's data folder any more. */
export async function rollBack(installation: Installation, trial: Trial, why: string): Promise<void> {
  const { files, place } = installation;
  const record = readRecord(files, place);
  const rolling = { ...trial, phase: 'rolling-back', why } as const;
  try {
    writeRecord(files, place, { ...record, trial: rolling });
  } catch (error) {
    // A full disk must not keep the old version from coming back: a rename needs no room.
    installation.log.error('the rollback cannot be noted', { detail: messageOf(error) });
  }
  await finishRollback(installation, record, rolling);
}

export async function finishRollback(installation: Installation, record: UpdateRecord, trial: Trial): Promise<void> {
  const { files, executable, place, log } = installation;
  const { version, previous, why = 'it failed' } = trial;
  const old = place.old(previous);
  if (files.exists(old)) {
    await executable.restore(files, { path: place.executable, old, aside: place.fresh(version) });
    log.warn('the update was rolled back', { version, why, previous });
  } else if (trial.phase !== 'rolling-back') {
    log.error('the update cannot be rolled back, since the previous executable is gone', { version, why, previous });
  }
  writeRecord(files, place, withBad(withoutTrial(record), { version, why }));
}
