/** A permission request as agents send it, and a working directory that needs no file system. */
import { posix } from 'node:path';
import { decide, type Decision, type PermissionQuestion } from '../../../src/agents/policy/decide.ts';

export const CWD = '/work';

export const ALL_OPTIONS = [
  { optionId: 'no', name: 'No', kind: 'reject_once' },
  { optionId: 'always', name: 'Always', kind: 'allow_always' },
  { optionId: 'never', name: 'Never', kind: 'reject_always' },
  { optionId: 'yes', name: 'Yes', kind: 'allow_once' },
];

/** By text alone; `/work/locked` cannot be looked at, and `/work/sub/link` leads out. */
export const confine: PermissionQuestion['confine'] = (path) => {
  const real = posix.resolve(CWD, path);
  if (real.startsWith('/work/locked')) return { inside: false, reason: 'cannot be resolved (EACCES)' };
  if (path === '' || path.includes('\0')) return { inside: false, reason: 'is no path' };
  const isLink = real.startsWith('/work/sub/link');
  return !isLink && (real === CWD || real.startsWith(`${CWD}/`))
    ? { inside: true, path: real }
    : { inside: false, reason: 'is outside of the working directory' };
};

export const ask = (question: Partial<PermissionQuestion>): Decision =>
  decide({ policy: 'workdir', toolCall: {}, options: ALL_OPTIONS, cwd: CWD, confine, ...question });
