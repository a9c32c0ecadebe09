/** The server's side of the exit recorder: starts it when there is a first process to watch, and again if it has ended. */
import { win32 } from 'node:path';
import { programCommandLine } from './command-line.ts';
import { startProcess } from './create-process.ts';
import { closeHandle, duplicateInto, type Handle, WindowsError } from '../../api/windows/handle.ts';
import { InputPipe } from '../../pipes/windows/input-pipe.ts';
import { openNull } from '../../pipes/windows/open-file.ts';
import { leanEnvironment } from './lean-environment.ts';
import { hasEnded } from './process-handle.ts';
import { formatOrder, type ExitRecorderOrder } from './exit-recorder-protocol.ts';

export interface ExitRecorderProgram {
  /** Our own executable, or Bun when running from source. */
  readonly exePath: string;
  /** What makes it run `runExitRecorder`. */
  readonly args: readonly string[];
}

/**
 * A server may be killed right after it has answered that a job runs: by then the exit recorder must have its order.
 * The pipe takes hundreds of orders, so only an exit recorder that hangs makes a caller wait this long.
 */
const SEND_TIMEOUT_MS = 20;

interface ExitRecorder {
  readonly handle: Handle;
  readonly pipe: InputPipe;
  /** Our handle → the number of its copy in the exit recorder. */
  readonly copies: Map<Handle, Handle>;
}

export class ExitRecorderLink {
  readonly #program: ExitRecorderProgram;
  readonly #exitPaths = new Map<Handle, string>();
  #exitRecorder: ExitRecorder | undefined;

  constructor(program: ExitRecorderProgram) {
    this.#program = program;
  }

  /** Best effort: without an exit recorder a command still runs, only its code may be lost in a crash of the server. */
  watch(process: Handle, exitPath: string): void {
    this.#exitPaths.set(process, exitPath);
    if (this.#exitRecorder !== undefined && !hasEnded(this.#exitRecorder.handle))
      this.#announce(this.#exitRecorder, process, exitPath);
    else this.#restart();
  }

  /** To be called before the handle is closed. */
  forget(process: Handle): void {
    if (!this.#exitPaths.delete(process)) return;
    const copy = this.#exitRecorder?.copies.get(process);
    if (this.#exitRecorder === undefined || copy === undefined) return;
    this.#exitRecorder.copies.delete(process);
    this.#send(this.#exitRecorder, { order: 'forget', handle: copy });
  }

  /** The server closes its handle while the process runs; the exit recorder keeps its own and records the end. */
  leave(process: Handle): void {
    // The handle's number may soon mean another process.
    this.#exitPaths.delete(process);
    this.#exitRecorder?.copies.delete(process);
  }

  /** From here on the exit recorder records the ends itself; it ends at once when it has nothing to watch. */
  close(): void {
    this.#exitRecorder?.pipe.close();
    if (this.#exitRecorder !== undefined) closeHandle(this.#exitRecorder.handle);
    this.#exitRecorder = undefined;
  }

  #restart(): void {
    if (this.#exitRecorder !== undefined) closeHandle(this.#exitRecorder.handle);
    this.#exitRecorder?.pipe.abandon();
    this.#exitRecorder = undefined;
    try {
      this.#exitRecorder = start(this.#program);
    } catch (error) {
      if (error instanceof WindowsError) return;
      throw error;
    }
    for (const [process, exitPath] of this.#exitPaths) this.#announce(this.#exitRecorder, process, exitPath);
  }

  #announce(exitRecorder: ExitRecorder, process: Handle, exitPath: string): void {
    try {
      const copy = duplicateInto(exitRecorder.handle, process) as Handle;
      exitRecorder.copies.set(process, copy);
      this.#send(exitRecorder, { order: 'watch', handle: copy, exitPath });
    } catch (error) {
      // It ended at this moment: the next process to watch starts a new one.
      if (!(error instanceof WindowsError)) throw error;
    }
  }

  #send(exitRecorder: ExitRecorder, order: ExitRecorderOrder): void {
    void exitRecorder.pipe.write(Buffer.from(formatOrder(order)), SEND_TIMEOUT_MS);
  }
}

function start(program: ExitRecorderProgram): ExitRecorder {
  const { pipe, childEnd } = InputPipe.create();
  const opened = [childEnd];
  try {
    const output = openNull();
    opened.push(output);
    const { handle } = startProcess({
      commandLine: programCommandLine(program.exePath, program.args),
      // Not the server's own folder, which it would keep from being deleted.
      cwd: win32.parse(process.env['SystemRoot'] ?? 'C:\\Windows').root,
      env: leanEnvironment(),
      stdin: childEnd,
      stdout: output,
      stderr: output,
    });
    return { handle, pipe, copies: new Map() };
  } catch (error) {
    pipe.abandon();
    throw error;
  } finally {
    for (const handle of opened) closeHandle(handle);
  }
}
