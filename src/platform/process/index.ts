/** The one place that chooses how processes are started and ended. */
import { isWindows } from '../os.ts';
import { ownCommand } from '../self/own-program.ts';
import type { Clock } from '../../core/clock.ts';
import { reapOrphans as reapPosixOrphans, unreapedOrphans as unreapedPosixOrphans } from './posix/orphans.ts';
import { createPosixProcesses, posixLauncher } from './posix/processes.ts';
import type { Launcher, Processes } from './process.ts';
import { SIGNALS as POSIX_SIGNALS, signalOfExitCode as posixSignalOfExitCode } from './posix/signals.ts';
import { runExitRecorder as runWindowsExitRecorder } from './windows/exit-recorder.ts';
import { createWindowsLauncher } from './windows/launcher.ts';
import { createWindowsProcesses } from './windows/processes.ts';
import { breakSender, runBreakSender as runWindowsBreakSender, SIGNALS as WINDOWS_SIGNALS } from './windows/signals.ts';

/** The hidden first argument that makes this program the exit recorder of a server on Windows. */
export const EXIT_RECORDER_VERB = '__record-exits';

/** The hidden first argument that makes this program send a Ctrl-Break on Windows. */
export const BREAK_SENDER_VERB = '__send-break';

export const createProcesses: () => Processes = isWindows
  ? () => {
      const [exePath, ...args] = ownCommand([EXIT_RECORDER_VERB]);
      const [, ...breakArgs] = ownCommand([BREAK_SENDER_VERB]);
      return createWindowsProcesses({
        exitRecorder: { exePath, args },
        sendBreak: breakSender({ exePath, args: breakArgs }),
      });
    }
  : createPosixProcesses;

export const createLauncher: () => Launcher = isWindows ? createWindowsLauncher : () => posixLauncher;

/** What the verb does; resolves when there is nothing left to record. POSIX has no use for it: a job's own shell writes its code down. */
export const runExitRecorder: () => Promise<void> = isWindows ? runWindowsExitRecorder : async () => {};

/** What that verb does: whether it was sent. POSIX has signals. */
export const runBreakSender: (group: number) => boolean = isWindows ? runWindowsBreakSender : () => false;

/** Signals that processes of this system can be sent, by name. */
export const SIGNALS: readonly string[] = isWindows ? WINDOWS_SIGNALS : POSIX_SIGNALS;

/** The signal that an exit code stands for. Windows has none. */
export const signalOfExitCode: (code: number) => string | undefined = isWindows
  ? () => undefined
  : posixSignalOfExitCode;

/** Windows keeps nothing of a process that has ended and whom nobody holds. */
export const reapOrphans: (clock: Clock) => Disposable = isWindows
  ? () => ({ [Symbol.dispose]: () => {} })
  : reapPosixOrphans;

export const unreapedOrphans: () => Promise<number> = isWindows ? async () => 0 : unreapedPosixOrphans;

/** Whether a process of this system can end with that code: POSIX keeps eight bits of it, Windows all of its 32. */
export const isExitCode: (code: number) => boolean = isWindows ? () => true : (code) => code >= 0 && code <= 255;
