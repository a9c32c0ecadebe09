import type { HostServicesRequest } from '../../agents/host/services.ts';
import type { HostServices } from '../../agents/session/host-services.ts';
import type { JobFolder } from '../../jobs/folder.ts';
import type { SharedShellPlan } from './request.ts';

export interface SharedShells {
  hostFor(
    plan: SharedShellPlan,
    job: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly folder: JobFolder },
  ): (request: HostServicesRequest) => HostServices;
}

export const sharedShells = (_pool: unknown, _options: unknown): SharedShells => ({
  hostFor: () => () => {
    throw new Error('not yet');
  },
});
