/**
 * PowerShell, kept alive.
 *
 *   server ──"TOKEN PATH"──▶ channel ──▶ resident loop (host.ps1) runs the file at PATH
 *   server ◀──marks in stdout and stderr, "TOKEN CODE" in the channel── loop
 *
 * A command is over when both streams have reached its mark and the channel has reported its code: the
 * three have no order between them. `exit` ends the process, and its code is then the command's.
 * A SIGINT from elsewhere ends what runs, with exit code 130, and the shell goes on.
 */
import { join } from 'node:path';
import { openSharedInput } from '../../platform/pipes/index.ts';
import type { Launched, Launcher } from '../../platform/process/process.ts';
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
import { startShell } from '../start-shell.ts';
import { Channel } from './channel.ts';
import { hostLine, MARK_PREFIX } from './host-line.ts';
import { literal } from './literal.ts';
import { StreamSink } from './stream-sink.ts';
import { Turn } from './turn.ts';

/** Windows may let no script be loaded from a file otherwise, modules neither; elsewhere it means nothing. */
const POLICY = ['-ExecutionPolicy', 'Bypass'];
const ARGUMENTS = ['-NoLogo', '-NoProfile', '-NonInteractive', ...POLICY, '-Command', '-'];

/** Otherwise each command comes between escape sequences, and errors and tables in colour. */
const PLAIN = { TERM: 'dumb', NO_COLOR: '1', POWERSHELL_TELEMETRY_OPTOUT: '1', POWERSHELL_UPDATECHECK: 'Off' };

/** A shell that has not answered by then will not answer: with dozens of them starting at once it may take a minute. */
const START_TIMEOUT_MS = 120_000;
/** What was in the pipes when the shell ended is there at once; what a child keeps open is not waited for. */
const DRAIN_MS = 500;

export function powershell(name: ShellName, path: string, launcher: Launcher): ShellKind {
  return {
    name,
    path,
    // Before 7.5 an empty value removes the variable.
    canSet: (variable, value) => isPlainName(variable) && value !== '',
    start: (request) => start(path, launcher, request),
    // It is not in the history, and so its last `$?` is not known: what fails has to stop it.
    seedText: ({ workdir, env }) =>
      [
        'trap { break }',
        ...Object.entries(env).map(([variable, value]) => `$env:${variable} = ${literal(value)}`),
        `Microsoft.PowerShell.Management\\Set-Location -LiteralPath ${literal(workdir)} -ErrorAction Stop`,
        '',
      ].join('\n'),
  };
}

async function start(path: string, launcher: Launcher, { folder, env, treeId }: ShellStart): Promise<ShellProcess> {
  const channel = await Channel.open();
  const inputPath = join(folder, 'stdin');
  const request = { argv: [path, ...ARGUMENTS], cwd: folder, env: { ...env, ...PLAIN }, treeId, inputPath };
  try {
    return await startShell(launcher, request, START_TIMEOUT_MS, async (launched) => {
      const shell = new PowerShell(launched, channel, inputPath);
      await shell.prepare(launched.stdin);
      return shell;
    });
  } catch (error) {
    channel[Symbol.dispose]();
    throw error;
  }
}

class PowerShell implements ShellProcess {
  readonly process: ShellProcess['process'];
  readonly #channel: Channel;
  readonly #stdout: StreamSink;
  readonly #stderr: StreamSink;
  readonly #inputPath: string;
  readonly #trackStarted: Launched['trackStarted'];
  /** Absent where what a command has started cannot be told apart. */
  readonly interrupt?: (graceMs: number) => Promise<boolean>;
  #turn: Turn | undefined;
  #answered: ((code: number) => void) | undefined;
  #token = 'ready';

  constructor({ process, stdout, stderr, trackStarted }: Launched, channel: Channel, inputPath: string) {
    this.process = process;
    this.#channel = channel;
    this.#stdout = new StreamSink(stdout);
    this.#stderr = new StreamSink(stderr);
    this.#inputPath = inputPath;
    this.#trackStarted = trackStarted;
    if (trackStarted !== undefined)
      this.interrupt = async (graceMs) => (await this.#turn?.interrupt(graceMs, (line) => channel.send(line))) ?? true;
    channel.onLine = (line) => this.#onLine(line);
    void process.exited.then(() => channel[Symbol.dispose]());
  }

  /** To be called once, before the first command. */
  async prepare(stdin: Launched['stdin']): Promise<void> {
    const ready = this.#code();
    await stdin.write(new TextEncoder().encode(hostLine(this.#channel.name)));
    await ready;
    // The loop is in, and reads no more of stdin: from here on that is the commands'.
    stdin[Symbol.dispose]();
  }

  openInput(): ShellInput {
    return openSharedInput(this.#inputPath);
  }

  async run(files: CommandFiles): Promise<CommandEnd> {
    const turn = new Turn(this.#trackStarted?.());
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

  #onLine(line: string): void {
    const [token, code] = line.split(' ');
    if (token !== this.#token) return;
    if (code === 'stopping') this.#turn?.stops();
    else this.#answered?.(Number(code));
  }
}
