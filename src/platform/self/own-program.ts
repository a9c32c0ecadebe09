/** This program itself, for those who start it again. */
import { realPath } from '../files/real-path.ts';

/** Whether this is the one file that `build.ts` makes. */
const isCompiled = Bun.main.startsWith('/$bunfs/') || /^[A-Z]:[\\/]~BUN[\\/]/i.test(Bun.main);

/**
 * Path of this executable, with symbolic links resolved; undefined when run from source. Taken at the start: what the
 * system answers later follows the file when it is renamed.
 */
export const OWN_EXECUTABLE: string | undefined = isCompiled ? realPath(process.execPath) : undefined;

/** How this program is started: a compiled executable takes its arguments straight away, and from source Bun is told which file to run. */
export const ownCommand = (args: readonly string[]): readonly [string, ...string[]] =>
  OWN_EXECUTABLE === undefined ? [process.execPath, Bun.main, ...args] : [OWN_EXECUTABLE, ...args];

/** An environment without what makes Bun run or read something else (`BUN_OPTIONS`, `BUN_BE_BUN`). */
export const withoutBunVariables = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || name.toUpperCase().startsWith('BUN_') ? [] : [[name, value]],
    ),
  );
