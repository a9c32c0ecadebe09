/** A job's status as it is shown. */
import type { JobResource } from '../../../protocol/job.ts';
import type { StatusStyle } from '../status.ts';

export function jobStatus({ status, cancelled }: Pick<JobResource, 'status' | 'cancelled'>): StatusStyle {
  switch (status) {
    case 'pending':
      return { tone: 'waiting', word: 'Waiting' };
    case 'running':
      return { tone: 'active', word: 'Running' };
    case 'completed':
      return { tone: 'good', word: 'Completed' };
    case 'timeout':
      return { tone: 'late', word: 'Timed out' };
    case 'failed':
      return cancelled === true ? { tone: 'over', word: 'Cancelled' } : { tone: 'bad', word: 'Failed' };
  }
}
