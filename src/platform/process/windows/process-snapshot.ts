/**
 * Descendants by parent pid, for a tree whose job can no longer be opened by name.
 *
 * Windows keeps the parent's pid when the parent is gone, but the number may be given to another process
 * meanwhile: a child older than its parent is not its child.
 * https://learn.microsoft.com/windows/win32/toolhelp/taking-a-snapshot-and-viewing-processes
 */
import type { ProcessIdentity } from '../process.ts';
import { checkedHandle, closeHandle } from '../../api/windows/handle.ts';
import { kernel32 } from '../../api/windows/kernel32.ts';
import { Struct } from '../../api/windows/memory.ts';
import { hasEnded, openAny, startTimeOf, terminate } from './process-handle.ts';

const TH32CS_SNAPPROCESS = 0x2;
/** sizeof(PROCESSENTRY32W) on 64-bit Windows. */
const ENTRY_BYTES = 568;

interface Relation {
  readonly pid: number;
  readonly parent: number;
}

function snapshot(): Relation[] {
  const handle = checkedHandle('CreateToolhelp32Snapshot', kernel32().CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  try {
    const entry = new Struct(ENTRY_BYTES).setU32(0, ENTRY_BYTES);
    const found: Relation[] = [];
    let more = kernel32().Process32FirstW(handle, entry.bytes);
    for (; more !== 0; more = kernel32().Process32NextW(handle, entry.bytes))
      found.push({ pid: entry.u32(8), parent: entry.u32(32) });
    return found;
  } finally {
    closeHandle(handle);
  }
}

/** Ends the process and its descendants as far as they can be found; true while there was one to end. */
export function terminateDescendants(root: ProcessIdentity): boolean {
  const relations = snapshot();
  let ended = endIfSame(root.pid, (startTime) => startTime === root.startTime);
  const parents: ProcessIdentity[] = [root];
  for (let parent = parents.shift(); parent !== undefined; parent = parents.shift()) {
    const { pid, startTime } = parent;
    for (const relation of relations) {
      if (relation.parent !== pid || relation.pid === pid) continue;
      const notOlder = (childStart: string): boolean => {
        if (BigInt(childStart) < BigInt(startTime)) return false;
        parents.push({ pid: relation.pid, startTime: childStart });
        return true;
      };
      if (endIfSame(relation.pid, notOlder)) ended = true;
    }
  }
  return ended;
}

function endIfSame(pid: number, isMeant: (startTime: string) => boolean): boolean {
  const handle = openAny(pid);
  if (handle === undefined) return false;
  try {
    const startTime = startTimeOf(handle);
    if (startTime === undefined || !isMeant(startTime) || hasEnded(handle)) return false;
    terminate(handle);
    return true;
  } finally {
    closeHandle(handle);
  }
}
