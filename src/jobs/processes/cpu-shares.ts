/**
 * How busy each process is: % of one core, over half a second to one and a half, which is as near to the last second as looks
 * each second allow.
 *
 *   idle ──asked: two looks, half a second apart──▶ looking (each second) ──not asked for 10 s──▶ idle
 *
 * Whoever asks again while it looks is answered at once. Nothing is looked at while nobody asks.
 */
import type { Clock } from '../../core/clock.ts';
import { keyOf, type MachineProcess, type MachineProcesses } from '../../platform/processes/processes.ts';

const LOOK_MS = 1000;
/** The shortest time that a share is taken over: processor time is counted in hundredths of a second. */
const SHORTEST_MS = 500;
const ASKED_MS = 10_000;
/** Looks that are kept: one of them is old enough, and the newest may not be. */
const KEPT = 3;

interface Reading {
  readonly at: number;
  readonly times: ReadonlyMap<string, number>;
}

/** The share of a process that was looked at just now; null where its processor time is not told. */
export type ShareOf = (process: MachineProcess) => number | null;

export class CpuShares implements Disposable {
  readonly #machine: Pick<MachineProcesses, 'cpuTimes'>;
  readonly #clock: Clock;
  /** Newest first. */
  #readings: readonly Reading[] = [];
  #first: Promise<Reading> | undefined;
  #timer: Disposable | undefined;
  #askedAt = 0;
  #disposed = false;

  constructor(machine: Pick<MachineProcesses, 'cpuTimes'>, clock: Clock) {
    this.#machine = machine;
    this.#clock = clock;
  }

  /** Whether it looks again and again right now. */
  get looking(): boolean {
    return this.#timer !== undefined;
  }

  /** To be called before the look at the processes, whose shares it then tells. */
  async begin(): Promise<ShareOf> {
    this.#askedAt = this.#clock.monotonic();
    const before = this.#oldEnough() ?? (await (this.#first ??= this.#lookTwice()));
    return (process) => this.#shareOf(process, before);
  }

  #oldEnough(): Reading | undefined {
    const now = this.#clock.monotonic();
    return this.#readings.find(({ at }) => now - at >= SHORTEST_MS);
  }

  async #lookTwice(): Promise<Reading> {
    try {
      const reading = await this.#read();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#clock.after(SHORTEST_MS, resolve);
      await promise;
      if (!this.#disposed) this.#timer ??= this.#next();
      return reading;
    } finally {
      this.#first = undefined;
    }
  }

  async #read(): Promise<Reading> {
    const at = this.#clock.monotonic();
    const reading = { at, times: await this.#machine.cpuTimes() };
    this.#readings = [reading, ...this.#readings].slice(0, KEPT);
    return reading;
  }

  #next(): Disposable {
    return this.#clock.after(LOOK_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    if (this.#clock.monotonic() - this.#askedAt > ASKED_MS) {
      this.#timer = undefined;
      this.#readings = [];
      return;
    }
    // What could not be looked at is looked at again in a second: meanwhile the shares are over a longer time.
    await this.#read().catch(() => {});
    if (!this.#disposed) this.#timer = this.#next();
  }

  #shareOf(process: MachineProcess, { at, times }: Reading): number | null {
    if (process.cpuMs === null) return null;
    const since = this.#clock.monotonic() - at;
    const before = times.get(keyOf(process));
    // One that was not there yet has not had all of that time.
    const had = before === undefined ? Math.min(since, this.#clock.now() - process.startedAt) : since;
    const share = ((process.cpuMs - (before ?? 0)) / Math.max(had, LEAST_MS)) * 100;
    return Math.max(0, Math.round(share * 10) / 10);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}

/** A process of a moment ago has been there at least so long. */
const LEAST_MS = 10;
