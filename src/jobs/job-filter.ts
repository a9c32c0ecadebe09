/** Which jobs of the history are asked for. */
import { statusOf, type JobRecord, type JobStatus } from './record.ts';

export interface JobFilter {
  readonly status?: JobStatus | undefined;
  /** True: only those that somebody cancelled; false: none of them. */
  readonly cancelled?: boolean | undefined;
  /** Only those with this in their command, in whatever case. */
  readonly find?: string | undefined;
}

/** What each record is checked for; undefined where the status alone decides. */
export function checkOf({ cancelled, find }: JobFilter): ((record: JobRecord) => boolean) | undefined {
  if (cancelled === undefined && find === undefined) return undefined;
  const wanted = find?.toLowerCase() ?? '';
  return ({ outcome, spec }) =>
    (cancelled === undefined || (outcome?.cancelled ?? false) === cancelled) &&
    spec.command.toLowerCase().includes(wanted);
}

export const matches = (record: JobRecord, filter: JobFilter): boolean =>
  (filter.status === undefined || statusOf(record) === filter.status) && (checkOf(filter)?.(record) ?? true);
