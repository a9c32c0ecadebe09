/** The default engine: Bun.Terminal. Raw bytes, and an echo within a twentieth of a millisecond. */
import { codeOf, fail, messageOf, ok } from '../../core/failure.ts';
import { InputAccount } from './input-account.ts';
import { OutputDrain } from '../process/output-drain.ts';
import type { Engine, PtySystem, PtyTree } from './pty.ts';
import { RunningPty } from './running-pty.ts';
import { spawnFailure } from './system-refusal.ts';

export function createBunTerminalEngine(system: PtySystem): Engine {
  return ({ argv, cwd, env, cols, rows, treeId }) => {
    // Without it Bun.spawn would start the program all the same, in no terminal.
    if (typeof Bun.Terminal !== 'function') return unusable('this Bun has no terminals');
    const output = new OutputDrain();
    const input = new InputAccount();
    let tree: PtyTree | undefined;
    try {
      const child = Bun.spawn([...argv], {
        cwd,
        env: { ...env, ...system.marks(treeId) },
        terminal: {
          cols,
          rows,
          data: (_, data) => output.take(tree?.mend(data) ?? data),
          exit: () => output.end(),
          drain: () => input.drained(),
        },
      });
      const { terminal, pid, exited } = child;
      if (terminal === undefined) return unusable('this system has no terminals');
      tree = system.take(pid, treeId);
      const engineTerminal = {
        pid,
        exited,
        write: (data: Uint8Array) => void terminal.write(data),
        resize: (newCols: number, newRows: number) => terminal.resize(newCols, newRows),
        close: () => terminal.close(),
      };
      return ok(new RunningPty({ terminal: engineTerminal, output, input, tree }));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return fail({ reason: 'program-missing', program: argv[0] });
      const failed = spawnFailure(error);
      if (failed.failure.reason === 'system-refused') return failed;
      const engineError = openingError();
      return engineError === undefined ? failed : unusable(engineError);
    }
  };
}

/** Why no terminal can be opened, not even one without a program. This distinguishes the engine's fault from the program's. */
function openingError(): string | undefined {
  try {
    new Bun.Terminal({}).close();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

const unusable = (detail: string) => fail({ reason: 'engine-unusable', detail });
