/**
 * Agents as processes of this server, which end with it. Each has a folder below `agents/run`, named by its tree, while it
 * runs: so the next start finds what a server that was killed has left behind.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../core/clock.ts';
import { messageOf } from '../../core/failure.ts';
import { within } from '../../core/within.ts';
import type { Launcher, Launched } from '../../platform/process/process.ts';
import type { AgentExit, AgentProcess, StartAgent } from './agent-process.ts';

export interface AgentLauncherOptions {
  /** Where the folders of running agents are. */
  readonly root: string;
  readonly launcher: Launcher;
  /** Milliseconds an agent has for its end after end of input, and again after SIGTERM. */
  readonly graceMs: number;
}

/** Ends what a server that was killed has left behind; disposed of, whatever it has started. */
export async function openAgentLauncher(options: AgentLauncherOptions): Promise<StartAgent & AsyncDisposable> {
  const { root, launcher, graceMs } = options;
  mkdirSync(root, { recursive: true, mode: 0o700 });
  await Promise.all(
    readdirSync(root).map(async (treeId) => {
      await launcher.endLeftover(treeId, graceMs);
      rmSync(join(root, treeId), { recursive: true, force: true });
    }),
  );
  const running = new Set<LaunchedAgent>();
  const start: StartAgent = async ({ argv, cwd, env, treeId }) => {
    const folder = join(root, treeId);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const started = await launcher.launch({ argv, cwd, env, treeId, inputPath: join(folder, 'stdin') });
      if ('process' in started) {
        const agent = new LaunchedAgent(started, graceMs, () => {
          running.delete(agent);
          removeFolder(folder);
        });
        running.add(agent);
        return agent;
      }
      throw new Error(started.reason === 'cwd-missing' ? `no such folder: ${started.cwd}` : started.detail);
    } catch (error) {
      removeQuietly(folder);
      throw new Error(`the agent could not be started: ${messageOf(error)}`, { cause: error });
    }
  };
  return Object.assign(start, {
    async [Symbol.asyncDispose]() {
      await Promise.all([...running].map((agent) => agent.end()));
    },
  });
}

const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** What kept the agent from its start may keep its folder, too: the next start of the server removes it. */
function removeQuietly(folder: string): void {
  try {
    removeFolder(folder);
  } catch {
    // The sentence is of what failed first.
  }
}

/** `remove` is called when nothing of it is left. */
export class LaunchedAgent implements AgentProcess {
  readonly pid: number;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly exited: Promise<AgentExit>;
  readonly #launched: Launched;
  readonly #graceMs: number;
  readonly #remove: () => void;
  #ending: Promise<void> | undefined;

  constructor(launched: Launched, graceMs: number, remove: () => void) {
    this.#launched = launched;
    this.#graceMs = graceMs;
    this.#remove = remove;
    this.pid = launched.process.identity.pid;
    this.stdout = launched.stdout;
    this.stderr = launched.stderr;
    this.exited = launched.process.exited.then((exit) => ({ code: exit.known ? exit.code : undefined }));
  }

  async write(data: Uint8Array): Promise<boolean> {
    return (await this.#launched.stdin.write(data)) === undefined;
  }

  end(): Promise<void> {
    return (this.#ending ??= this.#end());
  }

  async #end(): Promise<void> {
    const { process, stdin } = this.#launched;
    stdin[Symbol.dispose]();
    await within(systemClock, this.#graceMs, this.exited);
    // Also when it has ended by itself: some leave native children and daemons behind.
    await process.endTree(this.#graceMs);
    process.release();
    this.#remove();
  }
}
