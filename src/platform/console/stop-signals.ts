/** What tells a server to stop. Closing its console window is SIGHUP to Node on Windows too; Ctrl-Break is Windows' own. */
import { isWindows } from '../paths.ts';

export const STOP_SIGNALS: readonly NodeJS.Signals[] = isWindows
  ? ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK']
  : ['SIGINT', 'SIGTERM', 'SIGHUP'];
