/**
 * How the runners of the two services start the script of a step: the file they make of it, and the command line.
 *
 * - https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
 * - https://github.com/microsoft/azure-pipelines-tasks, Tasks/BashV3 and Tasks/PowerShellV2
 */
import { PWSH } from '../install/powershell-world.ts';
import type { BuildMachine } from './build-machine.ts';
import type { PipelineStep } from './pipeline-files.ts';

/** Both services put these lines around a script of PowerShell. */
const powershellScript = (script: string) =>
  `$ErrorActionPreference = 'stop'\n${script}\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }\n`;

/** The command line that runs the step; Windows PowerShell is pwsh here. */
export function commandLine(machine: BuildMachine, { service, shell, script }: PipelineStep): readonly string[] {
  if (shell === 'bash') {
    const path = machine.write('../step.sh', script);
    return ['bash', '--noprofile', '--norc', ...(service === 'github' ? ['-eo', 'pipefail'] : []), path];
  }
  const path = machine.write('../step.ps1', powershellScript(script));
  const quiet = service === 'azure' ? ['-NoLogo', '-NoProfile', '-NonInteractive'] : [];
  return [PWSH ?? 'pwsh', ...quiet, '-Command', `. '${path}'`];
}
