/** A start without a supervisor, of a version that may be on trial: nobody else notices that it keeps ending. */
import type { Log } from '../../../core/log.ts';
import { messageOf } from '../../../core/failure.ts';
import { isUnused } from '../../../platform/files/data-lock.ts';
import { realPath } from '../../../platform/files/real-path.ts';
import type { Config } from '../../../settings/config.ts';
import { ownInstallation } from '../../../updater/own-installation.ts';
import { startAlone } from '../../../updater/start-alone.ts';
import { VERSION } from '../../../version.ts';

/** True when the version before has been put back, and is to be started instead of this one. */
export async function failsToStayUp({ dataPath }: Config, log: Log): Promise<boolean> {
  const installation = ownInstallation(log);
  // A start that will be refused counts for nothing.
  if (installation === undefined || !isUnused(dataPath)) return false;
  try {
    return (await startAlone(installation, realPath(dataPath), VERSION)) === 'rolled-back';
  } catch (error) {
    log.error('an update that was interrupted cannot be repaired', { detail: messageOf(error) });
    return false;
  }
}
