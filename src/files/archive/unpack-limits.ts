/** How much an archive may hold: a small one can say that it is endless. */
import { Unpackable } from './unpack-failure.ts';

export interface LimitNumbers {
  readonly entries: number;
  /** Bytes that may come out for each that came in. */
  readonly ratio: number;
  /** Bytes that may come out beyond that. */
  readonly free: number;
}

export const LIMITS: LimitNumbers = { entries: 1_000_000, ratio: 100, free: 1024 ** 3 };

export class UnpackLimits {
  readonly #numbers: LimitNumbers;
  /** Bytes that came in. */
  received = 0;
  #bytes = 0;
  #entries = 0;
  /** Folders that are in it only as a part of other names. */
  #folders = 0;

  constructor(numbers: LimitNumbers = LIMITS) {
    this.#numbers = numbers;
  }

  countEntry(): void {
    this.#entries += 1;
    this.#check();
  }

  countFolder(): void {
    this.#folders += 1;
    this.#check();
  }

  countBytes(bytes: number): void {
    this.#bytes += bytes;
    const { ratio, free } = this.#numbers;
    if (this.#bytes > this.received * ratio + free)
      throw tooLarge(`it unpacks to more than ${ratio} times what came in and ${free} bytes`);
  }

  #check(): void {
    const { entries } = this.#numbers;
    if (this.#entries > entries || this.#folders > entries) throw tooLarge(`it has more than ${entries} entries`);
  }
}

const tooLarge = (detail: string) => new Unpackable({ reason: 'archive-too-large', detail });
