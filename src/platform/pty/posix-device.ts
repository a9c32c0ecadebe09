/** What can be done with a terminal by its device, the slave side, whoever holds its master. */
import { constants, openSync, readFileSync } from 'node:fs';
import { libc } from '../api/posix/libc.ts';
import { close } from '../files/close.ts';

// <termios.h>: TCOOFF and TCOON are 0 and 1 on Linux, 1 and 2 on macOS and the BSDs.
const TCOOFF = process.platform === 'linux' ? 0 : 1;
const ACTIONS = { stop: TCOOFF, go: TCOOFF + 1 } as const;
/** <poll.h>: the same everywhere. */
const POLLIN = 1;

/**
 * Stops and restarts the output of a terminal: tcflow(3). False when the device cannot be opened.
 *
 * Unlike not reading the master, this leaves the line discipline alone: Ctrl-C still acts at once, because the
 * program waits in its write and nothing waits before what is typed.
 */
export function setFlow(device: string, flow: 'stop' | 'go'): boolean {
  return withDevice(device, (fd) => libc().tcflow(fd, ACTIONS[flow]) === 0) ?? false;
}

/** Whether there is input that the program could read now: poll(2). False when the device cannot be opened. */
export function hasUnreadInput(device: string): boolean {
  const unread = withDevice(device, (fd) => {
    // struct pollfd { int fd; short events; short revents; }
    const ask = new Int16Array(4);
    new Int32Array(ask.buffer, 0, 1)[0] = fd;
    ask[2] = POLLIN;
    return libc().poll(ask, 1, 0) === 1 && ((ask[3] ?? 0) & POLLIN) !== 0;
  });
  return unread ?? false;
}

/** The device is not kept open: that would keep its output from ending. */
function withDevice<T>(device: string, use: (fd: number) => T): T | undefined {
  let fd: number;
  try {
    fd = openSync(device, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    return use(fd);
  } finally {
    close(fd);
  }
}

/** The controlling terminal of a process, whatever it has made of its descriptors since. */
export const terminalOf: (pid: number) => string | undefined =
  process.platform === 'linux' ? terminalOfLinux : terminalOfPs;

function terminalOfLinux(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const device = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[4]);
  // proc(5): the minor number is in bits 31–20 and 7–0, the major in 15–8; Unix98 slaves have majors 136–143.
  const major = (device >> 8) & 0xff;
  const minor = ((device >>> 20) << 8) | (device & 0xff);
  if (major < 136 || major > 143) return undefined;
  return `/dev/pts/${(major - 136) * 2 ** 20 + minor}`;
}

function terminalOfPs(pid: number): string | undefined {
  const ps = Bun.spawnSync(['ps', '-o', 'tty=', '-p', String(pid)], { env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' } });
  const name = ps.stdout.toString().trim();
  return /^[a-z0-9/]+$/i.test(name) ? `/dev/${name}` : undefined;
}
