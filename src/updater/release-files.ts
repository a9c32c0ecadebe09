/** The names of the files of a release, side by side in one folder, whoever serves it. */

export const MANIFEST_FILE = 'manifest.json';
export const SIGNATURE_FILE = 'manifest.json.minisig';

/** The windows-x64 executable once more, byte for byte, under the name that people download and run. */
export const WINDOWS_DOWNLOAD = 'agent-server.exe';
export const WINDOWS_DOWNLOAD_TARGET = 'windows-x64';

/** The executable for a target such as `linux-x64`. */
export const executableFile = (target: string): string =>
  `agent-server-${target}${target.startsWith('windows') ? '.exe' : ''}`;
