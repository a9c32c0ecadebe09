/**
 * Processes of the machine, with the jobs whose trees they belong to. Processes are no second kind of jobs: what a job has
 * started is seen here among all others, and what is not a job's can be seen and signalled, nothing more.
 */
import type { Clock } from '../../core/clock.ts';
import { SharedLook } from '../../core/shared-look.ts';
import { sleep } from '../../core/sleep.ts';
import type { MachineProcess, MachineProcesses, OwnTree, ProcessDetails } from '../../platform/processes/processes.ts';
import { CpuShares } from './cpu-shares.ts';

export interface ListedProcess extends Omit<MachineProcess, 'treeId' | 'isWatcher' | 'cpuMs'>, ProcessDetails {
  /** % of one core. */
  readonly cpu: number | null;
  readonly jobId: string | undefined;
  readonly ports: readonly number[];
  /** Of a job that has ended. */
  readonly exitCode?: number;
}

export type SortKey = 'cpu' | 'memory' | 'pid' | 'name' | 'startedAt';

export interface ListRequest {
  /** Also processes that are no job's. */
  readonly all: boolean;
  readonly sort: SortKey;
  readonly limit: number;
}

/** What the jobs know of processes. */
export interface JobProcesses {
  /** The trees of those that run. */
  trees(): readonly OwnTree[];
  /** Also of one that has ended: it may have left something in the background. */
  isJob(treeId: string): boolean;
  /** The newest job that has ended whose process had that number. */
  endedWith(pid: number): EndedProcess | undefined;
}

export interface EndedProcess {
  readonly jobId: string;
  readonly pid: number;
  readonly startTime: string;
  readonly command: string;
  readonly startedAt: number;
  readonly exitCode: number;
}

export interface ProcessListOptions {
  readonly machine: MachineProcesses;
  readonly jobs: JobProcesses;
  /** Ports on which each process listens. */
  readonly ports: () => Promise<ReadonlyMap<number, readonly number[]>>;
  readonly clock: Clock;
  /** Processes that nobody may signal. */
  readonly untouchable: ReadonlySet<number>;
}

export type SignalOutcome = 'sent' | 'untouchable' | 'not-found' | 'mark-differs' | 'refused' | 'impossible';

/** So long it may keep others from their turn. */
const SLICE_MS = 3;
const DESCENDING: ReadonlySet<SortKey> = new Set(['cpu', 'memory']);

export class ProcessList implements Disposable {
  readonly #options: ProcessListOptions;
  readonly #shares: CpuShares;
  readonly #shared = new SharedLook(() => this.#look());

  constructor(options: ProcessListOptions) {
    this.#options = options;
    this.#shares = new CpuShares(options.machine, options.clock);
  }

  /** `total`: how many there are, beyond the limit, too. */
  async list({ all, sort, limit }: ListRequest): Promise<{ items: readonly ListedProcess[]; total: number }> {
    const found = (await this.#shared.now()).filter(
      ({ jobId, isWatcher }) => all || (jobId !== undefined && !isWatcher),
    );
    const sorted = found.toSorted((a, b) => compare(a[sort], b[sort], DESCENDING.has(sort)) || a.pid - b.pid);
    const items: ListedProcess[] = [];
    let sliceEnds = performance.now() + SLICE_MS;
    const shown = sorted.slice(0, limit);
    for (const one of shown) {
      items.push(...detailed(one));
      if (performance.now() < sliceEnds) continue;
      await sleep(0);
      sliceEnds = performance.now() + SLICE_MS;
    }
    // Without those that have gone meanwhile.
    return { items, total: found.length - (shown.length - items.length) };
  }

  /** Also one that has ended, where it was a job’s. */
  async get(pid: number): Promise<ListedProcess | undefined> {
    const one = (await this.#shared.now()).find((process) => process.pid === pid);
    const [live] = one === undefined ? [] : detailed(one);
    if (live !== undefined) return live;
    const ended = this.#options.jobs.endedWith(pid);
    return ended && endedProcess(ended);
  }

  async signal(pid: number, startTime: string, signal: string): Promise<SignalOutcome> {
    const { machine } = this.#options;
    if (!this.mayTouch(pid)) return 'untouchable';
    const now = machine.find(pid);
    if (now === undefined) return 'not-found';
    if (now.startTime !== startTime) return 'mark-differs';
    const outcome = await machine.signal(now, signal);
    return outcome === 'gone' ? 'not-found' : outcome;
  }

  mayTouch(pid: number): boolean {
    return !this.#options.untouchable.has(pid);
  }

  async #look(): Promise<readonly Seen[]> {
    const { machine, jobs, ports } = this.#options;
    const shareOf = await this.#shares.begin();
    const [processes, listening] = await Promise.all([
      machine.look(jobs.trees()),
      // Without them the list is still one of processes.
      ports().catch(() => new Map<number, readonly number[]>()),
    ]);
    return processes.map((process) => {
      const { treeId } = process;
      const jobId = treeId !== undefined && jobs.isJob(treeId) ? treeId : undefined;
      const seen = { ...process, cpu: shareOf(process), jobId, ports: listening.get(process.pid) ?? [] };
      return { ...seen, details: once(() => machine.detailsOf(process)) };
    });
  }

  [Symbol.dispose](): void {
    this.#shares[Symbol.dispose]();
  }
}

interface Seen extends MachineProcess, Pick<ListedProcess, 'cpu' | 'jobId' | 'ports'> {
  /** Looked at once, for all who share the look; undefined where it has gone meanwhile. */
  readonly details: () => ProcessDetails | undefined;
}

/** Empty for one that has gone meanwhile. */
function detailed({ details, ...one }: Seen): ListedProcess[] {
  const found = details();
  return found === undefined ? [] : [{ ...one, ...found }];
}

function once<T>(look: () => T): () => T {
  let kept: { readonly value: T } | undefined;
  return () => (kept ??= { value: look() }).value;
}

/** What is not told comes last. */
function compare(a: string | number | null, b: string | number | null, descending: boolean): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b === descending ? 1 : -1;
}

const endedProcess = ({ command, ...ended }: EndedProcess): ListedProcess => ({
  ...ended,
  command,
  name: command.split(' ', 1)[0] ?? '',
  ppid: 0,
  cpu: 0,
  memory: 0,
  threads: 0,
  user: null,
  status: 'ended',
  ports: [],
});
