/** The fields that mode acp adds to the record of a job. */
import type { JobEvent, JobEvents } from './job-events.ts';

export interface AcpResults extends Readonly<Record<string, unknown>> {
  readonly acpSessionId: string | null;
  readonly stopReason?: string;
  readonly events: readonly JobEvent[];
  readonly acpError?: string;
}

export function resultsOf(
  acpSessionId: string | undefined,
  stopReason: string,
  events: JobEvents,
  acpError: string | undefined,
): AcpResults {
  return {
    acpSessionId: acpSessionId ?? null,
    stopReason,
    events: events.list,
    ...(acpError !== undefined && { acpError }),
  };
}

export const timedOutAfter = (timeoutMs: number): string => `ACP session timed out after ${timeoutMs / 1000}s`;
