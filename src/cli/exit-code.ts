/** The exit code of a command on the server, as an exit code of this process. */
import { isWindows } from '../platform/paths.ts';

/** Undefined where this system cannot pass it on: POSIX keeps eight bits, which would turn 256 into success. */
export const ownExitCode = (exitCode: number): number | undefined =>
  exitCode < 0 || (!isWindows && exitCode > 255) ? undefined : exitCode;
