/** Which shell a terminal gets where nobody says which, and which programs it must not be given. */
import { isWindows } from './places.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** In order of preference; the first that is there is taken. */
export const terminalShells: (env: Environment) => readonly string[] = isWindows
  ? () => ['pwsh', 'powershell', 'cmd.exe']
  : (env) => [...(env['SHELL'] ? [env['SHELL']] : []), 'bash', 'sh'];
