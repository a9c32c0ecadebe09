/** Self-update as the wire shows it. */
import { toSeconds } from '../../core/clock.ts';
import type { Health } from '../../protocol/health.ts';
import type { UpdateResource } from '../../protocol/update.ts';
import type { UpdateStatus } from '../../updater/updater.ts';

/** What an update is about, whether or not this executable can be updated. */
export interface UpdateView {
  readonly version: string;
  readonly channel: string;
  /** A reason stands for an executable that cannot be updated. */
  readonly status: () => UpdateStatus | { readonly unavailable: string };
}

export function updateView({ version, channel, status }: UpdateView): UpdateResource {
  const now = status();
  if ('unavailable' in now) return { version, channel, state: 'unavailable', lastError: now.unavailable, bad: [] };
  const { available, received, waitingFor, lastCheckedAt, upToDate, lastError, bad, trial } = now;
  return {
    version,
    channel,
    state: now.state,
    ...(available !== undefined && { available: available.version }),
    ...(received !== undefined &&
      available !== undefined && { download: { receivedBytes: received, totalBytes: available.artifact.size } }),
    ...(waitingFor !== undefined && { waitingFor }),
    ...(lastCheckedAt !== undefined && { lastCheckedAt: toSeconds(lastCheckedAt) }),
    ...(upToDate && { upToDate }),
    ...(lastError !== undefined && { lastError }),
    bad: [...bad],
    ...(trial !== undefined && {
      trial: { version: trial.version, previous: trial.previous, startedAt: toSeconds(trial.startedAt) },
    }),
  };
}

export function updateHealth(view: UpdateView): Health['update'] {
  const { state, available, waitingFor, lastError, bad } = updateView(view);
  return {
    state,
    ...(available !== undefined && { available }),
    ...(waitingFor !== undefined && { waitingFor }),
    ...(lastError !== undefined && { lastError }),
    bad,
  };
}
