/**
 * What Windows has in place of signals: a process can be ended, and a process group can be given a Ctrl-Break.
 *
 * A Ctrl-Break goes to processes that share the console of its sender, and a process has one console at most. The server
 * must not give up its own, so a process of its own (`runBreakSender`) attaches to the console of the job, sends it and ends.
 * https://learn.microsoft.com/windows/console/generateconsolectrlevent
 */
import { win32 } from 'node:path';
import { closeHandle, WindowsError } from '../../api/windows/handle.ts';
import { kernel32 } from '../../api/windows/kernel32.ts';
import { openNull } from '../../pipes/windows/open-file.ts';
import { programCommandLine } from './command-line.ts';
import { startProcess } from './create-process.ts';
import type { ExitRecorderProgram } from './exit-recorder-link.ts';
import { leanEnvironment } from './lean-environment.ts';
import { exitCodeOf, hasEnded } from './process-handle.ts';

/** Ctrl-C cannot be sent to one group alone, Ctrl-Break can; the others end a process. */
export const SIGNALS: readonly string[] = ['SIGINT', 'SIGTERM', 'SIGKILL'];

const CTRL_BREAK_EVENT = 1;
const LOOK_MS = 10;
/** It attaches, sends and ends: a machine on which that takes longer has no time for it. */
const TIMEOUT_MS = 5_000;

/** Whether the group of that process, which leads it, was given a Ctrl-Break. */
export type SendBreak = (group: number) => Promise<boolean>;

/** `program`: what runs `runBreakSender` with the number of the group as its last argument. */
export const breakSender =
  (program: ExitRecorderProgram): SendBreak =>
  async (group) => {
    const nothing = openNull();
    try {
      const { handle } = startProcess({
        commandLine: programCommandLine(program.exePath, [...program.args, String(group)]),
        cwd: win32.parse(process.env['SystemRoot'] ?? 'C:\\Windows').root,
        env: leanEnvironment(),
        stdin: nothing,
        stdout: nothing,
        stderr: nothing,
      });
      try {
        const deadline = performance.now() + TIMEOUT_MS;
        while (!hasEnded(handle) && performance.now() < deadline)
          await new Promise<void>((resolve) => setTimeout(resolve, LOOK_MS));
        return hasEnded(handle) && exitCodeOf(handle) === 0;
      } finally {
        closeHandle(handle);
      }
    } catch (error) {
      if (error instanceof WindowsError) return false;
      throw error;
    } finally {
      closeHandle(nothing);
    }
  };

/** The body of the hidden verb. False where there is no such group with a console. */
export function runBreakSender(group: number): boolean {
  const { FreeConsole, AttachConsole, GenerateConsoleCtrlEvent } = kernel32();
  FreeConsole();
  return AttachConsole(group) !== 0 && GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, group) !== 0;
}
