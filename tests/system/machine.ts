/** A machine whose figures a test sets. */
import type { CpuReading, Mount } from '../../src/platform/machine/machine.ts';

export const reading = (busy: number, total: number): CpuReading => ({ busy, total, cores: [{ busy, total }] });

export const disk = (path: string, remote = false): Mount => ({
  path,
  fileSystem: 'ext4',
  remote,
  readonly: false,
  removable: false,
});

/** Its processor is busy as `busyPercent` says, by the clock that it is given. */
export class PlayedMachine {
  looks = 0;
  fails = false;
  readonly #now: () => number;
  #at: number;
  #busy = 0;
  #busyPercent = 0;
  #total = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#at = now();
  }

  readonly cpu = (): CpuReading => {
    if (this.fails) throw new Error('no such file');
    this.looks += 1;
    this.#pass();
    return reading(this.#busy, this.#total);
  };

  /** From now on. */
  set busyPercent(percent: number) {
    this.#pass();
    this.#busyPercent = percent;
  }

  #pass(): void {
    const passed = this.#now() - this.#at;
    this.#at = this.#now();
    this.#total += passed;
    this.#busy += (passed * this.#busyPercent) / 100;
  }

  readonly memory = () => ({ total: 100, available: 60, swapTotal: null, swapUsed: null });

  readonly load = () => null;
}
