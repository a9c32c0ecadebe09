/** The exit code of a command on the server, as an exit code of this process. */
import { isExitCode } from '../platform/process/index.ts';

/** Undefined where this system cannot pass it on: POSIX keeps eight bits, which would turn 256 into success. */
export const ownExitCode = (exitCode: number): number | undefined =>
  exitCode >= 0 && isExitCode(exitCode) ? exitCode : undefined;
