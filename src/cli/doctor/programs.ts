/** Programs that this one uses where they are there, and how to get them. */
import { accessSync, constants } from 'node:fs';
import { commandShell, commandShellAdvice, installAdvice } from '../../platform/programs/index.ts';
import type { Environment } from '../../core/environment.ts';
import { found, type Finding } from './finding.ts';

interface Program {
  readonly name: string;
  readonly purpose: string;
  readonly get: string;
}

const POWERSHELL: Program = {
  name: 'pwsh',
  purpose: 'persistent PowerShell sessions',
  get: installAdvice(
    'Microsoft.PowerShell',
    'https://learn.microsoft.com/powershell/scripting/install/install-powershell',
  ),
};

const OPTIONAL: readonly Program[] = [
  POWERSHELL,
  {
    name: 'git',
    purpose: 'commands that work on repositories',
    get: installAdvice('Git.Git', 'https://git-scm.com/downloads'),
  },
  {
    name: 'devtunnel',
    purpose: 'reaching this server from elsewhere',
    get: installAdvice('Microsoft.devtunnel', 'https://learn.microsoft.com/azure/developer/dev-tunnels/get-started'),
  },
];

export function checkPrograms(env: Environment): Finding[] {
  return [checkShell(env), ...OPTIONAL.map((program) => checkOptional(program, env))];
}

/** The one that runs every command; nothing goes without. */
function checkShell(env: Environment): Finding {
  const report = found('shell');
  const path = commandShell(env);
  try {
    accessSync(path, constants.X_OK);
    return report('ok', path);
  } catch {
    return report('fail', `${path} cannot be run, and every command needs it`, commandShellAdvice);
  }
}

function checkOptional({ name, purpose, get }: Program, env: Environment): Finding {
  const report = found(name);
  const path = Bun.which(name, { PATH: env['PATH'] ?? env['Path'] ?? '' });
  return path === null ? report('warn', `not found; needed for ${purpose}`, `get it: ${get}`) : report('ok', path);
}
