/**
 * The one sampler of the machine's load, whatever the number of its readers.
 *
 *   idle ──first reader──▶ sampling (each second) ──last reader leaves──▶ idle
 *     └────────────────────────── disposed ◀──────────────────────────────┘
 *
 * The machine is looked at in those seconds in which an event of some reader is due, once for all of them. A reader has the newest event only: whoever is slow skips, and nothing piles up.
 */
import type { Clock } from '../core/clock.ts';
import { Notifier } from '../core/notifier.ts';
import type { CpuReading, Machine, Memory } from '../platform/machine/machine.ts';
import { usageBetween, type CpuUsage } from './cpu-usage.ts';
import type { Disk, Disks } from './disks.ts';

export interface Sample {
  readonly cpu: CpuUsage;
  readonly memory: Memory;
  readonly load: ReturnType<Machine['load']>;
  readonly disks: readonly Disk[];
}

export interface SampleReader extends Disposable {
  /** The newest, when its number is above `after`. Throws what a look at the machine has thrown. */
  read(after: number): readonly { readonly id: number; readonly entry: Sample }[];
  readonly changed: Notifier;
  readonly ended: boolean;
}

interface Reader {
  readonly intervalTicks: number;
  readonly changed: Notifier;
  sinceTick: number;
  /** Where the time begins that its next event is about. */
  before: CpuReading | undefined;
  newest: Sample | undefined;
  /** Why a look at the machine failed, which ends the reading. */
  failure: { readonly error: unknown } | undefined;
}

type State =
  | { readonly at: 'idle' }
  | { readonly at: 'sampling'; readonly timer: Disposable }
  | { readonly at: 'disposed' };

const TICK_MS = 1000;
/** What the processors did in so many milliseconds is what they do now, where nobody has looked before. */
const GLANCE_MS = 250;

export class Sampler implements Disposable {
  readonly #machine: Pick<Machine, 'cpu' | 'memory' | 'load'>;
  readonly #disks: Disks;
  readonly #clock: Clock;
  readonly #readers = new Set<Reader>();
  #state: State = { at: 'idle' };
  #glance: Promise<CpuUsage> | undefined;

  constructor(machine: Pick<Machine, 'cpu' | 'memory' | 'load'>, disks: Disks, clock: Clock) {
    this.#machine = machine;
    this.#disks = disks;
    this.#clock = clock;
  }

  /** Whether it looks at the machine again and again right now. */
  get sampling(): boolean {
    return this.#state.at === 'sampling';
  }

  /** One sample, for whoever asks once: usage is over a quarter of a second, which all who ask meanwhile share. */
  async once(): Promise<Sample> {
    const [cpu, disks] = await Promise.all([this.#usageNow(), this.#disks.look()]);
    return { cpu, disks, memory: this.#machine.memory(), load: this.#machine.load() };
  }

  /** An event at once, then one each `intervalSeconds`. Their numbers go on after `after`. */
  open(intervalSeconds: number, after: number): SampleReader {
    const reader: Reader = {
      intervalTicks: intervalSeconds,
      changed: new Notifier(),
      sinceTick: 0,
      before: undefined,
      newest: undefined,
      failure: undefined,
    };
    let shown: { readonly id: number; readonly entry: Sample } | undefined;
    const isDisposed = () => this.#state.at === 'disposed';
    if (!isDisposed()) {
      this.#readers.add(reader);
      void this.#begin(reader);
      if (this.#state.at === 'idle') this.#arm();
    }
    return {
      changed: reader.changed,
      get ended() {
        return isDisposed();
      },
      read: (seen: number) => {
        if (reader.failure !== undefined) throw reader.failure.error;
        // A number belongs to what it was first read with, so that it can be read again.
        if (reader.newest === undefined) return shown !== undefined && shown.id > seen ? [shown] : [];
        shown = { id: (shown?.id ?? after) + 1, entry: reader.newest };
        reader.newest = undefined;
        return [shown];
      },
      [Symbol.dispose]: () => this.#leave(reader),
    };
  }

  [Symbol.dispose](): void {
    if (this.#state.at === 'sampling') this.#state.timer[Symbol.dispose]();
    this.#state = { at: 'disposed' };
    for (const { changed } of this.#readers) changed.notifyAll();
    this.#readers.clear();
  }

  async #begin(reader: Reader): Promise<void> {
    try {
      const sample = await this.once();
      reader.before ??= this.#machine.cpu();
      this.#hand(reader, sample);
    } catch (error) {
      this.#end([reader], error);
    }
  }

  #arm(): void {
    this.#state = { at: 'sampling', timer: this.#clock.after(TICK_MS, () => void this.#tick()) };
  }

  async #tick(): Promise<void> {
    if (this.#state.at !== 'sampling') return;
    this.#arm();
    for (const reader of this.#readers) reader.sinceTick += 1;
    const due = [...this.#readers].filter(({ sinceTick, intervalTicks }) => sinceTick >= intervalTicks);
    if (due.length === 0) return;
    try {
      await this.#sampleFor(due);
    } catch (error) {
      this.#end(due, error);
    }
  }

  async #sampleFor(due: readonly Reader[]): Promise<void> {
    const now = this.#machine.cpu();
    const usages = due.map((reader) => {
      const usage = reader.before && usageBetween(reader.before, now);
      reader.before = now;
      reader.sinceTick = 0;
      return usage;
    });
    const shared = { memory: this.#machine.memory(), load: this.#machine.load(), disks: await this.#disks.look() };
    // Without a look before there is no time to speak of; its first event is about to come.
    for (const [index, reader] of due.entries()) {
      const cpu = usages[index];
      if (cpu !== undefined) this.#hand(reader, { cpu, ...shared });
    }
  }

  #hand(reader: Reader, entry: Sample): void {
    if (!this.#readers.has(reader)) return;
    reader.newest = entry;
    reader.changed.notifyAll();
  }

  /** A bug, or a system that does not answer as it should: it ends these readers, and not the server. */
  #end(readers: readonly Reader[], error: unknown): void {
    for (const reader of readers) {
      reader.failure = { error };
      reader.changed.notifyAll();
    }
  }

  #leave(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0 || this.#state.at !== 'sampling') return;
    this.#state.timer[Symbol.dispose]();
    this.#state = { at: 'idle' };
  }

  #usageNow(): Promise<CpuUsage> {
    if (this.#glance !== undefined) return this.#glance;
    const glance = this.#measure();
    const over = () => void (this.#glance = undefined);
    this.#glance = glance;
    glance.then(over, over);
    return glance;
  }

  async #measure(): Promise<CpuUsage> {
    const before = this.#machine.cpu();
    const { promise, resolve } = Promise.withResolvers<void>();
    // Called off by nobody: it is short, and whoever asked waits for it.
    this.#clock.after(GLANCE_MS, resolve);
    await promise;
    return usageBetween(before, this.#machine.cpu());
  }
}
