/**
 * Arguments of a process on macOS, and the tree that its environment names: KERN_PROCARGS2, which its own user (and root) may
 * read. It has the number of arguments, the path of the program, padding, the arguments, then the environment. Not yet run
 * on a Mac.
 */
import { libsystem } from '../../api/posix/libsystem.ts';
import { treeIdIn } from '../../process/posix/tree-variable.ts';

// <sys/sysctl.h>
const CTL_KERN = 1;
const KERN_PROCARGS2 = 49;

export interface MacArguments {
  readonly args: readonly string[];
  readonly treeId: string | undefined;
}

export function argumentsOf(pid: number): MacArguments | undefined {
  const name = new Int32Array([CTL_KERN, KERN_PROCARGS2, pid]);
  const size = new BigUint64Array(1);
  if (libsystem().sysctl(name, name.length, null, size, null, 0) !== 0) return undefined;
  const bytes = new Uint8Array(Number(size[0]));
  if (libsystem().sysctl(name, name.length, bytes, size, null, 0) !== 0) return undefined;
  return parseArguments(bytes.subarray(0, Number(size[0])));
}

export function parseArguments(bytes: Uint8Array<ArrayBuffer>): MacArguments {
  const count = new DataView(bytes.buffer).getInt32(0, true);
  const text = new TextDecoder().decode(bytes.subarray(4));
  // Behind the path: zeros up to the next whole word.
  const words = text.slice(text.indexOf('\0')).replace(/^\0+/, '').split('\0');
  return { args: words.slice(0, count), treeId: treeIdIn(words.slice(count).join('\0'), '\0') };
}
