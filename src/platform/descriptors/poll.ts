/** What is the matter with many descriptors at once: poll(2), without waiting. */
import { libc } from '../api/posix/libc.ts';

// <poll.h>: the same everywhere.
export const POLLIN = 0x1;
export const POLLNVAL = 0x20;

/** The events of each, in the same order. They cannot be more than the process may have, which the call refuses. */
export function pollAll(fds: readonly number[]): readonly number[] {
  // struct pollfd { int fd; short events; short revents; }
  const fields = new Int16Array(4 * fds.length);
  const numbers = new Int32Array(fields.buffer);
  for (const [index, fd] of fds.entries()) {
    numbers[2 * index] = fd;
    fields[4 * index + 2] = POLLIN;
  }
  if (fds.length > 0) libc().poll(fields, fds.length, 0);
  return fds.map((_, index) => fields[4 * index + 3] ?? 0);
}
