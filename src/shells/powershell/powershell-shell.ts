/**
 * PowerShell, kept alive.
 *
 *   server ──"TOKEN PATH"──▶ channel ──▶ resident loop (host.ps1) runs the file at PATH
 *   server ◀──marks in stdout and stderr, "TOKEN CODE" in the channel── loop
 *
 * A command is over when both streams have reached its mark and the channel has told its code: the
 * three have no order between them. `exit` ends the process, and its code is then the command's.
 * A SIGINT from elsewhere ends what runs, with exit code 130, and the shell goes on.
 */
import { join } from 'node:path';
import type { Launcher, ManagedProcess } from '../../platform/process/process.ts';
import { openSharedInput } from '../../platform/input/shared-input.ts';
import {
  isPlainName,
  type CommandEnd,
  type CommandFiles,
  type ShellInput,
  type ShellKind,
  type ShellName,
  type ShellProcess,
  type ShellStart,
} from '../shell-process.ts';
import { Channel } from './channel.ts';
import { hostLine, MARK_PREFIX } from './host-line.ts';
import { literal } from './literal.ts';
import { StreamSink } from './stream-sink.ts';
import { Turn, type Started } from './turn.ts';

/** Windows may let no script be loaded from a file otherwise, modules neither; elsewhere it means nothing. */
const POLICY = ['-ExecutionPolicy', 'Bypass'];
const ARGUMENTS = ['-NoLogo', '-NoProfile', '-NonInteractive', ...POLICY, '-Command', '-'];

/** Otherwise each command comes between escape sequences, and errors and tables in colour. */
const PLAIN = { TERM: 'dumb', NO_COLOR: '1', POWERSHELL_TELEMETRY_OPTOUT: '1', POWERSHELL_UPDATECHECK: 'Off' };

/** A shell that has said nothing for so long will not say anything: with dozens of them starting at once it may take a minute. */
const START_PATIENCE_MS = 120_000;
/** What was in the pipes when the shell ended is there at once; what a child keeps open is not waited for. */
const DRAIN_MS = 500;

/** Begins to tell apart what a shell starts from now on. */
export type StartedBy = (tree: { readonly root: ManagedProcess['identity']; readonly treeId: string }) => Started;

/** Without `startedBy` a command cannot be interrupted: nobody could tell what belongs to it. */
export function powershell(name: ShellName, path: string, launcher: Launcher, startedBy?: StartedBy): ShellKind {
  return {
    name,
    path,
    // Before 7.5 an empty value removes the variable.
    canSet: (variable, value) => isPlainName(variable) && value !== '',
    start: (request) => PowerShell.start(path, launcher, request, startedBy),
    seedText: ({ workdir, env }) =>
      [
        ...Object.entries(env).map(([variable, value]) => `$env:${variable} = ${literal(value)}`),
        `Microsoft.PowerShell.Management\\Set-Location -LiteralPath ${literal(workdir)}`,
        '',
      ].join('\n'),
  };
}

class PowerShell implements ShellProcess {
  readonly process: ShellProcess['process'];
  readonly #channel: Channel;
  readonly #stdout: StreamSink;
  readonly #stderr: StreamSink;
  readonly #input: string;
  /** Absent where nobody can tell what a command has started. */
  readonly interrupt?: (graceMs: number) => Promise<boolean>;
  readonly #started: () => Started | undefined;
  #turn: Turn | undefined;
  #answered: ((code: number) => void) | undefined;
  #token = 'ready';

  private constructor(
    process: ShellProcess['process'],
    channel: Channel,
    stdout: StreamSink,
    stderr: StreamSink,
    input: string,
    started: (() => Started) | undefined,
  ) {
    this.process = process;
    this.#started = started ?? (() => undefined);
    if (started !== undefined)
      this.interrupt = async (graceMs) => (await this.#turn?.interrupt(graceMs, (line) => channel.send(line))) ?? true;
    this.#channel = channel;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#input = input;
    channel.onLine = (line) => this.#answer(line);
    void process.exited.then(() => channel[Symbol.dispose]());
  }

  static async start(
    path: string,
    launcher: Launcher,
    { folder, env, treeId }: ShellStart,
    startedBy: StartedBy | undefined,
  ): Promise<PowerShell> {
    const channel = await Channel.open();
    const inputPath = join(folder, 'stdin');
    let streams: { stdout: StreamSink; stderr: StreamSink } | undefined;
    const process = await launcher.launch({
      argv: [path, ...ARGUMENTS],
      cwd: folder,
      env: { ...env, ...PLAIN },
      treeId,
      inputPath,
      messages: (stdout, stderr) => {
        streams = { stdout: new StreamSink(stdout), stderr: new StreamSink(stderr) };
      },
    });
    if ('reason' in process || streams === undefined) {
      channel[Symbol.dispose]();
      throw new Error('detail' in process ? process.detail : 'it has no output');
    }
    const { identity: root } = process;
    const started = startedBy && (() => startedBy({ root, treeId }));
    const shell = new PowerShell(process, channel, streams.stdout, streams.stderr, inputPath, started);
    const ready = shell.#code();
    await process.write(new TextEncoder().encode(hostLine(channel.name)));
    const late = Bun.sleep(START_PATIENCE_MS).then(() => 'late' as const);
    const end = await Promise.race([ready, process.exited.then(() => 'ended' as const), late]);
    if (typeof end === 'string') {
      await process.endTree(0);
      process.release();
      throw new Error(end === 'late' ? 'it did not answer' : 'it ended while it was started');
    }
    // The loop is in, and reads no more of stdin: from here on that is the commands'.
    process.releaseInput();
    return shell;
  }

  openInput(): ShellInput {
    return openSharedInput(this.#input);
  }

  async run(files: CommandFiles): Promise<CommandEnd> {
    const turn = new Turn(this.#started());
    this.#turn = turn;
    this.#token = turn.token;
    const finished = Promise.all([
      this.#code(),
      this.#stdout.begin(files.stdout, MARK_PREFIX + turn.token),
      this.#stderr.begin(files.stderr, MARK_PREFIX + turn.token),
    ]).then(([exitCode]): CommandEnd => ({ how: 'finished', exitCode }));
    this.#channel.send(`${turn.token} ${Buffer.from(files.text, 'utf8').toString('base64')}`);
    const end = await turn.over(Promise.race([finished, this.#ended()]));
    this.#turn = undefined;
    return end;
  }

  async #ended(): Promise<CommandEnd> {
    const exit = await this.process.exited;
    await Promise.race([Promise.all([this.#stdout.ended, this.#stderr.ended]), Bun.sleep(DRAIN_MS)]);
    return { how: 'shell-exited', exitCode: exit.known ? exit.code : 1 };
  }

  #code(): Promise<number> {
    return new Promise((resolve) => {
      this.#answered = resolve;
    });
  }

  #answer(line: string): void {
    const [token, code] = line.split(' ');
    if (token !== this.#token) return;
    if (code === 'stopping') this.#turn?.stops();
    else this.#answered?.(Number(code));
  }
}
