/** Places that differ between systems. */
import type { Environment } from '../../core/environment.ts';

export interface Paths {
  /** Folder of jobs and their output, where no setting names another. */
  readonly defaultDataPath: (env: Environment) => string;
  /** Folder of what a user has chosen for the command line. */
  readonly userConfigPath: (env: Environment) => string;
  /** The key file of devpilot-agent 0.4: an inherited place, so that it can be replaced by this program unnoticed. */
  readonly keyFilePath: (env: Environment) => string;
}
