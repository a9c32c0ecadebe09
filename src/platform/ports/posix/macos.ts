/**
 * Sockets that listen, on macOS: there is no table of them that a program may read, so the descriptors of each process are
 * looked at (libproc). Of other users nothing can be seen. Written by <sys/proc_info.h>; not yet run on a Mac.
 */
import { sleep } from '../../../core/sleep.ts';
import { libproc } from '../../api/posix/libproc.ts';
import { processSnapshot } from '../../process/posix/process-table.ts';
import { MAX_COMMAND, type ListeningSocket, type ListeningSockets } from '../listening.ts';
import { DESCRIPTOR_BYTES, listenerIn, socketDescriptors, SOCKET_INFO_BYTES, uidIn, USER_BYTES } from './proc-info.ts';
import { userNames } from './users.ts';

const PROC_PIDLISTFDS = 1;
const PROC_PIDT_SHORTBSDINFO = 13;
const PROC_PIDFDSOCKETINFO = 3;
/** So long it may keep others from their turn. */
const SLICE_MS = 3;

type Found = Omit<ListeningSocket, 'command' | 'treeId'> & { readonly pid: number };

export class MacListening implements ListeningSockets {
  async look(): Promise<readonly ListeningSocket[]> {
    const found = await findAll();
    if (found.length === 0) return [];
    const processes = await processSnapshot();
    return found.map((socket) => {
      const entry = processes.get(socket.pid);
      return { ...socket, command: entry?.commandLine().slice(0, MAX_COMMAND) ?? null, treeId: entry?.treeId() };
    });
  }
}

async function findAll(): Promise<Found[]> {
  const users = userNames();
  const found = new Map<string, Found>();
  let sliceEnds = performance.now() + SLICE_MS;
  // From the lowest: a server that hands its socket to workers is older than they are.
  for (const pid of allPids().toSorted((a, b) => a - b)) {
    for (const socket of listenersOf(pid, users)) if (!found.has(socket.key)) found.set(socket.key, socket);
    if (performance.now() < sliceEnds) continue;
    await sleep(0);
    sliceEnds = performance.now() + SLICE_MS;
  }
  return [...found.values()];
}

function allPids(): number[] {
  // Room for some more than there are: processes start meanwhile.
  const pids = new Int32Array(libproc().proc_listallpids(null, 0) + 64);
  return [...pids.subarray(0, libproc().proc_listallpids(pids, pids.byteLength))].filter((pid) => pid > 0);
}

function listenersOf(pid: number, users: ReadonlyMap<number, string>): Found[] {
  const size = libproc().proc_pidinfo(pid, PROC_PIDLISTFDS, 0, null, 0);
  // Ended, or of another user.
  if (size <= 0) return [];
  const list = new Uint8Array(size + 64 * DESCRIPTOR_BYTES);
  const written = libproc().proc_pidinfo(pid, PROC_PIDLISTFDS, 0, list, list.length);
  return socketDescriptors(list.subarray(0, Math.max(0, written))).flatMap((fd) => {
    const info = new Uint8Array(SOCKET_INFO_BYTES);
    const filled = libproc().proc_pidfdinfo(pid, fd, PROC_PIDFDSOCKETINFO, info, info.length);
    const listener = filled === info.length ? listenerIn(info) : undefined;
    return listener === undefined ? [] : [{ ...listener, pid, user: userOf(pid, users) }];
  });
}

function userOf(pid: number, users: ReadonlyMap<number, string>): string | null {
  const info = new Uint8Array(USER_BYTES);
  if (libproc().proc_pidinfo(pid, PROC_PIDT_SHORTBSDINFO, 0, info, info.length) <= 0) return null;
  const uid = uidIn(info);
  return users.get(uid) ?? String(uid);
}
