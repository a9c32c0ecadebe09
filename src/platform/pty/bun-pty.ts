/**
 * The second engine: the package bun-pty (portable-pty in a shared library). It stands in where Bun.Terminal cannot open a
 * terminal. Compared with that:
 *
 * - It looks for output every 8 ms, and blocks for 20 ms when a program ends.
 * - It hands over text, not bytes: what is no UTF-8 is U+FFFD already, and a BOM at the very beginning is lost.
 * - It reads for as long as there is something, and nothing else happens meanwhile. On POSIX the terminal's own flow control
 *   stops the program for that (ReadingLimit), and pauses it for slow readers; on Windows nothing can.
 * - It does not report when input was taken: on POSIX the terminal is asked, on Windows the system takes any amount.
 * - A program that died of a signal has the exit code 1.
 * - What is left behind in a terminal after the exit keeps it open, and can print no more.
 */
import { dlopen, FFIType } from 'bun:ffi';
import type * as Package from 'bun-pty';
import { fail, messageOf, ok } from '../../core/failure.ts';
import { libraryPath } from './bun-pty-library.ts';
import { InputAccount } from './input-account.ts';
import { OutputDrain } from '../process/output-drain.ts';
import type { Engine, PtySystem } from './pty.ts';
import { ReadingLimit } from './reading-limit.ts';
import { RunningPty } from './running-pty.ts';
import { spawnFailure } from './system-refusal.ts';

interface Library {
  readonly Terminal: typeof Package.Terminal;
  /** Lets go of what the library keeps for a terminal. The package does so in `kill` only, which also signals the pid. */
  readonly close: (terminal: Package.Terminal) => void;
}

/** `folder`: where the executable may write the library. It does so when the first terminal is opened. */
export function createBunPtyEngine(system: PtySystem, folder: string): Engine {
  let library: Library | undefined;
  return ({ argv, cwd, env, cols, rows, treeId }) => {
    try {
      library ??= load(libraryPath(folder));
    } catch (error) {
      return fail({ reason: 'engine-unusable', detail: messageOf(error) });
    }
    const { Terminal, close } = library;
    const whole = { ...env, ...system.marks(treeId) };
    let child: Package.Terminal;
    try {
      child = system.hideEnvironment({ argv, env: whole }, ([program, ...args]) => {
        return new Terminal(program, args, { name: 'unused', cols, rows, cwd, env: whole });
      });
    } catch (error) {
      return spawnFailure(error);
    }
    const tree = new ReadingLimit(system.take(child.pid, treeId));
    const output = new OutputDrain();
    const exit = Promise.withResolvers<number>();
    child.onData((text) => {
      const bytes = Buffer.from(text);
      tree.hasRead(bytes.length);
      output.take(tree.mend(bytes));
    });
    child.onExit(({ exitCode }) => {
      output.end();
      exit.resolve(exitCode);
    });
    const terminal = {
      pid: child.pid,
      exited: exit.promise,
      // The package throws when it is given an empty text.
      write: (data: Uint8Array) => void (data.length > 0 && child.write(Buffer.from(data).toString())),
      resize: (newCols: number, newRows: number) => child.resize(newCols, newRows),
      close: () => {
        // Nothing is read any more: a program that is left behind would print into memory.
        tree.setFlow('stop');
        close(child);
      },
    };
    return ok(new RunningPty({ terminal, output, input: new InputAccount(() => tree.inputTaken()), tree }));
  };
}

function load(path: string): Library {
  // Opened here too, as the same library: when the package cannot open it, it only prints that to the console.
  const { symbols } = dlopen(path, { bun_pty_close: { args: [FFIType.i32], returns: FFIType.void } });
  const before = process.env['BUN_PTY_LIB'];
  process.env['BUN_PTY_LIB'] = path;
  try {
    // Not an import: a terminal is opened synchronously, and the package is loaded only when it is needed.
    const { Terminal } = require('bun-pty') as typeof Package;
    return { Terminal, close: (terminal) => symbols.bun_pty_close(terminal['handle']) };
  } finally {
    if (before === undefined) delete process.env['BUN_PTY_LIB'];
    else process.env['BUN_PTY_LIB'] = before;
  }
}
