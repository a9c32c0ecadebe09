/**
 * One command in a PowerShell that is given many, and its interruption.
 *
 *   running ──end reported──▶ over
 *      └──interrupt──▶ stopping ("stop TOKEN" in the channel, then SIGINT to its programs) ──end reported──▶ over
 *
 * What is to stop is named, so that an interrupt that comes too late reaches nothing.
 */
import { secureRandom } from '../../core/id.ts';
import type { StartedSince } from '../../platform/process/process.ts';
import type { CommandEnd } from '../shell-process.ts';

/** How soon what runs is interrupted again, and then less and less often: a program may have been about to start. */
const FIRST_PAUSE_MS = 50;

export class Turn {
  readonly token = secureRandom(16).toHex();
  readonly #started: StartedSince | undefined;
  readonly #stopping = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  /** Present when it was interrupted: how long its programs have for their end. */
  #graceMs: number | undefined;

  constructor(started: StartedSince | undefined) {
    this.#started = started;
  }

  /** Resolves like `end`, and where the command was interrupted, when the rest of it is gone too. */
  async over(end: Promise<CommandEnd>): Promise<CommandEnd> {
    const { how } = await end;
    this.#ended.resolve();
    if (this.#graceMs !== undefined && how === 'finished') await this.#started?.end(this.#graceMs);
    return end;
  }

  /** The shell has begun to stop it. */
  stops(): void {
    this.#stopping.resolve();
  }

  /** True once the command is given up, false when it is not after `graceMs`. */
  async interrupt(graceMs: number, send: (line: string) => void): Promise<boolean> {
    this.#graceMs = graceMs;
    const deadline = performance.now() + graceMs;
    const ended = this.#ended.promise.then(() => true);
    for (let pause = FIRST_PAUSE_MS; ; pause *= 1.5) {
      const wait = () => Bun.sleep(Math.max(0, Math.min(pause, deadline - performance.now()))).then(() => false);
      send(`stop ${this.token}`);
      // The shell first: when one of the command's programs ends, it must not go on with the next.
      if (await Promise.race([this.#stopping.promise.then(() => true), ended, wait()]))
        await this.#started?.interrupt();
      if (await Promise.race([ended, wait()])) return true;
      if (performance.now() >= deadline) return false;
    }
  }
}
