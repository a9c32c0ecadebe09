/** Settings of jobs. */
import { integer, type SettingGroup } from './kinds.ts';

export const JOB_SETTINGS = {
  'max-jobs': integer('N', 1024, 1, 100_000, 'Jobs that run at once. More wait as pending.'),
  'keep-jobs': integer('N', 1000, 100, 10_000_000, 'Finished jobs kept. The oldest go first, a running one never.'),
  'keep-bytes': integer(
    'BYTES',
    10_000_000_000,
    0,
    Number.MAX_SAFE_INTEGER,
    'Output of finished jobs kept, in bytes; the last 100 jobs are kept whatever their size.',
  ),
} satisfies SettingGroup;
