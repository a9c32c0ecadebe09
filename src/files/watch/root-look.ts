/** Whether the folder of a watch is still where it was. */
import type { Clock } from '../../core/clock.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import type { Reach } from '../place.ts';
import { isFolder, type Looks } from './looks.ts';

export interface RootLookPlan {
  readonly root: RawPath;
  readonly reach: Reach;
  readonly pollSeconds: number | undefined;
}

/** The way to the root is walked again after so many times what that took: 64 watches, of which each took 50 ms, held a server up. */
const WALK_PAUSE = 200;
const MAX_PAUSE_MS = 30_000;

export class RootLook {
  readonly #plan: RootLookPlan;
  readonly #clock: Clock;
  readonly #looks: Looks;
  #walkAt = 0;

  constructor(plan: RootLookPlan, clock: Clock, looks: Looks) {
    this.#plan = plan;
    this.#clock = clock;
    this.#looks = looks;
  }

  /** Of the folder that is there, `known` being the one that was; undefined where it is none that may be watched. */
  async identity(known: string | undefined): Promise<string | undefined> {
    const { root, reach, pollSeconds } = this.#plan;
    const seen = await this.#looks.at(root);
    const identity = isFolder(seen?.state) ? seen?.identity : undefined;
    if (identity === undefined || pollSeconds !== undefined) return identity;
    const began = this.#clock.monotonic();
    // The same folder, at a path that may lead over a link by now.
    if (identity === known && began < this.#walkAt) return identity;
    const isStill = reach.isStill({ shown: root, path: root });
    const now = this.#clock.monotonic();
    this.#walkAt = now + Math.min((now - began) * WALK_PAUSE, MAX_PAUSE_MS);
    return isStill ? identity : undefined;
  }
}
