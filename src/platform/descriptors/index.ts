/**
 * The one place that chooses how the descriptors of this process are looked at. Windows has no way, and needs none: it gives a
 * process 16 million handles, and memory ends long before.
 */
import { isWindows } from '../os.ts';
import type { Descriptors } from './descriptors.ts';
import { posixDescriptors } from './posix.ts';

export const descriptors: Descriptors | undefined = isWindows ? undefined : posixDescriptors;
