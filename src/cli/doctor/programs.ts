/** Checks the shell, which every command needs, and the optional programs. */
import { accessSync, constants } from 'node:fs';
import type { Environment } from '../../settings/config.ts';
import { isWindows } from '../../platform/paths.ts';
import { reporter, type Finding } from './finding.ts';

interface Program {
  readonly name: string;
  readonly purpose: string;
  /** Command or page to install it. */
  readonly install: string;
}

const POWERSHELL: Program = {
  name: 'pwsh',
  purpose: 'persistent PowerShell sessions',
  install: isWindows
    ? 'winget install Microsoft.PowerShell'
    : 'https://learn.microsoft.com/powershell/scripting/install/install-powershell',
};

const OPTIONAL: readonly Program[] = [
  POWERSHELL,
  {
    name: 'git',
    purpose: 'commands that work on repositories',
    install: isWindows ? 'winget install Git.Git' : 'https://git-scm.com/downloads',
  },
  {
    name: 'devtunnel',
    purpose: 'reaching this server from other networks',
    install: isWindows
      ? 'winget install Microsoft.devtunnel'
      : 'https://learn.microsoft.com/azure/developer/dev-tunnels/get-started',
  },
];

export function checkPrograms(env: Environment): Finding[] {
  return [checkShell(env), ...OPTIONAL.map((program) => checkOptional(program, env))];
}

function checkShell(env: Environment): Finding {
  const report = reporter('shell');
  const path = isWindows ? (env['ComSpec'] ?? 'C:\\Windows\\System32\\cmd.exe') : '/bin/sh';
  try {
    accessSync(path, constants.X_OK);
    return report('ok', path);
  } catch {
    return report(
      'fail',
      `${path} cannot be run, and every command needs it`,
      isWindows ? 'set ComSpec to the path of cmd.exe' : 'install a POSIX shell there',
    );
  }
}

function checkOptional({ name, purpose, install }: Program, env: Environment): Finding {
  const report = reporter(name);
  const path = Bun.which(name, { PATH: env['PATH'] ?? env['Path'] ?? '' });
  return path === null
    ? report('warn', `not found; needed for ${purpose}`, `install it: ${install}`)
    : report('ok', path);
}
