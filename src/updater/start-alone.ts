/** What a start without a supervisor owes to a trial. Whoever calls holds the data folder. */
import type { Installation } from './installation.ts';
import { recover } from './recover.ts';
import { readRecord, withoutTrial, writeRecord } from './record.ts';
import { countStart } from './start-count.ts';

/** `version`: of this program, which has just been started from the executable's place. */
export async function startAlone(
  installation: Installation,
  dataPath: string,
  version: string,
): Promise<'go-on' | 'rolled-back'> {
  const trial = await recover(installation, dataPath);
  if (trial === undefined) return 'go-on';
  if (trial.version === version) return (await countStart(installation, trial)) === undefined ? 'rolled-back' : 'go-on';
  // Somebody has put another one in its place.
  const { files, place } = installation;
  writeRecord(files, place, withoutTrial(readRecord(files, place)));
  return 'go-on';
}
