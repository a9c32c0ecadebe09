/**
 * `devtunnel` as processes of this server, which end with it. While one that stays runs there is a folder named by its
 * tree: so the next start finds what a server that was killed has left, since two hosts of one tunnel disturb each other.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { fail, messageOf, ok, type Result } from '../../core/failure.ts';
import { newId } from '../../core/id.ts';
import { within } from '../../core/within.ts';
import type { ExitResult, Launched, Launcher } from '../../platform/process/process.ts';
import { findProgram } from '../../platform/programs/index.ts';
import { LIMIT_MS, type DevtunnelTool, type HostProcess, type ToolAnswer, type ToolFailure } from './tool.ts';

const PROGRAM = 'devtunnel';
/** For the last bytes of a program that has gone. */
const DRAIN_MS = 500;
/** Of one that does not stop printing no more is kept. */
const MAX_CHARACTERS = 64 * 1024;

export interface LaunchedToolOptions {
  readonly launcher: Launcher;
  readonly clock: Clock;
  /** The environment of commands: without the key of this server. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder of this room in the data folder. */
  readonly root: string;
  /** Milliseconds between asking a tree to end and ending it. */
  readonly graceMs: number;
}

interface Started {
  readonly launched: Launched;
  readonly end: () => Promise<void>;
}

export class LaunchedTool implements DevtunnelTool {
  readonly #options: LaunchedToolOptions;
  /** Ends each that is running. */
  readonly #running = new Set<() => Promise<void>>();
  #closed = false;

  /** What a server that was killed has left behind is gone. Begun by the first command: a server waits for none of it. */
  #clean: Promise<unknown> | undefined;

  constructor(options: LaunchedToolOptions) {
    this.#options = options;
  }

  async run(args: readonly string[]): Promise<Result<ToolAnswer, ToolFailure>> {
    const started = await this.#start(args);
    if (!started.ok) return started;
    const { launched, end } = started.value;
    let [out, err] = ['', ''];
    const read = Promise.all([
      forward(launched.stdout, (text) => (out = (out + text).slice(-MAX_CHARACTERS))),
      forward(launched.stderr, (text) => (err = (err + text).slice(-MAX_CHARACTERS))),
    ]);
    const { clock } = this.#options;
    const exit = await within(clock, LIMIT_MS, launched.process.exited);
    if (exit !== 'late') await within(clock, DRAIN_MS, read);
    await end();
    if (exit === 'late') return fail({ reason: 'late' });
    return ok({ code: codeOf(exit), text: Bun.stripANSI(`${out}\n${err}`).trim() });
  }

  async host(args: readonly string[]): Promise<Result<HostProcess, ToolFailure>> {
    const started = await this.#start(args);
    if (!started.ok) return started;
    const { launched, end } = started.value;
    const { process, stdout, stderr } = launched;
    const read = Promise.withResolvers<unknown>();
    return ok({
      pid: process.identity.pid,
      // Why it ends is the last that it prints.
      exited: process.exited.then(async (exit) => {
        await within(this.#options.clock, DRAIN_MS, read.promise);
        return codeOf(exit);
      }),
      onOutput(listener) {
        read.resolve(Promise.all([forward(stdout, listener), forward(stderr, listener)]));
      },
      end,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running].map((end) => end()));
  }

  /** Its folder may be gone, or the disk full. */
  async #start(args: readonly string[]): Promise<Result<Started, ToolFailure>> {
    try {
      this.#clean ??= this.#endLeftovers().catch((error: unknown) => {
        this.#clean = undefined;
        throw error;
      });
      await this.#clean;
      return await this.#launch(args);
    } catch (error) {
      return fail({ reason: 'not-started', detail: messageOf(error) });
    }
  }

  async #endLeftovers(): Promise<void> {
    const { root, launcher, graceMs } = this.#options;
    mkdirSync(root, { recursive: true, mode: 0o700 });
    await Promise.all(
      readdirSync(root).map(async (treeId) => {
        await launcher.endLeftover(treeId, graceMs);
        rmSync(join(root, treeId), { recursive: true, force: true });
      }),
    );
  }

  async #launch(args: readonly string[]): Promise<Result<Started, ToolFailure>> {
    const { launcher, env, root, graceMs } = this.#options;
    if (this.#closed) return fail({ reason: 'not-started', detail: 'the server is shutting down' });
    // Looked for each time: it may be installed while the server runs.
    const program = findProgram(PROGRAM, env, root);
    if (program === undefined) return fail({ reason: 'not-found' });
    const treeId = newId();
    const folder = join(root, treeId);
    const remove = () => rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const launched = await launcher.launch({ argv: [program, ...args], cwd: root, env, treeId, inputPath: undefined });
    if ('reason' in launched) {
      remove();
      const detail = launched.reason === 'cwd-missing' ? `there is no folder ${launched.cwd}` : launched.detail;
      return fail({ reason: 'not-started', detail });
    }
    let ending: Promise<void> | undefined;
    const end = () => {
      ending ??= (async () => {
        launched.stdin[Symbol.dispose]();
        await launched.process.endTree(graceMs);
        launched.process.release();
        remove();
        this.#running.delete(end);
      })();
      return ending;
    };
    this.#running.add(end);
    // The room may have closed while the process was being started.
    if (this.#closed) await end();
    return ok({ launched, end });
  }
}

const codeOf = (exit: ExitResult): number | undefined => (exit.known ? exit.code : undefined);

/** Resolves at the end of the stream; a pipe that breaks has ended. */
async function forward(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const bytes of stream) take(decoder.decode(bytes, { stream: true }));
  } catch {
    // The program is gone, which its exit tells.
  }
}
