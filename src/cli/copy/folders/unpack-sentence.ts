/** Why an archive is not unpacked on this machine, as the end of a sentence. */
import type { UnpackFailure } from '../../../files/archive/unpack-failure.ts';

export function sentenceOf(failure: UnpackFailure, noClobber: boolean): string {
  switch (failure.reason) {
    case 'entry-refused':
      return `${failure.detail}; leave it out with --exclude`;
    case 'entry-exists':
      return `${JSON.stringify(failure.name)} is there already${noClobber ? ' (--no-clobber)' : ', and is of another kind'}`;
    case 'archive-invalid':
    case 'archive-too-large':
    case 'path-invalid':
      return failure.detail;
    case 'is-no-folder':
      return 'is there, and is no folder';
    case 'parent-missing':
    case 'not-found':
      return 'there is no folder to put it in';
    case 'makes-no-files':
      return 'the system makes no files in that folder';
    case 'unwritable':
      return `the system does not let it be written (${failure.code})`;
    case 'not-permitted':
      return `the system does not permit it (${failure.code})`;
    case 'disk-full':
    case 'no-room':
      return 'the disk is full';
    case 'in-use':
      return 'is in use: another program holds it';
    case 'is-folder':
    case 'is-no-file':
      return 'is no file';
    case 'protected':
    case 'outside-roots':
      return 'a folder on the way was replaced meanwhile; try again';
  }
}
