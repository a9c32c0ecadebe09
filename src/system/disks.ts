/**
 * What is free on each disk. A look at a disk that does not answer never returns and keeps a thread of the process busy: so
 * each has its own limit, and while one hangs, that disk is not asked again.
 */
import type { Clock } from '../core/clock.ts';
import { within } from '../core/within.ts';
import type { Mount } from '../platform/machine/machine.ts';

export interface Space {
  /** Bytes. */
  readonly total: number;
  /** Bytes that an ordinary user may still write. */
  readonly free: number;
}

export interface Disk extends Omit<Mount, 'remote'> {
  /** Undefined for one of a network, and for one that did not say it in time. */
  readonly space: Space | undefined;
}

export type AskSpace = (path: string) => Promise<Space>;

const LIMIT_MS = 1000;

export class Disks {
  readonly #mounts: () => readonly Mount[];
  readonly #ask: AskSpace;
  readonly #clock: Clock;
  /** Paths whose answer is awaited. */
  readonly #asked = new Map<string, Promise<Space | undefined>>();

  constructor(mounts: () => readonly Mount[], ask: AskSpace, clock: Clock) {
    this.#mounts = mounts;
    this.#ask = ask;
    this.#clock = clock;
  }

  /** Resolves within a second. */
  look(): Promise<Disk[]> {
    return Promise.all(
      this.#mounts().map(async ({ remote, ...mount }) => ({
        ...mount,
        space: remote ? undefined : await this.#spaceOf(mount.path),
      })),
    );
  }

  async #spaceOf(path: string): Promise<Space | undefined> {
    const space = await within(this.#clock, LIMIT_MS, this.#asked.get(path) ?? this.#askOnce(path));
    return space === 'late' ? undefined : space;
  }

  #askOnce(path: string): Promise<Space | undefined> {
    const asked = this.#ask(path)
      // Not for us, or gone since it was listed.
      .catch(() => undefined)
      .finally(() => this.#asked.delete(path));
    this.#asked.set(path, asked);
    return asked;
  }
}
