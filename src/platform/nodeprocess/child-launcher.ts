/** Starts programs as children of node:child_process, in the same form as the server's launcher. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { messageOf } from '../../core/failure.ts';
import { isDirectory } from '../files/directory.ts';
import { emptyStream } from '../pipes/empty-stream.ts';
import type { ExitResult, Launched, LaunchRequest, Launcher, ProcessTree, SpawnFailure } from '../process/process.ts';
import { hasExited, type Children } from './children.ts';
import { webStream } from './web-stream.ts';

/** What a tree had printed comes through after its end; something that has escaped it may hold the pipes open. */
const LAST_OUTPUT_MS = 200;

export function childLauncher(system: Children): Launcher {
  return {
    launch: (request) => launch(request, system),
    // Every tree here ends with the call that has started it.
    endLeftover: async () => {},
  };
}

async function launch(request: LaunchRequest, system: Children): Promise<Launched | SpawnFailure> {
  if (!isDirectory(request.cwd)) return { reason: 'cwd-missing', cwd: request.cwd };
  const start = system.startOf(request);
  if (!start.ok) return { reason: 'spawn-refused', detail: start.failure.detail };
  const { file, args, options } = start.value;
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      ...options,
      stdio: [request.inputPath === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    if (child.pid === undefined) await once(child, 'spawn');
  } catch (error) {
    return { reason: 'spawn-refused', detail: messageOf(error) };
  }
  const { stdin, stdout, stderr, pid = 0 } = child;
  // What became of the child is told by its exit.
  for (const source of [child, stdin, stdout, stderr]) source?.on('error', () => {});
  return {
    process: treeOf(child, pid, request.treeId, system),
    stdin: {
      write: (data) =>
        new Promise((resolve) => {
          if (stdin === null) resolve('stdin-closed');
          else stdin.write(data, (error) => resolve(error ? 'stdin-closed' : undefined));
        }),
      [Symbol.dispose]: () => void stdin?.end(),
    },
    stdout: stdout === null ? emptyStream() : webStream(stdout),
    stderr: stderr === null ? emptyStream() : webStream(stderr),
  };
}

function treeOf(child: ChildProcess, pid: number, treeId: string, system: Children): ProcessTree {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const exited = exitOf(child);
  const identity = system.identityOf(child, pid);
  return {
    identity,
    exited,
    async endTree(graceMs) {
      await system.endTree({ identity, treeId, child }, graceMs);
      await soon(closed);
    },
    release() {
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
    },
  };
}

/** Resolves with the promise, or a moment later. */
async function soon(promise: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([promise, new Promise<void>((resolve) => void (timer = setTimeout(resolve, LAST_OUTPUT_MS)))]);
  clearTimeout(timer);
}

async function exitOf(child: ChildProcess): Promise<ExitResult> {
  if (!hasExited(child)) await new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const { exitCode, signalCode: signal } = child;
  if (signal !== null) return { known: true, code: 128 + constants.signals[signal], signal };
  return exitCode === null ? { known: false } : { known: true, code: exitCode };
}
