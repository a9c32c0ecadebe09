/** A double click opens a window that closes with the program: an error must be read first. */
import { ownsWindow } from '../../platform/console/index.ts';
import { note } from '../output.ts';

/** Resolves when Enter was pressed; at once where nobody has opened the window by starting this program without arguments. */
export async function keepWindowOpen(args: readonly string[] = process.argv.slice(2)): Promise<void> {
  if (args.length > 0 || !process.stdin.isTTY || !ownsWindow()) return;
  note('Press Enter to close this window.');
  for await (const _line of Bun.stdin.stream()) return;
}
