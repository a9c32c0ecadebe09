/** On Windows a file that another program holds open can be neither replaced nor removed; virus scanners hold new ones for a moment. */
import { codeOf, fail, ok, type Result } from '../../core/failure.ts';
import { sleep } from '../../core/sleep.ts';

export type InUse = { readonly reason: 'in-use' };

/** Does it, and again for a second while another program is in the way. Throws whatever else the file system throws. */
export type UnlessHeld = <Value>(action: () => Promise<Value>) => Promise<Result<Value, InUse>>;

/** A file may be replaced and removed under its readers. */
export const neverHeld: UnlessHeld = async (action) => ok(await action());

const PAUSES_MS = [20, 40, 80, 160, 300, 400];
/** What it says of a file that is open without the sharing that this takes. */
const HELD = new Set(['EBUSY', 'EPERM', 'EACCES']);

export const heldForAWhile: UnlessHeld = async (action) => {
  for (const pause of [...PAUSES_MS, undefined]) {
    try {
      return ok(await action());
    } catch (error) {
      if (!HELD.has(codeOf(error) ?? '')) throw error;
      if (pause === undefined) return fail({ reason: 'in-use' });
      await sleep(pause);
    }
  }
  throw new Error('unreachable');
};
