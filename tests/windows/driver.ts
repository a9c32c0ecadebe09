/**
 * A small Windows program that does with the process layer what it is told, one JSON request per line,
 * so that the stories can be told (and the program be killed) from outside, through Wine or not.
 *
 * It connects to the port it is given: the pipes of a Linux program are no pipes Bun can read in Wine.
 */
import { dlopen } from 'bun:ffi';
import { writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type {
  AdoptRequest,
  LaunchRequest,
  ManagedProcess,
  ProcessTree,
  SpawnRequest,
} from '../../src/platform/process/process.ts';
import { AgentRegistry } from '../../src/agents/registry/agent-registry.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { lookUpProgram, splitCommandLine } from '../../src/platform/programs/index.ts';
import { closeHandle, CURRENT_PROCESS } from '../../src/platform/api/windows/handle.ts';
import { JobObject } from '../../src/platform/process/windows/job-object.ts';
import { hasEnded, openAny, terminate } from '../../src/platform/process/windows/process-handle.ts';
import { createWindowsLauncher } from '../../src/platform/process/windows/launcher.ts';
import { createWindowsProcesses } from '../../src/platform/process/windows/processes.ts';
import { whyNotWritable } from '../../src/platform/writable/index.ts';
import { powershell } from '../../src/shells/powershell/powershell-shell.ts';
import type { CommandFiles, ShellProcess } from '../../src/shells/shell-process.ts';
import { standInForPowerShell } from '../fixtures/stand-in-powershell.ts';
import { runExitRecorder } from '../../src/platform/process/windows/exit-recorder.ts';
import { Devtunnel, type TunnelStatus } from '../../src/tunnel/devtunnel/devtunnel.ts';
import { LaunchedTool } from '../../src/tunnel/devtunnel/launched-tool.ts';
import { argvOfWindows } from './argv-of-windows.ts';
import { dieAfterStart } from './die-after-start.ts';
import { terminalMethods } from './driver-terminals.ts';

const fromSource =
  import.meta.path.endsWith('.ts') && !import.meta.path.includes('$bunfs') && !import.meta.path.includes('~BUN');
const processes = createWindowsProcesses({
  exitRecorder: {
    exePath: process.execPath,
    args: fromSource ? [import.meta.path, '__record-exits'] : ['__record-exits'],
  },
  sendBreak: async () => false,
});
const launcher = createWindowsLauncher();
const started = new Map<string, ProcessTree>();
const inputs = new Map<string, { write: ManagedProcess['write']; close(): void }>();

/** What a launched program has written, as far as it has been read. */
class Heard {
  bytes = 0;
  text = '';
  ended = false;
  /** The reader does not go on before it is told to. */
  gate: Promise<void> = Promise.resolve();

  async listen(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const chunk of stream) {
      this.bytes += chunk.length;
      if (this.text.length < 10_000) this.text += Buffer.from(chunk).toString('utf8');
      await this.gate;
    }
    this.ended = true;
  }
}
const shells = new Map<string, ShellProcess>();
const heard = new Map<string, { readonly stdout: Heard; readonly stderr: Heard; openGate(): void }>();

/** A launch as it can be told over a socket. */
export interface LaunchOrder extends Omit<LaunchRequest, 'inputPath'> {
  readonly input: boolean;
  /** Both readers stop after their first piece, until `goOnReading`. */
  readonly slowReader?: boolean;
}

function take(treeId: string, child: ManagedProcess): void {
  started.set(treeId, child);
  inputs.set(treeId, { write: (data) => child.write(data), close: () => child.closeInput() });
}

function known<T>(map: ReadonlyMap<string, T>, treeId: string): T {
  const found = map.get(treeId);
  if (found === undefined) throw new Error(`never started: ${treeId}`);
  return found;
}

