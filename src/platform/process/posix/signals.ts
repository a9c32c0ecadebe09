/** Signals that a caller names, to the process of a job or to all that it started. */
import { constants } from 'node:os';
import { sleep } from '../../../core/sleep.ts';
import type { SignalTarget } from '../process.ts';
import type { ProcessEntry, ProcessSnapshot } from './process-entry.ts';
import { isRunning, processSnapshot } from './process-table.ts';
import { isWatcher } from './shell-command.ts';
import { members, type Tree } from './tree.ts';

/** Every name that kill(2) of this system knows. */
export const SIGNALS: readonly string[] = Object.keys(constants.signals);

/** By its number: of some names Bun 1.4.5 says that it does not know them. Throws as `process.kill` does. */
export const kill = (pid: number, signal: string): boolean =>
  process.kill(pid, constants.signals[signal as NodeJS.Signals]);

/** The name of the signal that a process died of, by the code 128+N that a shell makes of it. */
export const signalOfExitCode = (code: number): string | undefined =>
  SIGNALS.find((name) => code > 128 && constants.signals[name as NodeJS.Signals] === code - 128);

/** Of a job that has just been started: its watcher may have no child yet. */
const LOOKS = 50;
const LOOK_MS = 10;

/** Resolves to how many processes it was sent to. */
export async function signalTree(tree: Tree, signal: string, target: SignalTarget): Promise<number> {
  for (let look = 0; look < LOOKS; look += 1) {
    const snapshot = await processSnapshot();
    const root = runningRoot(snapshot, tree);
    // What only waits for the command and notes its exit code stays out of it: it ignores most signals, and one that
    // ended it would take the exit code with it.
    const watcher = root !== undefined && isWatcher(root.commandLine()) ? root : undefined;
    const all = members(snapshot, tree).filter((entry) => entry !== watcher);
    const own = watcher === undefined ? root : all.find((entry) => entry.parent === watcher.pid);
    if (watcher !== undefined && own === undefined) {
      await sleep(LOOK_MS);
      continue;
    }
    const meant = target === 'tree' ? all : own === undefined ? [] : [own];
    return send(meant, signal);
  }
  return 0;
}

function runningRoot(snapshot: ProcessSnapshot, { root }: Tree): ProcessEntry | undefined {
  const entry = root === undefined ? undefined : snapshot.get(root.pid);
  return entry === undefined || entry.zombie || entry.startTime !== root?.startTime ? undefined : entry;
}

async function send(entries: readonly ProcessEntry[], signal: string): Promise<number> {
  let sent = 0;
  for (const entry of entries) {
    // Its pid may be somebody else's since the look at all of them.
    if ((await isRunning(entry)) && sendTo(entry.pid, signal)) sent += 1;
  }
  return sent;
}

/** False for one that has ended in the meantime, or that is not ours to signal (a setuid program). */
function sendTo(pid: number, signal: string): boolean {
  try {
    return kill(pid, signal);
  } catch {
    return false;
  }
}
