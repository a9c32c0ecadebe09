/** Whether a server runs here, and whether its port is free or whose. */
import { Client, type HealthAnswer } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import type { Config } from '../../settings/config.ts';
import { codeOf, messageOf } from '../../core/failure.ts';
import { readHolder } from '../../platform/files/data-lock.ts';
import { findApiKey } from '../../platform/files/key-file.ts';
import { isAlive } from '../connection/connect.ts';
import { found, type Environment, type Finding } from './finding.ts';

const ANSWER_WITHIN_MS = 2000;

export async function checkPort({ settings, dataPath }: Config, env: Environment): Promise<Finding> {
  const report = found('port');
  const { host, port } = settings;
  const holder = readHolder(dataPath);
  if (holder !== undefined && isAlive(holder.pid)) {
    const health = await ask(holder.url, env);
    if (health !== undefined) return report(...speaks(`${holder.url} (pid ${holder.pid})`, health));
  }
  if (port === 0) return report('ok', 'any free port will be taken');
  const refused = tryToListen(host, port);
  if (refused === undefined)
    return report('ok', `${port} on ${host} is free; no server runs`, 'start one with: agent-server serve');
  const url = `http://${host.includes(':') ? `[${host.replaceAll(/[[\]]/g, '')}]` : host}:${port}`;
  const health = await ask(url, env);
  if (health?.authenticated === false) {
    return report(
      'fail',
      `${port} on ${host} is in use by a server of another data folder that does not accept this key`,
      'choose another with --port, or use the key of that server',
    );
  }
  if (health !== undefined) return report(...speaks(`${url}, on another data folder`, health));
  if (refused.code === 'EADDRINUSE')
    return report(
      'fail',
      `${port} on ${host} is in use by another program`,
      'choose another with --port, or any free one with --port 0',
    );
  return report('fail', `cannot listen on ${host}:${port}: ${refused.detail}`, 'choose another with --host and --port');
}

function speaks(where: string, health: HealthAnswer): [Finding['level'], string, string?] {
  if (!health.authenticated)
    return ['warn', `a server answers at ${where}, but not to this key`, 'use the key it was started with'];
  const told = `agent-server ${health.version} answers at ${where}, ${health.jobs_active} of ${health.jobs} jobs active`;
  return health.problems.length === 0 ? ['ok', told] : ['warn', `${told}; it says: ${health.problems.join('; ')}`];
}

/** Undefined when what answers there, if anything, is no agent-server. */
async function ask(url: string, env: Environment): Promise<HealthAnswer | undefined> {
  try {
    // Without the key first: who has the port may be a stranger.
    const stranger = await new Client({ url }).health({ timeoutMs: ANSWER_WITHIN_MS });
    if (stranger.status !== 'ok' || typeof stranger.authenticated !== 'boolean') return undefined;
    return await new Client({ url, key: findApiKey(env) }).health({ timeoutMs: ANSWER_WITHIN_MS });
  } catch (error) {
    if (error instanceof ClientError) return undefined;
    throw error;
  }
}

function tryToListen(hostname: string, port: number): { code: string | undefined; detail: string } | undefined {
  try {
    Bun.listen({ hostname, port, exclusive: true, socket: { data() {} } }).stop(true);
    return undefined;
  } catch (error) {
    return { code: codeOf(error), detail: messageOf(error) };
  }
}
