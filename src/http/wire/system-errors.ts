/** Errors of the system that no room expects where they come up, in words: the caller can do something about most of them. */
import { codeOf } from '../../core/failure.ts';

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'the system does not let it use a file or folder of its own (EACCES)',
  EDQUOT: 'its disk quota is used up (EDQUOT)',
  EIO: 'the disk reports an error (EIO)',
  EMFILE: 'it has too many files open (EMFILE)',
  ENFILE: 'the system has too many files open (ENFILE)',
  ENOMEM: 'the system has no memory left (ENOMEM)',
  ENOSPC: 'the disk is full (ENOSPC)',
  EPERM: 'the system does not permit it (EPERM)',
  EROFS: 'the disk is read-only (EROFS)',
};

/** Undefined for anything else, which is a bug of ours. */
export const systemErrorIn = (error: unknown): string | undefined => WORDS[codeOf(error) ?? ''];
