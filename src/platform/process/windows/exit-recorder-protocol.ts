/**
 * The orders of the server to its exit recorder, one line each, over the exit recorder's stdin:
 *
 *     watch <handle> <exit file in base64>     from now on write the exit code of this process there
 *     forget <handle>                          the server has seen the end itself
 *
 * The handle is one the server has put into the exit recorder's own table, so no pid can be mistaken, and at every
 * moment one of the two has a handle to the process.
 */
import type { Handle } from '../../api/windows/handle.ts';

export type ExitRecorderOrder =
  | { readonly order: 'watch'; readonly handle: Handle; readonly exitPath: string }
  | { readonly order: 'forget'; readonly handle: Handle };

export function formatOrder(order: ExitRecorderOrder): string {
  switch (order.order) {
    case 'watch':
      return `watch ${order.handle} ${Buffer.from(order.exitPath, 'utf8').toString('base64')}\n`;
    case 'forget':
      return `forget ${order.handle}\n`;
  }
}

/** Undefined for a line that is none of ours: half a line, when the server was killed while writing. */
export function parseOrder(line: string): ExitRecorderOrder | undefined {
  const [, watched, path] = /^watch (\d+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
  if (watched !== undefined && path !== undefined) {
    return {
      order: 'watch',
      handle: Number(watched) as Handle,
      exitPath: Buffer.from(path, 'base64').toString('utf8'),
    };
  }
  const forgotten = /^forget (\d+)$/.exec(line)?.[1];
  return forgotten === undefined ? undefined : { order: 'forget', handle: Number(forgotten) as Handle };
}
