/** Processes on POSIX: own session, output to files, stdin from a FIFO, exit code in a file. */
import { openSync } from 'node:fs';
import { constants } from 'node:os';
import { codeOf, messageOf } from '../../../core/failure.ts';
import type {
  AdoptRequest,
  ExitResult,
  InputFailure,
  Launched,
  LaunchRequest,
  Launcher,
  ManagedProcess,
  ProcessIdentity,
  Processes,
  ProcessTree,
  SpawnFailure,
  SpawnRequest,
} from '../process.ts';
import { isDirectory } from '../../files/directory.ts';
import { readExitFile } from '../exit-file.ts';
import { emptyStream } from '../../pipes/empty-stream.ts';
import { InputPipe } from '../../pipes/posix/input-pipe.ts';
import { OutputFifo } from '../../pipes/posix/output-fifo.ts';
import { readProgramNote } from './program-note.ts';
import { isRunning, processSnapshot, readProcess } from './process-table.ts';
import { quote } from '../../programs/shell-quote.ts';
import { programArguments, shellArguments } from './shell-command.ts';
import { signalTree } from './signals.ts';
import { StartedSincePosix } from './started-since.ts';
import { endTree } from './tree.ts';
import { TREE_VARIABLE } from './tree-variable.ts';
import { close } from '../../files/close.ts';

/** How often a process that is not our child is looked at: its end is not reported to us. */
const ADOPTED_LOOK_MS = 100;

export function createPosixProcesses(): Processes {
  return { spawn, adopt, [Symbol.asyncDispose]: async () => {} };
}

function spawn(request: SpawnRequest): ManagedProcess | SpawnFailure {
  if (!isDirectory(request.cwd)) return { reason: 'cwd-missing', cwd: request.cwd };
  const opened: number[] = [];
  const open = (path: string): number => {
    const fd = openSync(path, 'a', 0o600);
    opened.push(fd);
    return fd;
  };
  let pipe: InputPipe | undefined;
  try {
    const { command, inputPath } = request;
    const input = request.stdin === 'none' ? undefined : InputPipe.create(inputPath);
    pipe = input?.pipe ?? InputPipe.none();
    if (input !== undefined) opened.push(input.readEnd);
    const child = Bun.spawn({
      ...surroundings(request),
      cmd: typeof command === 'string' ? shellArguments(command, request) : programArguments(command, request),
      stdin: input?.readEnd ?? 'ignore',
      stdout: open(request.stdoutPath),
      stderr: open(request.stderrPath),
    });
    return managed(identityOf(child), request, pipe, exitOf(child), ownGroupOf(child));
  } catch (error) {
    pipe?.[Symbol.dispose]();
    return { reason: 'spawn-refused', detail: detailOf(error) };
  } finally {
    for (const fd of opened) close(fd);
  }
}

/** E2BIG (execve(2)) does not say what is too long. */
const detailOf = (error: unknown): string =>
  codeOf(error) === 'E2BIG'
    ? 'its environment variables, or its arguments, are too long for this system (Linux takes 128 KiB for each of them)'
    : messageOf(error);

export const posixLauncher: Launcher = {
  launch,
  endLeftover: (treeId, graceMs) => endTree({ root: undefined, treeId }, graceMs),
};

async function launch(request: LaunchRequest): Promise<Launched | SpawnFailure> {
  if (!isDirectory(request.cwd)) return { reason: 'cwd-missing', cwd: request.cwd };
  const { argv, inputPath, outputPath, treeId } = request;
  let input: { pipe: InputPipe; readEnd: number } | undefined;
  let output: { pipe: OutputFifo; writeEnd: number } | undefined;
  try {
    input = inputPath === undefined ? undefined : InputPipe.create(inputPath);
    output = outputPath === undefined ? undefined : OutputFifo.create(outputPath);
    const child = Bun.spawn({
      ...surroundings(request),
      cmd: typeof argv === 'string' ? ['/bin/sh', '-c', argv] : [...argv],
      stdin: input?.readEnd ?? 'ignore',
      stdout: output?.writeEnd ?? 'pipe',
      stderr: output?.writeEnd ?? 'pipe',
    });
    const stdin = input?.pipe ?? InputPipe.none();
    const root = identityOf(child);
    const process = processTree(root, treeId, stdin, exitOf(child), ownGroupOf(child), output?.pipe);
    const trackStarted = () => new StartedSincePosix({ root, treeId });
    return { process, stdin, ...streamsOf(child, output?.pipe), trackStarted };
  } catch (error) {
    input?.pipe[Symbol.dispose]();
    output?.pipe[Symbol.dispose]();
    return { reason: 'spawn-refused', detail: detailOf(error) };
  } finally {
    if (input !== undefined) close(input.readEnd);
    if (output !== undefined) close(output.writeEnd);
  }
}

