/** Places that differ between systems. */
import type { Environment } from '../../core/environment.ts';

export interface Paths {
  /** Folder of jobs and their output, where no setting names another. */
  readonly defaultDataPath: (env: Environment) => string;
  /** Folder of what a user has chosen for the command line. */
  readonly userConfigPath: (env: Environment) => string;
  /** The key file of devpilot-agent 0.4: an inherited place, so that it can be replaced by this program unnoticed. */
  readonly keyFilePath: (env: Environment) => string;
  readonly editorFiles: (env: Environment) => EditorFiles;
}

/** Where editors keep the settings of their user. */
export interface EditorFiles {
  /** https://zed.dev/docs/configuring-zed */
  readonly zed: string;
  /** https://code.visualstudio.com/docs/configure/settings#_settings-json-file */
  readonly vscode: string;
  /** https://www.jetbrains.com/help/ai-assistant/acp.html */
  readonly jetbrains: string;
}
