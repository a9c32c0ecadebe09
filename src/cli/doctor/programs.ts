/** Checks the shell, which every command needs, and the optional programs. */
import { accessSync, constants } from 'node:fs';
import type { Environment } from '../../core/environment.ts';
import { commandShell, commandShellAdvice, installAdvice } from '../../platform/programs/index.ts';
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
  install: installAdvice(
    'Microsoft.PowerShell',
    'https://learn.microsoft.com/powershell/scripting/install/install-powershell',
  ),
};

const OPTIONAL: readonly Program[] = [
  POWERSHELL,
  {
    name: 'git',
    purpose: 'commands that work on repositories',
    install: installAdvice('Git.Git', 'https://git-scm.com/downloads'),
  },
  {
    name: 'devtunnel',
    purpose: 'reaching this server from other networks',
    install: installAdvice(
      'Microsoft.devtunnel',
      'https://learn.microsoft.com/azure/developer/dev-tunnels/get-started',
    ),
  },
];

export function checkPrograms(env: Environment): Finding[] {
  return [checkShell(env), ...OPTIONAL.map((program) => checkOptional(program, env))];
}

function checkShell(env: Environment): Finding {
  const report = reporter('shell');
  const path = commandShell(env);
  try {
    accessSync(path, constants.X_OK);
    return report('ok', path);
  } catch {
    return report('fail', `${path} cannot be run, and every command needs it`, commandShellAdvice);
  }
}

function checkOptional({ name, purpose, install }: Program, env: Environment): Finding {
  const report = reporter(name);
  const path = Bun.which(name, { PATH: env['PATH'] ?? env['Path'] ?? '' });
  return path === null
    ? report('warn', `not found; needed for ${purpose}`, `install it: ${install}`)
    : report('ok', path);
}