function streamsOf({ stdout, stderr }: Bun.Subprocess, both: OutputFifo | undefined) {
  if (stdout instanceof ReadableStream && stderr instanceof ReadableStream) return { stdout, stderr };
  return { stdout: both?.stream ?? emptyStream(), stderr: emptyStream() };
}

const surroundings = ({ cwd, env, treeId }: Pick<SpawnRequest, 'cwd' | 'env' | 'treeId'>) => ({
  cwd,
  env: { ...env, [TREE_VARIABLE]: treeId },
  // setsid: the shell leads a session and a group of its own, and no terminal signal of ours reaches it.
  detached: true,
});

/**
 * The start time is read when it is asked for: right after the spawn the kernel lets a reader of the
 * child's /proc wait for its exec, which blocks us for most of a round trip.
 */
function identityOf(child: Bun.Subprocess): ProcessIdentity {
  child.unref();
  let startTime: string | undefined;
  return {
    pid: child.pid,
    get startTime() {
      startTime ??= (isUnreaped(child) ? readProcess(child.pid)?.startTime : undefined) ?? '';
      return startTime;
    },
  };
}

/** Once it is reaped, the pid may be another process's. */
const isUnreaped = (child: Bun.Subprocess): boolean => child.exitCode === null && child.signalCode === null;

const ownGroupOf = (child: Bun.Subprocess) => (): number | undefined => (isUnreaped(child) ? child.pid : undefined);

async function exitOf(child: Bun.Subprocess): Promise<ExitResult> {
  const code = await child.exited;
  // A name, whatever its type says.
  const signal = child.signalCode as NodeJS.Signals | null;
  return signal === null
    ? { known: true, code }
    : { known: true, code: 128 + (constants.signals[signal] ?? 0), signal };
}

async function adopt(request: AdoptRequest): Promise<ManagedProcess> {
  const identity = request.identity ?? (await findLeader(request));
  const gone = { pid: 0, startTime: '' };
  const exited =
    identity === undefined ? Promise.resolve(readExitFile(request.exitPath)) : watch(identity, request.exitPath);
  return managed(identity ?? gone, request, InputPipe.reopen(request.inputPath), exited);
}

/**
 * The shell of a job whose pid was never written down: the session leader that carries its id and has the path of the
 * exit file among its arguments. Without the latter it could be a daemon that the job left behind.
 */
async function findLeader({ treeId, exitPath }: AdoptRequest): Promise<ProcessIdentity | undefined> {
  if (readExitFile(exitPath).known) return undefined;
  const snapshot = await processSnapshot();
  const exitFile = quote(exitPath);
  return [...snapshot.values()].find(
    (entry) =>
      entry.pid === entry.session &&
      !entry.zombie &&
      entry.treeId() === treeId &&
      entry.commandLine().includes(exitFile),
  );
}

async function watch(identity: ProcessIdentity, exitPath: string): Promise<ExitResult> {
  while (await isRunning(identity)) await new Promise<void>((resolve) => setTimeout(resolve, ADOPTED_LOOK_MS).unref());
  return readExitFile(exitPath);
}

function managed(
  identity: ProcessIdentity,
  { programPath, treeId }: Pick<SpawnRequest, 'programPath' | 'treeId'>,
  pipe: InputPipe,
  exited: Promise<ExitResult>,
  ownGroup?: () => number | undefined,
): ManagedProcess {
  let gone = false;
  let program: ProcessIdentity | undefined;
  void exited.then(() => {
    gone = true;
  });
  return {
    ...processTree(identity, treeId, pipe, exited, ownGroup),
    async write(data, signal): Promise<InputFailure | undefined> {
      if (gone) return 'process-gone';
      const failure = await pipe.write(data, signal);
      return gone && failure !== undefined ? 'process-gone' : failure;
    },
    closeInput() {
      if (!gone) pipe.end();
    },
    program: () => (program ??= programPath === undefined ? undefined : readProgramNote(programPath)),
    async signal(name, target) {
      return gone ? 0 : signalTree({ root: identity.pid === 0 ? undefined : identity, treeId }, name, target);
    },
  };
}

function processTree(
  identity: ProcessIdentity,
  treeId: string,
  pipe: InputPipe,
  exited: Promise<ExitResult>,
  ownGroup?: () => number | undefined,
  output?: OutputFifo,
): ProcessTree {
  const root = identity.pid === 0 ? undefined : identity;
  void exited.then(() => pipe[Symbol.dispose]());
  return {
    identity,
    exited,
    endTree: (graceMs) => endTree({ root, treeId, ...(ownGroup !== undefined && { ownGroup }) }, graceMs),
    release() {
      pipe[Symbol.dispose]();
      output?.[Symbol.dispose]();
    },
  };
}
