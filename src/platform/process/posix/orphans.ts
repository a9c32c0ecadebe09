/**
 * Orphans of this machine's process 1. A process whose parent has ended becomes a child of process 1, and stays in the table
 * after its end until that one waits for it. The init of a system does; a program that is process 1 of a container has to.
 *
 * Its own children are waited for by whoever has started them (Bun, the libraries of terminals), at once. What has ended and is
 * still there many looks later nobody else waits for: waiting earlier could take a child's exit code away from its owner.
 */
import { readlinkSync } from 'node:fs';
import type { Clock } from '../../../core/clock.ts';
import { sleep } from '../../../core/sleep.ts';
import { libc } from '../../api/posix/libc.ts';
import { keyOf, type ProcessEntry } from './process-entry.ts';
import { childrenLinux, readProcessLinux } from './process-table-linux.ts';

const INIT = 1;
const LOOK_MS = 1000;
const LOOKS = 5;
// <sys/wait.h>
const WNOHANG = 1;

/** Waits for orphans where this program is process 1; elsewhere there is nothing to do. Dispose to end it. */
export function reapOrphans(clock: Clock): Disposable {
  if (process.pid !== INIT || process.platform !== 'linux') return { [Symbol.dispose]: () => {} };
  let seen: ReadonlyMap<string, number> = new Map();
  let timer: Disposable;
  const look = () => {
    seen = new Map(
      endedChildren().map((entry) => {
        const looks = (seen.get(keyOf(entry)) ?? 0) + 1;
        if (looks >= LOOKS) libc().waitpid(entry.pid, null, WNOHANG);
        return [keyOf(entry), looks];
      }),
    );
    timer = clock.after(LOOK_MS, look);
  };
  timer = clock.after(LOOK_MS, look);
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}

/** How many processes have ended below process 1 and stay in the table, because it does not wait for them. */
export async function unreapedOrphans(): Promise<number> {
  if (process.platform !== 'linux' || initIsThisProgram()) return 0;
  const ended = endedChildren();
  if (ended.length === 0) return 0;
  // An init is told of each end, and needs a moment.
  await sleep(LOOK_MS);
  const still = new Set(endedChildren().map(keyOf));
  return ended.filter((entry) => still.has(keyOf(entry))).length;
}

/** It waits, if a little later. */
function initIsThisProgram(): boolean {
  try {
    return readlinkSync(`/proc/${INIT}/exe`) === readlinkSync('/proc/self/exe');
  } catch {
    // Of another user: this program runs as the same one.
    return false;
  }
}

function endedChildren(): ProcessEntry[] {
  return childrenLinux(INIT).flatMap((child) => {
    const entry = readProcessLinux(child);
    return entry?.zombie === true ? [entry] : [];
  });
}
