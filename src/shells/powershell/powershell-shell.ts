/**
 * PowerShell, kept alive. An interrupt (SIGINT) ends the command that runs, with exit code 130, and the shell goes on.
 *
 *   server ──"TOKEN PATH"──▶ channel ──▶ resident loop (host.ps1) runs the file at PATH
 *   server ◀──marks in stdout and stderr, "TOKEN CODE" in the channel── loop
 *
 * A command is over when both streams have reached its mark and the channel has told its code: the
 * three have no order between them. `exit` ends the process, and its code is then the command's.
 */
import { join } from 'node:path';
import { secureRandom } from '../../core/id.ts';
import type { Launcher } from '../../platform/process.ts';
import { openSharedInput } from '../../platform/shared-input.ts';
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

/** Windows may let no script be loaded from a file otherwise, modules neither; elsewhere it means nothing. */
const POLICY = ['-ExecutionPolicy', 'Bypass'];
const ARGUMENTS = ['-NoLogo', '-NoProfile', '-NonInteractive', ...POLICY, '-Command', '-'];

/** Otherwise each command comes between escape sequences, and errors and tables in colour. */
const PLAIN = { TERM: 'dumb', NO_COLOR: '1', POWERSHELL_TELEMETRY_OPTOUT: '1', POWERSHELL_UPDATECHECK: 'Off' };

/** A shell that has said nothing for so long will not say anything: with dozens of them starting at once it may take a minute. */
const START_PATIENCE_MS = 120_000;
/** What was in the pipes when the shell ended is there at once; what a child keeps open is not waited for. */
const LAST_WORDS_MS = 500;

export function powershell(name: ShellName, path: string, launcher: Launcher): ShellKind {
  return {
    name,
    path,
    canSet: isPlainName,
    start: (request) => PowerShell.start(path, launcher, request),
    seedText: ({ workdir, env }, serverCwd) =>
      [
        ...Object.entries(env).map(([variable, value]) => `$env:${variable} = ${literal(value)}`),
        `Microsoft.PowerShell.Management\\Set-Location -LiteralPath ${literal(serverCwd)}`,
        ...(workdir === '' ? [] : [`Microsoft.PowerShell.Management\\Set-Location -LiteralPath ${literal(workdir)}`]),
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
  #answered: ((code: number) => void) | undefined;
  #token = 'ready';

  private constructor(
    process: ShellProcess['process'],
    channel: Channel,
    stdout: StreamSink,
    stderr: StreamSink,
    input: string,
  ) {
    this.process = process;
    this.#channel = channel;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#input = input;
    channel.onLine = (line) => this.#answer(line);
    void process.exited.then(() => channel[Symbol.dispose]());
  }

  static async start(path: string, launcher: Launcher, { folder, env, treeId }: ShellStart): Promise<PowerShell> {
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
    const shell = new PowerShell(process, channel, streams.stdout, streams.stderr, inputPath);
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
    const token = secureRandom(16).toHex();
    this.#token = token;
    const finished = Promise.all([
      this.#code(),
      this.#stdout.begin(files.stdout, MARK_PREFIX + token),
      this.#stderr.begin(files.stderr, MARK_PREFIX + token),
    ]).then(([exitCode]): CommandEnd => ({ how: 'finished', exitCode }));
    this.#channel.send(`${token} ${Buffer.from(files.text, 'utf8').toString('base64')}`);
    return Promise.race([finished, this.#ended()]);
  }

  async #ended(): Promise<CommandEnd> {
    const exit = await this.process.exited;
    await Promise.race([Promise.all([this.#stdout.ended, this.#stderr.ended]), Bun.sleep(LAST_WORDS_MS)]);
    return { how: 'shell-exited', exitCode: exit.known ? exit.code : 1 };
  }

  #code(): Promise<number> {
    return new Promise((resolve) => {
      this.#answered = resolve;
    });
  }

  #answer(line: string): void {
    const [token, code] = line.split(' ');
    if (token === this.#token) this.#answered?.(Number(code));
  }
}
