/**
 * The exit recorder: a small process beside the server that outlives it, so that the exit codes of commands
 * still running when the server is killed are not lost. Windows has no parent that inherits orphans and
 * no shell trap that could note the code, but keeps the code as long as any process has a handle.
 *
 *   listening ──stdin ends: the server is gone──▶ reporting ──every process has ended──▶ exit
 *
 * While the server lives the exit recorder only holds handles. Afterwards it writes each code to its exit file.
 */
import { writeExitFile } from './exit-file.ts';
import { checkedHandle, closeHandle, type Handle } from '../../api/windows/handle.ts';
import { kernel32 } from '../../api/windows/kernel32.ts';
import { anyEnded, exitCodeOf, groupsOf, hasEnded } from './process-handle.ts';
import { parseOrder } from './exit-recorder-protocol.ts';

const LOOK_MS = 200;
/** ((DWORD)-10) */
const STD_INPUT_HANDLE = 0xffff_fff6;

/** The body of the hidden verb. Resolves when there is nothing left to record. */
export async function runExitRecorder(): Promise<void> {
  const exitPaths = new Map<Handle, string>();
  for (const line of orderLines()) {
    const order = parseOrder(line);
    if (order?.order === 'watch') exitPaths.set(order.handle, order.exitPath);
    // A number that never came in a `watch` is not ours to close.
    else if (order?.order === 'forget' && exitPaths.delete(order.handle)) closeHandle(order.handle);
  }
  while (exitPaths.size > 0) {
    report(exitPaths);
    if (exitPaths.size > 0) await new Promise<void>((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/**
 * Lines from stdin, read in a way that blocks: this process has nothing else to do, and `process.stdin`
 * fails on a pipe whose writer has gone already, although what it wrote is still in there.
 */
function* orderLines(): Generator<string> {
  const input = checkedHandle('GetStdHandle', kernel32().GetStdHandle(STD_INPUT_HANDLE));
  const chunk = new Uint8Array(4096);
  const read = new Uint32Array(1);
  const decoder = new TextDecoder();
  let rest = '';
  while (kernel32().ReadFile(input, chunk, chunk.length, read, null) !== 0) {
    const lines = (rest + decoder.decode(chunk.subarray(0, read[0]), { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

function report(exitPaths: Map<Handle, string>): void {
  for (const group of groupsOf([...exitPaths.keys()])) {
    if (!anyEnded(group)) continue;
    for (const handle of group.filter(hasEnded)) {
      const code = exitCodeOf(handle);
      const path = exitPaths.get(handle);
      if (code !== undefined && path !== undefined) writeExitFile(path, code);
      closeHandle(handle);
      exitPaths.delete(handle);
    }
  }
}
