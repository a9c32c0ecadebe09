/** What is going on, over all rooms: the one answer to what a stop would end, and what would survive it. */
import type { Activity } from '../protocol/health.ts';
import type { Feature } from './feature.ts';

/** Kinds of which there is nothing are left out. */
export const activityOf = (features: readonly Feature[]): readonly Activity[] =>
  features.flatMap((feature) => feature.activity?.() ?? []).filter(({ ending, surviving }) => ending + surviving > 0);
