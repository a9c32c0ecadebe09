/** Whether files can be made in a folder. */
import { isWindows } from '../os.ts';
import { whyNotWritablePosix } from './posix.ts';
import { whyNotWritableWindows } from './windows.ts';
import type { WhyNotWritable } from './writable.ts';

export const whyNotWritable: WhyNotWritable = isWindows ? whyNotWritableWindows : whyNotWritablePosix;