export const methods = {
  spawn(request: SpawnRequest) {
    const child = processes.spawn(request);
    if ('reason' in child) return child;
    take(request.treeId, child);
    return { identity: child.identity };
  },
  async adopt(request: AdoptRequest) {
    const child = await processes.adopt(request);
    take(request.treeId, child);
    return { identity: child.identity };
  },
  async launch({ input, slowReader = false, ...order }: LaunchOrder) {
    const [stdout, stderr] = [new Heard(), new Heard()];
    const gate = Promise.withResolvers<void>();
    if (slowReader) stdout.gate = stderr.gate = gate.promise;
    heard.set(order.treeId, { stdout, stderr, openGate: gate.resolve });
    const launched = await launcher.launch({ ...order, inputPath: input ? 'somewhere' : undefined });
    if ('reason' in launched) return launched;
    const { process: child, stdin } = launched;
    void stdout.listen(launched.stdout);
    void stderr.listen(launched.stderr);
    started.set(order.treeId, child);
    inputs.set(order.treeId, { write: (data) => stdin.write(data), close: () => stdin[Symbol.dispose]() });
    return { identity: child.identity };
  },
  heard(treeId: string) {
    const { stdout, stderr } = heard.get(treeId) ?? { stdout: new Heard(), stderr: new Heard() };
    const of = ({ bytes, text, ended }: Heard) => ({ bytes, text, ended });
    return { stdout: of(stdout), stderr: of(stderr) };
  },
  goOnReading: (treeId: string) => heard.get(treeId)?.openGate(),
  /** A PowerShell of this program's own, or what stands in for one; resolves to its pid. */
  async startPowerShell(path: string, folder: string, env: Record<string, string>, treeId: string) {
    const shell = await powershell('pwsh', path, launcher).start({ folder, env, treeId });
    shells.set(treeId, shell);
    started.set(treeId, shell.process);
    return shell.process.identity.pid;
  },
  async runInPowerShell(treeId: string, files: CommandFiles, input: string | null) {
    const shell = shells.get(treeId);
    if (shell === undefined) throw new Error(`never started: ${treeId}`);
    using stdin = shell.openInput(files);
    const written = input === null ? undefined : await stdin.write(Buffer.from(input));
    return { end: await shell.run(files), input: written ?? 'written' };
  },
  /** From now on this program is killed at the n-th call of Windows after the next start of a program; 1: at once. */
  dieAfterStart: (calls: number) => dieAfterStart(calls),
  memory: () => process.memoryUsage.rss(),
  endLeftover: (treeId: string) => launcher.endLeftover(treeId, 0),
  exited: (treeId: string) => known(started, treeId).exited,
  /** How long a spawn and its end take, in milliseconds, one after the other. */
  async serial(requests: readonly SpawnRequest[]) {
    const from = performance.now();
    for (const request of requests) {
      const child = processes.spawn(request);
      if ('reason' in child) throw new Error(JSON.stringify(child));
      await child.exited;
      child.release();
    }
    return (performance.now() - from) / requests.length;
  },
  /** The same with nothing of ours, to compare. */
  async serialPlain(commands: readonly string[]) {
    const from = performance.now();
    for (const command of commands)
      await Bun.spawn({
        cmd: ['cmd.exe', '/d', '/s', '/c', command],
        windowsHide: true,
        stdin: 'ignore',
        stdout: 'ignore',
        stderr: 'ignore',
      }).exited;
    return (performance.now() - from) / commands.length;
  },
  async write(treeId: string, text: string) {
    return (await known(inputs, treeId).write(Buffer.from(text))) ?? 'written';
  },
  closeInput: (treeId: string) => known(inputs, treeId).close(),
  endTree: (treeId: string) => known(started, treeId).endTree(0),
  release: (treeId: string) => known(started, treeId).release(),
  async endAndRelease(treeId: string) {
    await known(started, treeId).endTree(0);
    known(started, treeId).release();
  },
  jobPids(treeId: string) {
    const job = JobObject.open(treeId);
    if (job === undefined) return [];
    const pids = job.processIds();
    job.close();
    return pids;
  },
  alive(pid: number) {
    const handle = openAny(pid);
    if (handle === undefined) return false;
    const alive = !hasEnded(handle);
    closeHandle(handle);
    return alive;
  },
  /** This one process, as Task Manager would. */
  terminate(pid: number) {
    const handle = openAny(pid);
    if (handle === undefined) return;
    terminate(handle);
    closeHandle(handle);
  },
  whyNotWritable: (folder: string) => whyNotWritable(folder),
  handleCount() {
    const { symbols } = dlopen('kernel32.dll', { GetProcessHandleCount: { args: ['i64', 'ptr'], returns: 'i32' } });
    const count = new Uint32Array(1);
    symbols.GetProcessHandleCount(CURRENT_PROCESS, count);
    return count[0] ?? 0;
  },
  variable: (name: string) => process.env[name],
  cpuMilliseconds() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  ...terminalMethods,
  lookUpProgram(program: string, env: Readonly<Record<string, string>>, cwd: string) {
    const found = lookUpProgram(program, env, cwd);
    return found.ok ? found.value : found.failure;
  },
  /** Each line by our rules, and by Windows' own. */
  splitCommandLines: (lines: readonly string[]) =>
    lines.map((line) => {
      const split = splitCommandLine(line);
      return { line, ours: split.ok ? split.value : split.failure, windows: argvOfWindows(line) };
    }),
  /** At the first look, and when all have answered; and what a command comes to. */
  async agents(env: Readonly<Record<string, string>>, cwd: string, versionLimitMs: number, command: string) {
    await using registry = new AgentRegistry({ launcher, env, cwd, versionLimitMs });
    const installed = () =>
      registry
        .list()
        .filter((agent) => agent.installed)
        .map(({ id, version }) => [id, version ?? null]);
    const atOnce = installed();
    await registry.settled();
    const resolved = registry.resolve(command);
    return { atOnce, settled: installed(), resolved: resolved.ok ? resolved.value : resolved.failure };
  },
  /** Opens a tunnel; once it stands, or has failed, ends it again. */
  async tunnel(env: Readonly<Record<string, string>>, root: string) {
    const tool = new LaunchedTool({ launcher, clock: systemClock, env, root, graceMs: 0 });
    const settled = Promise.withResolvers<TunnelStatus>();
    const tunnel: Devtunnel = new Devtunnel({
      tool,
      id: 'mine',
      ports: { main: 8585, terminal: 8586 },
      clock: systemClock,
      log: silentLog,
      changed: () => {
        if (['open', 'waiting'].includes(tunnel.status.state)) settled.resolve(tunnel.status);
      },
    });
    tunnel.start();
    const status = await settled.promise;
    await tunnel[Symbol.asyncDispose]();
    return status;
  },
  async stop() {
    await processes[Symbol.asyncDispose]();
    setTimeout(() => process.exit(0), 10);
  },
} as const;

