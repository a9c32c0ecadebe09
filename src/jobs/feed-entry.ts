/** One entry of a job's event log. */
import type { OutputStream } from './folder.ts';
import { isFields, isNumber } from './stored.ts';

export type FeedEntry =
  /** The job runs. */
  | { readonly type: 'status' }
  /** Which bytes of the stream's file. */
  | {
      readonly type: OutputStream;
      readonly from: number;
      readonly to: number;
      /** How far the other stream had come, so that the newest entry says it of both. Absent in logs of earlier builds. */
      readonly other?: number;
    }
  /** The job is done. */
  | { readonly type: 'end' };

/** Whether this, read back from a log, is an entry. */
export function isFeedEntry(value: unknown): value is FeedEntry {
  if (!isFields(value)) return false;
  const { type, from, to, other } = value;
  if (type === 'status' || type === 'end') return true;
  const isOutput = (type === 'stdout' || type === 'stderr') && isNumber(from) && isNumber(to);
  return isOutput && (other === undefined || isNumber(other));
}
