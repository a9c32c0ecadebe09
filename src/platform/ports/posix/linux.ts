/**
 * Sockets that listen, from /proc. The table has all of them; which process holds one only shows among the descriptors of
 * that process, which its own user (and root) may read.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { sleep } from '../../../core/sleep.ts';
import { treeIdIn } from '../../process/posix/tree-variable.ts';
import { MAX_COMMAND, type ListeningSocket, type ListeningSockets } from '../listening.ts';
import { listeningRows, type TcpRow } from './proc-net.ts';
import { userNames } from './users.ts';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
/** So long it may keep others from their turn. */
const SLICE_MS = 3;
/** Descriptors that are looked at between two looks at the clock. */
const DESCRIPTORS_AT_ONCE = 64;

/** Where a socket was found; asked again before it counts. */
interface Place {
  readonly pid: number;
  readonly fd: string;
}

export class LinuxListening implements ListeningSockets {
  #places = new Map<string, Place>();
  /** Held by a process that cannot be seen, such as one outside of this container. */
  #hidden: ReadonlySet<string> = new Set();

  async look(): Promise<readonly ListeningSocket[]> {
    // The kernel takes milliseconds to write them, whatever is in them: not on this thread. Without IPv6 there is no second one.
    const tables = await Promise.all(TABLES.map((path) => readFile(path, 'utf8').catch(() => '')));
    const rows = tables.flatMap(listeningRows);
    const wanted = new Set(rows.map(({ inode }) => inode));
    const places = new Map([...this.#places].filter(([inode, place]) => wanted.has(inode) && holds(place, inode)));
    const uid = process.getuid?.() ?? 0;
    const missing = rows.filter((row) => !places.has(row.inode) && (uid === 0 || row.uid === uid));
    const sought = new Set(missing.map(({ inode }) => inode));
    // Only for a new one: nothing is found by looking for the same ones each second.
    if (!sought.isSubsetOf(this.#hidden)) await find(sought, places);
    this.#hidden = sought;
    this.#places = places;
    const users = userNames();
    return rows.map((row) => socketOf(row, places.get(row.inode)?.pid, users));
  }
}

/** Notes where each of them is and takes it from `missing`, as far as that can be seen. */
async function find(missing: Set<string>, places: Map<string, Place>): Promise<void> {
  const pids = names('/proc').map(Number).filter(Number.isInteger);
  let sliceEnds = performance.now() + SLICE_MS;
  // From the lowest: a server that hands its socket to workers is older than they are.
  for (const pid of pids.toSorted((a, b) => a - b)) {
    const descriptors = names(`/proc/${pid}/fd`);
    for (let from = 0; from < Math.max(1, descriptors.length); from += DESCRIPTORS_AT_ONCE) {
      for (const fd of descriptors.slice(from, from + DESCRIPTORS_AT_ONCE)) {
        const inode = inodeAt({ pid, fd });
        if (inode === undefined || !missing.delete(inode)) continue;
        places.set(inode, { pid, fd });
        if (missing.size === 0) return;
      }
      if (performance.now() < sliceEnds) continue;
      await sleep(0);
      sliceEnds = performance.now() + SLICE_MS;
    }
  }
}

const holds = (place: Place, inode: string): boolean => inodeAt(place) === inode;

/** `socket:[12345]` → `12345`. */
function inodeAt({ pid, fd }: Place): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
  } catch {
    // Closed or ended meanwhile.
    return undefined;
  }
}

function socketOf(row: TcpRow, pid: number | undefined, users: ReadonlyMap<number, string>): ListeningSocket {
  const { address, port, family, uid, inode } = row;
  return {
    key: inode,
    port,
    address,
    family,
    pid: pid ?? null,
    command: pid === undefined ? null : commandOf(pid),
    user: users.get(uid) ?? String(uid),
    treeId: pid === undefined ? undefined : treeIdIn(readOrNothing(`/proc/${pid}/environ`), '\0'),
  };
}

function commandOf(pid: number): string | null {
  const line = readOrNothing(`/proc/${pid}/cmdline`).replace(/\0+$/, '').replaceAll('\0', ' ');
  const text = line === '' ? readOrNothing(`/proc/${pid}/comm`).trim() : line;
  return text === '' ? null : text.slice(0, MAX_COMMAND);
}

// Ended in the meantime, or of another user: either way there is nothing to see.
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function names(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
