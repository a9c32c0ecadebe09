/** Settings of jobs. */
import { integer, type SettingGroup } from './kinds.ts';

export const JOB_SETTINGS = {
  'max-jobs': integer('N', 1024, 1, 100_000, 'Maximum number of jobs that run at once. Further ones wait as pending.'),
  'keep-jobs': integer(
    'N',
    1000,
    100,
    10_000_000,
    'Maximum number of finished jobs kept. The oldest are removed first, running ones never.',
  ),
  'keep-bytes': integer(
    'BYTES',
    10_000_000_000,
    0,
    Number.MAX_SAFE_INTEGER,
    'Maximum output of finished jobs kept, in bytes; the last 100 jobs are kept whatever their size.',
  ),
} satisfies SettingGroup;
