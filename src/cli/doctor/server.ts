/** Checks whether a server runs here, and whether the port is free or which program uses it. */
import type { Client, HealthAnswer } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import type { Config } from '../../settings/config.ts';
import { codeOf, messageOf } from '../../core/failure.ts';
import { readHolder } from '../../platform/files/data-lock.ts';
import type { Health } from '../../protocol/health.ts';
import { newClient } from '../connection/connect.ts';
import { isAlive } from '../connection/is-alive.ts';
import { listed } from '../activity-text.ts';
import { PROGRAM } from '../command/program.ts';
import { reporter, type Finding } from './finding.ts';
import { isAccepted, narrowFinding } from './narrow-key.ts';
import { ANSWER_TIMEOUT_MS } from './timeout.ts';

export interface ServerCheck {
  readonly finding: Finding;
  /** Of the server that was found, where it accepts the key. */
  readonly client?: Client;
}

export async function checkPort({ settings, dataPath }: Config, key: string | undefined): Promise<ServerCheck> {
  const report = only(reporter('port'));
  const { host, port } = settings;
  const holder = readHolder(dataPath);
  if (holder !== undefined && isAlive(holder.pid)) {
    const health = await healthAt(holder.url, key);
    if (health !== undefined) return running(holder.url, ` (pid ${holder.pid})`, health, key);
  }
  if (port === 0) return report('ok', 'any free port will be used');
  const refused = tryToListen(host, port);
  if (refused === undefined)
    return report('ok', `${port} on ${host} is free; no server runs`, `start one with: ${PROGRAM} serve`);
  const url = `http://${host.includes(':') ? `[${host.replaceAll(/[[\]]/g, '')}]` : host}:${port}`;
  const health = await healthAt(url, key);
  if (health?.authenticated === false && !(await isAccepted(url, key))) {
    return report(
      'fail',
      `${port} on ${host} is in use by a server with another data folder, which does not accept this key`,
      'choose another with --port, or use the key of that server',
    );
  }
  if (health !== undefined) return running(url, ', with another data folder', health, key);
  if (refused.code === 'EADDRINUSE')
    return report(
      'fail',
      `${port} on ${host} is in use by another program`,
      'choose another with --port, or any free one with --port 0',
    );
  return report('fail', `cannot listen on ${host}:${port}: ${refused.detail}`, 'choose another with --host and --port');
}

/** A check that has found no server which accepts the key. */
const only =
  (report: ReturnType<typeof reporter>) =>
  (...said: Parameters<typeof report>): ServerCheck => ({ finding: report(...said) });

async function running(
  url: string,
  whose: string,
  health: HealthAnswer,
  key: string | undefined,
): Promise<ServerCheck> {
  const report = reporter('port');
  if (!health.authenticated) {
    if (await isAccepted(url, key)) return { finding: narrowFinding(report, url + whose) };
    const refused = `the server at ${url}${whose} does not accept this key`;
    return { finding: report('warn', refused, 'use the key it was started with') };
  }
  return {
    finding: runningFinding(report, url + whose, health),
    client: newClient({ url, key, timeoutMs: ANSWER_TIMEOUT_MS }),
  };
}

/** `where`: its address, and what is to be said of that. */
export function runningFinding(report: ReturnType<typeof reporter>, where: string, health: Health): Finding {
  const ended = listed(health.activity, 'ending');
  const stop = ended === '' ? '' : `; a stop would end ${ended}`;
  const summary = `agent-server ${health.version} runs at ${where}, ${health.jobs_active} of ${health.jobs} jobs active${stop}`;
  return health.problems.length === 0
    ? report('ok', summary)
    : report('warn', `${summary}; it reports: ${health.problems.join('; ')}`);
}

/** Undefined where no agent-server answers. */
async function healthAt(url: string, key: string | undefined): Promise<HealthAnswer | undefined> {
  try {
    // Without the key first: the port may belong to another program.
    const answer = await newClient({ url, timeoutMs: ANSWER_TIMEOUT_MS }).health();
    if (answer.status !== 'ok' || typeof answer.authenticated !== 'boolean') return undefined;
    return await newClient({ url, key, timeoutMs: ANSWER_TIMEOUT_MS }).health();
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
