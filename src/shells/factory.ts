/**
 * Makes shell processes, each in a private folder. One spare of every kind in use is kept, started but not seeded, so that
 * the next session that needs a process does not wait for its start.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '../core/id.ts';
import type { Launcher } from '../platform/process/process.ts';
import type { Seed, ShellKind, ShellProcess } from './shell-process.ts';

export interface ShellFactoryOptions {
  readonly dataPath: string;
  readonly launcher: Launcher;
  readonly baseEnv: Readonly<Record<string, string>>;
  /** Whether a spare of each kind in use is kept. */
  readonly spares: boolean;
  readonly graceMs: number;
}

export interface FreshShell {
  readonly shell: ShellProcess;
  /** The part of the seed that the shell itself has to apply. */
  readonly seed: Seed;
  /** Whether its process has ended. */
  gone(): boolean;
  /** Ends it with all it started, and removes its folder. */
  end(): Promise<void>;
}

type Unseeded = Omit<FreshShell, 'seed'>;

interface Spare {
  readonly made: Promise<Unseeded>;
  /** The environment that it has got, as text. */
  readonly env: string;
}

export class ShellFactory implements AsyncDisposable {
  readonly #options: ShellFactoryOptions;
  readonly #root: string;
  readonly #spares = new Map<ShellKind, Spare>();
  #closed = false;

  private constructor(options: ShellFactoryOptions) {
    this.#options = options;
    this.#root = join(options.dataPath, 'shells');
  }

  /** Ends the shells that a server that was killed has left behind. */
  static async open(options: ShellFactoryOptions): Promise<ShellFactory> {
    const factory = new ShellFactory(options);
    mkdirSync(factory.#root, { recursive: true, mode: 0o700 });
    await Promise.all(readdirSync(factory.#root).map((treeId) => factory.#endLeftover(treeId)));
    return factory;
  }

  async fresh(kind: ShellKind, seed: Seed): Promise<FreshShell> {
    // A spare has its environment already: there the shell has to set the variables, if it can.
    const throughShell = Object.entries(seed.env).every(([name, value]) => kind.canSet(name, value));
    const spare = throughShell ? await this.#takeSpare(kind) : undefined;
    const made = spare ?? (await this.#make(kind, seed.env));
    if (this.#options.spares) this.#prepareSpare(kind);
    return { ...made, seed: spare === undefined ? { ...seed, env: {} } : seed };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all(
      [...this.#spares.values()].map((spare) => spare.made.then((made) => made.end()).catch(() => undefined)),
    );
  }

  async #takeSpare(kind: ShellKind): Promise<Unseeded | undefined> {
    const spare = this.#spares.get(kind);
    this.#spares.delete(kind);
    const made = await spare?.made.catch(() => undefined);
    if (made === undefined) return undefined;
    // A tunnel that was opened meanwhile has changed what commands see.
    if (!made.gone() && spare?.env === this.#baseEnv()) return made;
    await made.end();
    return undefined;
  }

  #prepareSpare(kind: ShellKind): void {
    if (this.#closed || this.#spares.has(kind)) return;
    const env = this.#baseEnv();
    const made = this.#make(kind, {});
    // A failure is not reported here: the session that needs a process makes one itself, and reports its failure.
    made.catch(() => this.#spares.delete(kind));
    this.#spares.set(kind, { made, env });
  }

  #baseEnv(): string {
    return JSON.stringify(this.#options.baseEnv);
  }

  async #make(kind: ShellKind, env: Readonly<Record<string, string>>): Promise<Unseeded> {
    const treeId = newId();
    const folder = join(this.#root, treeId);
    mkdirSync(folder, { mode: 0o700 });
    const remove = () => rmSync(folder, { recursive: true, force: true });
    try {
      const shell = await kind.start({ folder, env: { ...this.#options.baseEnv, ...env }, treeId });
      const endOnce = async (): Promise<void> => {
        await shell.process.endTree(this.#options.graceMs);
        shell.process.release();
        remove();
      };
      // Called by the session that sees the process exit and by the one that is closed: all wait for the same end.
      let ending: Promise<void> | undefined;
      const end = (): Promise<void> => (ending ??= endOnce());
      let ended = false;
      void shell.process.exited.then(() => {
        ended = true;
      });
      return { shell, end, gone: () => ended };
    } catch (error) {
      remove();
      throw error;
    }
  }

  async #endLeftover(treeId: string): Promise<void> {
    await this.#options.launcher.endLeftover(treeId, this.#options.graceMs);
    rmSync(join(this.#root, treeId), { recursive: true, force: true });
  }
}
