/** Every name means what it shows, and a file's mode says who may use it. */
import { statSync } from 'node:fs';
import type { FileSystemRules } from './file-system.ts';

const GROUP_AND_OTHERS = 0o077;

export const posixFiles: FileSystemRules = {
  isRefusedPath: () => false,
  describeExposure(path) {
    const { mode } = statSync(path);
    return (mode & GROUP_AND_OTHERS) === 0 ? undefined : `mode ${(mode & 0o777).toString(8)}`;
  },
};
