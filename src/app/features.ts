/**
 * The rooms of this server, in the order of their start, and who is introduced to whom. The one list of them: nothing
 * else in app/ knows which there are.
 */
import { consoleRoutes } from '../http/console/routes.ts';
import { openAgents } from './agents.ts';
import { openAudit } from './audit.ts';
import { openDescriptors } from './descriptors.ts';
import { openDisk } from './disk.ts';
import type { Base, Feature } from './feature.ts';
import { openFiles } from './files.ts';
import { openJobs } from './jobs.ts';
import { openMetrics } from './metrics.ts';
import { openKeys } from './keys.ts';
import { openPorts } from './ports.ts';
import { openProcesses } from './processes.ts';
import { openProcessJobs } from './process-jobs.ts';
import { openSessions } from './sessions.ts';
import { openShellJobs } from './shell-jobs.ts';
import { openSystem } from './system.ts';
import { openTerminals } from './terminals.ts';
import { openTunnel } from './tunnel.ts';
import { openUpdate } from './update.ts';

export async function openFeatures(base: Base, scope: AsyncDisposableStack): Promise<readonly Feature[]> {
  const shellJobs = openShellJobs(base);
  const sessions = await openSessions(base, scope);
  const terminals = await openTerminals(base, scope);
  const agents = await openAgents(base, scope, sessions.pool);
  const files = openFiles(base, scope);
  // Last, since it takes up what earlier servers left in any of the modes.
  const jobs = await openJobs(base, scope, [
    ...(shellJobs.modes ?? []),
    ...(sessions.modes ?? []),
    ...(agents.modes ?? []),
    ...(files.modes ?? []),
    ...(openProcessJobs(base).modes ?? []),
  ]);
  files.connect((spec) => jobs.manager.submit(spec));
  const working = [jobs, shellJobs, sessions, terminals, agents];
  const tunnel = openTunnel(base, scope);
  const update = openUpdate(base, scope, working);
  const disk = openDisk(base, working);
  const system = openSystem(base, scope, working);
  const ports = openPorts(base, scope, working);
  const processes = openProcesses(base, scope, jobs.manager, ports.processes);
  const watched = [
    disk,
    openDescriptors(),
    ...working,
    system,
    openKeys(base, scope),
    tunnel,
    update,
    files,
    ports,
    processes,
    openAudit(base, scope),
  ];
  return [...watched, openMetrics(base, scope, watched), { routes: [consoleRoutes] }];
}
