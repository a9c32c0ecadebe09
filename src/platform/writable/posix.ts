/** access(2) asks for the permissions and for a disk that is read-only. */
import { accessSync, constants } from 'node:fs';
import { messageOf } from '../../core/failure.ts';
import type { WhyNotWritable } from './writable.ts';

export const whyNotWritablePosix: WhyNotWritable = (folder) => {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return messageOf(error).replace(/, access .*/s, '');
  }
};