async function answer(line: string, socket: Socket): Promise<void> {
  const { id, method, args } = JSON.parse(line) as { id: number; method: keyof typeof methods; args: never[] };
  const call: (...args: never[]) => unknown = methods[method];
  try {
    socket.write(`${JSON.stringify({ id, result: (await call(...args)) ?? null })}\n`);
  } catch (error) {
    socket.write(`${JSON.stringify({ id, error: String(error) })}\n`);
  }
}

/** So many bytes on stdout, in lines: what Wine's own programs take half a minute for. */
function flood(bytes: number): void {
  const line = 'a line of thirty-two characters\n';
  const block = line.repeat(2_048);
  for (let left = bytes; left > 0; left -= block.length) writeSync(1, block.slice(0, left));
}

// As we start PowerShell.
if (process.argv.includes('-Command')) standInForPowerShell();
else if (process.argv.includes('__record-exits')) void runExitRecorder().then(() => process.exit(0));
else if (process.argv.includes('__flood')) {
  flood(Number(process.argv.at(-1)));
  process.exit(0);
} else if (process.argv.includes('__arguments')) {
  const args = process.argv.slice(process.argv.indexOf('__arguments') + 1);
  console.log(JSON.stringify({ args, greeting: process.env['GREETING'] }));
} else {
  const socket = connect(Number(process.argv.at(-1)), '127.0.0.1');
  createInterface({ input: socket }).on('line', (line) => void answer(line, socket));
  socket.on('close', () => process.exit(0));
}
