/** Tells which agents are there, and whether they are logged in, as far as that can be known from outside. */
import { AgentRegistry, type AgentListing } from '../../agents/registry/agent-registry.ts';
import type { Environment } from '../../core/environment.ts';
import { withoutSecrets } from '../../platform/files/key-file.ts';
import { createLauncher } from '../../platform/process/index.ts';
import type { Config } from '../../settings/config.ts';
import { PROGRAM } from '../command/program.ts';
import { findLogin } from './agent-logins.ts';
import { reporter, type Finding } from './finding.ts';

/** What a listing and the answer of a server have in common. */
export type KnownAgent = Pick<AgentListing, 'id' | 'name' | 'installed' | 'version'>;

const report = reporter('agent');

/** Of this machine, where no server runs that could be asked. */
export async function lookUpAgents({ cwd, agents }: Config, env: Environment): Promise<readonly KnownAgent[]> {
  await using registry = new AgentRegistry({
    launcher: createLauncher(),
    env: withoutSecrets(env),
    cwd,
    configured: agents,
  });
  // The first look has the programs asked what they are.
  registry.list();
  await registry.settled();
  return registry.list();
}

/** `here`: whether they are on this machine, where traces of a login can be looked for. */
export function agentFindings(agents: readonly KnownAgent[], here: boolean, env: Environment): Finding[] {
  const installed = agents.filter((agent) => agent.installed);
  if (installed.length > 0) return installed.map((agent) => agentFinding(agent, here, env));
  return [
    report('warn', 'none of the known agents is on the PATH; needed for: ask', `install one of: ${PROGRAM} agents`),
  ];
}

function agentFinding({ id, name, version }: KnownAgent, here: boolean, env: Environment): Finding {
  const what = `${name}${version === undefined ? '' : ` ${version}`} (${id})`;
  const login = here ? findLogin(id, env) : 'not-known';
  if (login === 'not-known') return report('ok', `${what}; whether it is logged in is not known`);
  return login.trace === undefined
    ? report(
        'warn',
        `${what}; no login found in files and variables, but it may be in a keyring`,
        `log in: ${login.how}`,
      )
    : report('ok', `${what}; logged in, by ${login.trace}`);
}
