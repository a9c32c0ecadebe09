/** The names in a folder, without those of what is still being written there: uploads, and files beside their targets. */
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { namesIn } from './names-in.ts';
import { isStagedName } from './staged-names.ts';

/** Without order. Rejects with what the file system throws. */
export const wholeNamesIn = async (path: RawPath): Promise<RawPath[]> =>
  (await namesIn(path)).filter((name) => !isStagedName(name));
