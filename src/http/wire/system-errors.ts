/** Errors of the system that no room expects where they come up, in words: what is wrong, and what a person can do about it. */
import { codeOf } from '../../core/failure.ts';

interface SystemError {
  readonly is: string;
  readonly advice: string;
}

const MAKE_ROOM = 'make room on the disk that holds the data folder';
const LET_WRITE = 'let the user who runs the server write there';
const END_SOME = 'end jobs, sessions or terminals';

const ERRORS: Readonly<Record<string, SystemError>> = {
  EACCES: { is: 'the system does not let it use a file or folder of its own', advice: LET_WRITE },
  EAGAIN: { is: 'the system lets it start no more processes', advice: END_SOME },
  EDQUOT: { is: 'its disk quota is used up', advice: MAKE_ROOM },
  EIO: { is: 'the disk reports an error', advice: 'look into the log of the system' },
  EMFILE: {
    is: 'it has too many files open',
    advice: `${END_SOME}, or start it with a higher limit of open files`,
  },
  ENFILE: { is: 'the system has too many files open', advice: 'end programs on this machine' },
  ENOMEM: { is: 'the system has no memory left', advice: 'end programs on this machine' },
  ENOSPC: { is: 'the disk is full', advice: MAKE_ROOM },
  EPERM: { is: 'the system does not permit it', advice: LET_WRITE },
  EROFS: { is: 'the disk is read-only', advice: 'make it one that can be written' },
};

/** Undefined for anything else, which is a bug of ours. */
export function systemErrorIn(error: unknown): string | undefined {
  const code = codeOf(error) ?? '';
  const known = ERRORS[code];
  return known && `${known.is} (${code}); ${known.advice}`;
}

/** `detail`: the message of an error of the system, which begins with its code; others are left as they are. */
export function withAdvice(detail: string): string {
  const known = ERRORS[/^(E[A-Z]+):/.exec(detail)?.[1] ?? ''];
  return known === undefined ? detail : `${detail}; ${known.advice}`;
}
