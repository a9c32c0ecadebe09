/** What is said of the descriptors that all connections, jobs, sessions and terminals share. */
import { descriptors } from '../platform/descriptors/index.ts';
import type { Feature } from './feature.ts';

/** So many are never too many, and then the limit is not asked for. */
const FEW = 64;
/** A job takes two, and six for a moment while it starts. */
const NEEDED = 8;

export function openDescriptors(): Feature {
  return {
    problems: () => {
      const open = descriptors?.look().count ?? 0;
      if (descriptors === undefined || open < FEW) return [];
      const limit = descriptors.limit();
      return limit - open >= NEEDED
        ? []
        : [
            `${open} of ${limit} descriptors are in use: jobs, sessions and terminals cannot be started, and new connections wait`,
          ];
    },
  };
}
