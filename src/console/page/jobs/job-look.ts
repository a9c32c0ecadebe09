/** A job's status as it is shown. */
import type { JobResource } from '../../../protocol/job.ts';
import type { Look } from '../status.ts';

export function jobLook({ status, cancelled }: Pick<JobResource, 'status' | 'cancelled'>): Look {
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

export const isActive = ({ status }: Pick<JobResource, 'status'>): boolean =>
  status === 'pending' || status === 'running';
