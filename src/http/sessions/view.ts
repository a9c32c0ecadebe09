/** A persistent shell as the wire shows it. */
import { statSync } from 'node:fs';
import { toSeconds } from '../../core/clock.ts';
import type { SessionResource } from '../../protocol/session.ts';
import type { ShellSession } from '../../shells/session.ts';

export function sessionView(session: ShellSession): SessionResource {
  const lastOutputAt = lastOutput(session);
  return {
    sessionKey: session.key,
    shell: session.kind.name,
    status: session.status,
    createdAt: toSeconds(session.createdAt),
    lastUsedAt: toSeconds(session.lastUsedAt),
    lastOutputAt: lastOutputAt === 0 ? null : toSeconds(lastOutputAt),
    processAlive: session.status !== 'stopped',
    activeCommand: session.busy,
  };
}

/** Unix milliseconds; 0 when its newest command has printed nothing. */
function lastOutput({ lastFiles }: ShellSession): number {
  if (lastFiles === undefined) return 0;
  const stats = [lastFiles.stdout, lastFiles.stderr].map((path) => statSync(path, { throwIfNoEntry: false }));
  return Math.max(...stats.map((stat) => (stat === undefined || stat.size === 0 ? 0 : stat.mtimeMs)));
}
