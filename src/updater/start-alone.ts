/** What a start without a supervisor owes to a trial: it counts, since a version that keeps ending counts nothing itself. */
import type { Installation } from './installation.ts';
import { recover } from './recover.ts';
import { readRecord, withoutTrial, writeRecord } from './record.ts';
import { rollBack } from './rollback.ts';

/** The first is that of the process which was updated. */
const MAX_STARTS = 3;

/** `version`: of this program, which has just been started from the executable's place. */
export async function startAlone(
  installation: Installation,
  dataPath: string,
  version: string,
): Promise<'go-on' | 'rolled-back'> {
  const trial = await recover(installation, dataPath);
  if (trial === undefined) return 'go-on';
  const { files, place } = installation;
  const record = readRecord(files, place);
  if (trial.version !== version) {
    // Somebody has put another one in its place.
    writeRecord(files, place, withoutTrial(record));
    return 'go-on';
  }
  if (trial.starts >= MAX_STARTS) {
    await rollBack(installation, trial, `it was started ${trial.starts} times and did not stay up`);
    return 'rolled-back';
  }
  writeRecord(files, place, { ...record, trial: { ...trial, starts: trial.starts + 1 } });
  return 'go-on';
}
