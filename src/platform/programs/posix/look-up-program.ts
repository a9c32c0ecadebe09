/** A program by its path or its name, as `execvp` looks for one; but never in the current folder because of what PATH says. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fail, ok } from '../../../core/failure.ts';
import type { Programs } from '../programs.ts';

export const lookUpProgram: Programs['lookUpProgram'] = (program, env, cwd) => {
  if (program.includes('/')) {
    const path = resolve(cwd, program);
    return isExecutable(path)
      ? ok(path)
      : fail({ reason: 'program-missing', program, folders: [dirname(path)], extensions: [] });
  }
  // An empty entry means the current folder, where a name must not be enough to be run.
  const folders = [...new Set((env['PATH'] ?? '').split(':').filter(isAbsolute))];
  const path = folders.map((folder) => join(folder, program)).find(isExecutable);
  return path === undefined ? fail({ reason: 'program-missing', program, folders, extensions: [] }) : ok(path);
};

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
