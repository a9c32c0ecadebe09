/**
 * The system lists the descriptors of a process in a folder. Which are connections to our own port, and whose, getsockname(2)
 * and getpeername(2) say; libc is loaded for those who ask, not for the count.
 *
 * Other threads open and close descriptors meanwhile, so a number may be something else a moment later. What is ended was
 * named by getsockname(2) in the same turn of the event loop as a connection to our own port, and those only Bun's server
 * closes, in the event loop of the thread that also runs this: until that turn is over, the number stays what it is.
 */
import { readdirSync } from 'node:fs';
import { codeOf } from '../../core/failure.ts';
import { libc } from '../api/posix/libc.ts';
import type { AcceptedConnection, Descriptors } from './descriptors.ts';
import { peerNameOf, type Family } from './peer-name.ts';
import { pollAll, POLLIN, POLLNVAL } from './poll.ts';

const isDarwin = process.platform === 'darwin';
const FOLDER = isDarwin ? '/dev/fd' : '/proc/self/fd';
// <sys/resource.h>, <sys/socket.h>
const RLIMIT_NOFILE = isDarwin ? 8 : 7;
const AF_INET = 2;
const AF_INET6 = isDarwin ? 30 : 10;
const SHUT_RDWR = 2;
/** Where the limit is infinite, as macOS may say, it is another one that has been reached. */
const MAX_ASKED = 65_536;
/** Of `struct sockaddr_storage`. */
const ADDRESS_BYTES = 128;

export const posixDescriptors: Descriptors = {
  limit,
  look() {
    const open = openNumbers();
    return { count: open.length, accepted: (ports) => acceptedAmong(open, ports) };
  },
};

/** The soft limit. Bun raises it to the hard one when it starts. */
function limit(): number {
  // struct rlimit { rlim_t rlim_cur; rlim_t rlim_max; }, 64 bits each.
  const found = new BigUint64Array(2);
  if (libc().getrlimit(RLIMIT_NOFILE, found) !== 0) throw new Error('getrlimit failed');
  return Number(found[0]);
}

function openNumbers(): number[] {
  try {
    return readdirSync(FOLDER).map(Number);
  } catch (error) {
    // To list them takes a descriptor, and none is left: nearly all numbers are open. Without /proc nobody can tell.
    if (codeOf(error) !== 'EMFILE') return [];
    const all = Array.from({ length: Math.min(limit(), MAX_ASKED) }, (_, fd) => fd);
    const events = pollAll(all);
    return all.filter((fd) => ((events[fd] ?? POLLNVAL) & POLLNVAL) === 0);
  }
}

function acceptedAmong(open: readonly number[], ports: readonly number[]): AcceptedConnection[] {
  const found = open.toSorted((a, b) => a - b).flatMap((fd) => named(fd, ports));
  const events = pollAll(found.map(({ fd }) => fd));
  return found.map(({ fd, peer }, index) => ({
    peer,
    unread: ((events[index] ?? 0) & POLLIN) !== 0,
    end: () => void libc().shutdown(fd, SHUT_RDWR),
  }));
}

const bytes = new Uint8Array(ADDRESS_BYTES);
const address = new DataView(bytes.buffer);
const length = new Uint32Array(1);

/** None for what is no connection to these ports: a file, a socket that listens, one whose peer has gone. */
function named(fd: number, ports: readonly number[]): { readonly fd: number; readonly peer: string }[] {
  if (familyOf('getsockname', fd) === undefined || !ports.includes(address.getUint16(2))) return [];
  const family = familyOf('getpeername', fd);
  return family === undefined ? [] : [{ fd, peer: peerNameOf(address, family) }];
}

/** Puts what the call says into `address`. */
function familyOf(call: 'getsockname' | 'getpeername', fd: number): Family | undefined {
  length[0] = ADDRESS_BYTES;
  if (libc()[call](fd, bytes, length) !== 0) return undefined;
  // struct sockaddr begins with a family of two bytes; on macOS with a length of one, then a family of one.
  const family = isDarwin ? address.getUint8(1) : address.getUint16(0, true);
  return family === AF_INET ? 'ipv4' : family === AF_INET6 ? 'ipv6' : undefined;
}
