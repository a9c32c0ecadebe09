/** What can be done with a terminal by its device, the slave side, whoever holds its master. */
import { constants, openSync, readFileSync } from 'node:fs';
import { libc } from '../api/posix/libc.ts';
import { close } from '../files/close.ts';

// <termios.h>: TCOOFF and TCOON are 0 and 1 on Linux, 1 and 2 on macOS and the BSDs.
const TCOOFF = process.platform === 'linux' ? 0 : 1;
const ACTIONS = { stop: TCOOFF, go: TCOOFF + 1 } as const;
/** <termios.h> of Linux: four words of flags, of which the second is for the output, and less than 64 bytes in all. */
const TERMIOS_WORDS = 16;
const OUTPUT_FLAGS = 1;
const OPOST = 0o1;
const ONLCR = 0o4;
const MAKES_CR_LF = OPOST | ONLCR;
const TCSANOW = 0;
/** <poll.h>: the same everywhere. */
const POLLIN = 1;

/**
 * Stops and restarts the output of a terminal: tcflow(3).
 *
 * Unlike not reading the master, this leaves the line discipline alone: Ctrl-C still acts at once, because the
 * program waits in its write and nothing waits before what is typed.
 */
export function setFlow(device: string, flow: 'stop' | 'go'): Flow {
  const set = (fd: number): Flow => (libc().tcflow(fd, ACTIONS[flow]) === 0 ? 'set' : 'unchanged');
  return (
    withDevice(device, flow === 'stop' && process.platform === 'linux' ? stopUnprocessed(set) : set) ?? 'unchanged'
  );
}

/** `set-bare`: some line feeds that were printed meanwhile may be without their carriage return. */
export type Flow = 'set' | 'set-bare' | 'unchanged';

/**
 * Linux forgets the CR LF that it makes of a line feed when the output is stopped between its look for room and its write
 * (do_output_char in drivers/tty/n_tty.c, which takes no notice of how much was written): about once in a hundred stops of
 * a program that prints without a pause. Output that is not processed is not lost, so processing is off for the instant of
 * the stop.
 */
const stopUnprocessed =
  (stop: (fd: number) => Flow) =>
  (fd: number): Flow => {
    const termios = new Uint32Array(TERMIOS_WORDS);
    const flags = libc().tcgetattr(fd, termios) === 0 ? (termios[OUTPUT_FLAGS] ?? 0) : 0;
    if ((flags & MAKES_CR_LF) !== MAKES_CR_LF) return stop(fd);
    termios[OUTPUT_FLAGS] = flags & ~OPOST;
    libc().tcsetattr(fd, TCSANOW, termios);
    const done = stop(fd);
    termios[OUTPUT_FLAGS] = flags;
    libc().tcsetattr(fd, TCSANOW, termios);
    return done === 'set' ? 'set-bare' : done;
  };

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
