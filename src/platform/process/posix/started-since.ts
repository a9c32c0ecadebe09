/**
 * What a process that stays has started since some moment: the tree of one command in a shell that is
 * given many.
 *
 * Not among them: what it had started before, and what descends from that. The clock of starts ticks
 * coarsely (10 ms on Linux), so within the tick of that moment the list of its children decides.
 */
import { keyOf, type ProcessEntry, type ProcessSnapshot } from './process-entry.ts';
import { childrenOf, processSnapshot, startClock } from './process-table.ts';
import type { StartedSince } from '../process.ts';
import { sendSignal } from '../send-signal.ts';
import { endAll, members, type Tree } from './tree.ts';

export class StartedSincePosix implements StartedSince {
  readonly #tree: Tree;
  readonly #moment: number;
  readonly #children: ReadonlySet<number>;
  readonly #interrupted = new Set<string>();
  /** Nothing is left of them. */
  #ended = false;

  /** From now on. */
  constructor(tree: Tree) {
    this.#tree = tree;
    this.#moment = startClock();
    this.#children = new Set(tree.root === undefined ? [] : childrenOf(tree.root.pid));
  }

  async interrupt(): Promise<void> {
    const snapshot = await processSnapshot();
    // While it was read all may have ended, and the shell begun with something else.
    if (this.#ended) return;
    const shell = snapshot.get(this.#tree.root?.pid ?? 0)?.commandLine();
    for (const entry of this.#pick(snapshot)) {
      const program = entry.commandLine();
      const key = `${keyOf(entry)} ${program}`;
      // A copy of the shell (a subshell, or a program that is about to start) now and then loses the signal.
      if (program !== shell && this.#interrupted.has(key)) continue;
      this.#interrupted.add(key);
      sendSignal(entry.pid, 'SIGINT');
    }
  }

  async end(graceMs: number): Promise<void> {
    await endAll((snapshot) => this.#pick(snapshot), graceMs);
    this.#ended = true;
  }

  #pick(snapshot: ProcessSnapshot): ProcessEntry[] {
    const root = this.#tree.root?.pid;
    const all = members(snapshot, this.#tree).filter(({ pid }) => pid !== root);
    const earlier = new Set<number>();
    for (let grown = true; grown;) {
      grown = false;
      for (const entry of all) {
        if (earlier.has(entry.pid) || !(this.#beganBefore(entry) || earlier.has(entry.parent))) continue;
        earlier.add(entry.pid);
        grown = true;
      }
    }
    return all.filter(({ pid }) => !earlier.has(pid));
  }

  #beganBefore({ pid, startedAt }: ProcessEntry): boolean {
    return startedAt < this.#moment || (startedAt === this.#moment && this.#children.has(pid));
  }
}
