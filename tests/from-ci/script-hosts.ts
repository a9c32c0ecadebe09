/** The programs that run the scripts of docs/from-ci.md, those of them that are on this machine. */
import { PWSH, whyNoPowerShell } from '../install/powershell-world.ts';
import { here, whyNoShell } from '../install/shells.ts';

export interface ScriptHost {
  readonly name: string;
  /** The command line that runs the script with this command. */
  readonly run: (command: string) => readonly string[];
  /** The signal of a runner that cancels a build; PowerShell cleans up after no other. */
  readonly cancel: { readonly signal: NodeJS.Signals; readonly code: number };
}

export const whyNoCurl = whyNoShell ?? (Bun.which('curl') === null ? 'there is no curl' : undefined);
if (whyNoCurl !== undefined) console.log(`docs/from-ci.md and README.md in POSIX shells: skipped, ${whyNoCurl}`);

export const SHELLS = whyNoCurl === undefined ? here : [];

const posix = SHELLS.map((shell): ScriptHost => ({
  name: shell.join(' '),
  run: (command) => [...shell, 'ci/agent-run.sh', command],
  cancel: { signal: 'SIGTERM', code: 143 },
}));

const powershell: ScriptHost = {
  name: 'pwsh',
  run: (command) => [PWSH ?? 'pwsh', '-NoLogo', '-NoProfile', '-NonInteractive', '-File', 'ci/agent-run.ps1', command],
  cancel: { signal: 'SIGINT', code: 130 },
};

if (whyNoPowerShell !== undefined) console.log(`docs/from-ci.md in PowerShell: skipped, ${whyNoPowerShell}`);
export const SCRIPT_HOSTS: readonly ScriptHost[] = [...posix, ...(whyNoPowerShell === undefined ? [powershell] : [])];
