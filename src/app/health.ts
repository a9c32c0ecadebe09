/** How this server is, for `GET /health`: what every room says of itself, and what nobody else can say. */
import type { Caller } from '../http/caller.ts';
import type { Health } from '../protocol/health.ts';
import { VERSION } from '../version.ts';
import type { Base, Feature } from './feature.ts';
import { activityOf } from './activity.ts';
import { machineName } from './machine-name.ts';

/** The uptime counts from this call. */
export function healthReport({ config, env }: Base, features: readonly Feature[]): (caller: Caller) => Health {
  const startedAt = performance.now();
  return (caller) => {
    const parts = features.map((feature) => feature.health?.(caller) ?? {});
    const own = {
      status: 'ok',
      version: VERSION,
      hostname: machineName(env),
      cwd: config.cwd,
      authenticated: true,
      scopes: [...caller.scopes],
      uptime_seconds: Math.round(performance.now() - startedAt) / 1000,
      activity: [...activityOf(features)],
      problems: features.flatMap((feature) => feature.problems?.(caller) ?? []),
    } satisfies Partial<Health>;
    // Each room says its own fields; that none is missing is held by the contract suite, which checks every answer.
    return Object.assign(own, ...parts) as Health;
  };
}
