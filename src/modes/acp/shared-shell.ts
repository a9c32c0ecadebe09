/** The persistent shell that an acp job names: where the terminals of its agent run their commands. */
import { hostServices, type HostServicesRequest } from '../../agents/host/services.ts';
import type { HostServices } from '../../agents/session/host-services.ts';
import type { JobFolder } from '../../jobs/folder.ts';
import type { ShellPool } from '../../shells/pool.ts';
import type { SharedShellPlan } from './request.ts';
import { sharedEngine } from './shared-engine.ts';

export interface SharedShells {
  hostFor(plan: SharedShellPlan, job: SharingJob): (request: HostServicesRequest) => HostServices;
}

interface SharingJob {
  /** Where a new shell begins. */
  readonly cwd: string;
  /** Laid over the server's environment in a new shell. */
  readonly env: Readonly<Record<string, string>>;
  readonly folder: JobFolder;
}

export const sharedShells = (pool: ShellPool): SharedShells => ({
  hostFor: ({ key, shell }, { cwd, env, folder }) => {
    const seed = { workdir: cwd, env };
    return (request) =>
      hostServices(request, () => sharedEngine({ pool, key, shell, seed, folder: folder.file('terminals') }));
  },
});
