/** Why a dashboard has not taken what it was told, in words. */
import type { DashboardFailure } from './dashboard.ts';

/** Whether the same may succeed later. */
export const isTransient = (failure: DashboardFailure): boolean =>
  failure.reason === 'unreachable' || failure.status >= 500 || failure.status === 429;

/** What follows the address of the dashboard. */
export function sentenceOf(failure: DashboardFailure): string {
  if (failure.reason === 'unreachable') return `cannot be reached: ${failure.detail}`;
  return `refuses with HTTP ${failure.status}${failure.detail === '' ? '' : `: ${failure.detail}`}`;
}
