/**
 * One watch of one folder.
 *
 *   starting ──tree is known──▶ watching ⇄ rootless, while the folder is gone
 *                                  └───────────┴──refused by a limit, or nobody needs it──▶ over
 *
 * Hints of one path are gathered for 50 ms, then the path is looked at, and the difference is an event. Where the system dropped hints, all is looked at, after an `overflow`; another one tells of a folder
 * that is gone, that is there again, and of the end of a watch that grew over a limit.
 */
import type { Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import type { HintReceiver, HintSource, NotWatched, Watching } from '../../platform/watching/watching.ts';
import type { Reach } from '../place.ts';
import type { PathGlob } from '../ignore/path-glob.ts';
import { WatchEvents } from './events.ts';
import { Filter } from './filter.ts';
import { PendingHints } from './pending-hints.ts';
import { directLooks, isFolder, patientLooks, type Looks } from './looks.ts';
import { RootLook } from './root-look.ts';
import { Tree, TreeRefused, type TreeFailure } from './tree.ts';

export interface WatchPlan {
  readonly reach: Reach;
  /** Real path of a folder that may be used. */
  readonly root: RawPath;
  readonly recursive: boolean;
  /** What is left out. */
  readonly exclude: readonly PathGlob[];
  /** Whether what git leaves out is left out. */
  readonly ignoreGit: boolean;
  /** Looks at everything so often instead of waiting for hints. Undefined: hints. */
  readonly pollSeconds: number | undefined;
}

export interface WatchSystem {
  readonly watching: Watching;
  readonly clock: Clock;
  readonly log: Log;
  readonly maxFolders: number;
}

export type WatchFailure = TreeFailure | NotWatched | { readonly reason: 'is-no-folder' };

const ROOT_MS = 1000;
/** Files with several names that are looked at each time the root is. */
const LINKS_AT_ONCE = 500;

export class Watch implements Disposable {
  readonly id: string;
  readonly events: WatchEvents;
  readonly #plan: WatchPlan;
  readonly #system: WatchSystem;
  readonly #looks: Looks;
  readonly #root: RootLook;
  readonly #pending: PendingHints;
  readonly #stop = new AbortController();
  readonly #timers = new Map<string, Disposable>();
  #state:
    | { readonly at: 'starting' | 'rootless' | 'over' }
    | { readonly at: 'watching'; readonly tree: Tree; readonly identity: string } = { at: 'starting' };
  #source: HintSource | undefined;
  #isBusy = false;
  #isSilent = true;

  private constructor(id: string, plan: WatchPlan, system: WatchSystem) {
    this.id = id;
    this.#plan = plan;
    this.#system = system;
    this.#looks = plan.pollSeconds === undefined ? directLooks : patientLooks;
    this.#root = new RootLook(plan, system.clock, this.#looks);
    this.events = new WatchEvents(plan.root);
    this.#pending = new PendingHints(system.clock);
  }

  /** `afterLoss`: its reader had another one, of which nothing is known any more. Rejects with the reason of the signal. */
  static async start(
    id: string,
    plan: WatchPlan,
    system: WatchSystem,
    afterLoss: boolean,
    signal: AbortSignal,
  ): Promise<Result<Watch, WatchFailure>> {
    const watch = new Watch(id, plan, system);
    const stop = () => watch.#stop.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    let isStarted = false;
    try {
      const begun = await watch.#begin();
      if (!begun.ok) return begun;
      if (afterLoss) watch.events.add('overflow');
      watch.events.add('ready');
      if (plan.pollSeconds !== undefined) watch.#again('poll', plan.pollSeconds * 1000, () => watch.#readAll());
      watch.#again('root', ROOT_MS, () => watch.#checkRoot());
      isStarted = true;
      return ok(watch);
    } finally {
      signal.removeEventListener('abort', stop);
      if (!isStarted) watch[Symbol.dispose]();
    }
  }

  /** Nothing will come any more. */
  get isOver(): boolean {
    return this.#state.at === 'over';
  }

  get folders(): number {
    return this.#state.at === 'watching' ? this.#state.tree.folders : 0;
  }

  [Symbol.dispose](): void {
    this.#state = { at: 'over' };
    this.#stop.abort();
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
    this.#timers.clear();
    this.#closeSource();
    this.events.changed.notifyAll();
  }

  /** Learns what is there, and tells nothing of it. */
  async #begin(): Promise<Result<undefined, WatchFailure>> {
    const { root, reach, recursive, exclude, ignoreGit, pollSeconds } = this.#plan;
    const { watching, maxFolders } = this.#system;
    if (pollSeconds === undefined && watching.isRemote(root)) return fail({ reason: 'is-remote', path: root });
    const seen = await this.#looks.at(root);
    if (seen === undefined) return fail({ reason: 'gone' });
    if (!isFolder(seen.state)) return fail({ reason: 'is-no-folder' });
    if ((await this.#looks.names(root)) === undefined) return fail({ reason: 'not-permitted' });
    this.#pending.clear();
    if (pollSeconds === undefined) {
      const opened = watching.open(root, this.#receiver);
      if (!opened.ok) return opened;
      this.#source = opened.value;
    }
    const tree = new Tree({
      device: seen.device,
      recursive,
      reach,
      filter: new Filter({ root, globs: exclude, ignoreGit, mayUse: (folder) => reach.at(folder, false).ok }),
      looks: this.#looks,
      source: () => this.#source,
      isRemote: watching.isRemote,
      maxFolders,
      tell: (type, path) => void (this.#isSilent || this.events.add(type, path)),
      signal: this.#stop.signal,
    });
    this.#isSilent = true;
    try {
      await tree.read(root, false);
      await tree.lookAtLinked();
    } catch (error) {
      if (error instanceof TreeRefused) return fail(error.failure);
      throw error;
    }
    this.#stop.signal.throwIfAborted();
    this.#isSilent = false;
    this.#state = { at: 'watching', tree, identity: seen.identity };
    this.#arm();
    return ok(undefined);
  }

  readonly #receiver: HintReceiver = {
    changed: (folder, name) => {
      this.#pending.add(folder, name);
      this.#arm();
    },
    lost: () => {
      this.#pending.lose();
      this.#arm();
    },
  };

  /** Works when the next hint is due. */
  #arm(): void {
    const { dueIn } = this.#pending;
    if (dueIn === undefined || this.#isBusy || this.#state.at !== 'watching' || this.#timers.has('work')) return;
    const work = this.#system.clock.after(dueIn, () => {
      this.#timers.delete('work');
      this.#work();
    });
    this.#timers.set('work', work);
  }

  /** Calls back again and again. */
  #again(name: string, ms: number, callback: () => unknown): void {
    this.#timers.get(name)?.[Symbol.dispose]();
    const next = () =>
      this.#timers.set(
        name,
        this.#system.clock.after(ms, () => {
          next();
          callback();
        }),
      );
    if (!this.#stop.signal.aborted) next();
  }

  #work(): void {
    void this.#alone(async (tree) => {
      if (this.#pending.takeLoss()) {
        this.events.add('overflow');
        await tree.read(this.#plan.root, true);
      }
      for (let hint = this.#pending.takeDue(); hint !== undefined; hint = this.#pending.takeDue())
        await tree.look(hint.folder, hint.name);
    });
  }

  #readAll(): void {
    void this.#alone((tree) => tree.read(this.#plan.root, true));
  }

  /** One look at a time; what is asked for meanwhile has its turn later. */
  async #alone(look: (tree: Tree) => Promise<void>): Promise<void> {
    if (this.#isBusy || this.#state.at !== 'watching') return;
    this.#isBusy = true;
    try {
      const { tree } = this.#state;
      await look(tree);
      await tree.lookAtLinked();
    } catch (error) {
      this.#endBy(error);
    } finally {
      this.#isBusy = false;
      this.#arm();
    }
  }

  async #checkRoot(): Promise<void> {
    if (this.#isBusy || (this.#state.at !== 'watching' && this.#state.at !== 'rootless')) return;
    this.#isBusy = true;
    try {
      const identity = await this.#root.identity(this.#state.at === 'watching' ? this.#state.identity : undefined);
      if (this.#state.at === 'watching') {
        if (identity === this.#state.identity) return this.#checkLinks(this.#state.tree);
        this.#closeSource();
        this.#state = { at: 'rootless' };
        this.events.add('overflow');
      }
      if (identity !== undefined && this.#state.at === 'rootless') await this.#beginAgain();
    } catch (error) {
      this.#endBy(error);
    } finally {
      this.#isBusy = false;
      this.#arm();
    }
  }

  async #beginAgain(): Promise<void> {
    const begun = await this.#begin();
    if (begun.ok) return this.events.add('overflow');
    this.#closeSource();
    // Gone again; whatever else it is does not pass.
    if (begun.failure.reason !== 'gone') this.#over(begun.failure.reason);
  }

  #checkLinks(tree: Tree): void {
    const { paths } = machinePaths;
    for (const path of tree.links.some(LINKS_AT_ONCE)) this.#pending.add(paths.dirname(path), paths.basename(path));
  }

  #endBy(error: unknown): void {
    if (this.isOver) return;
    if (!(error instanceof TreeRefused)) throw error;
    this.#over(error.failure.reason);
  }

  /** Its readers come back, and are told why there is none any more. */
  #over(why: string): void {
    this.#system.log.warn('a watch of files has ended', { root: machinePaths.toText(this.#plan.root), why });
    this.events.add('overflow');
    this[Symbol.dispose]();
  }

  #closeSource(): void {
    this.#source?.[Symbol.dispose]();
    this.#source = undefined;
  }
}
