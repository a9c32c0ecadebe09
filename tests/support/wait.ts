/** Waiting for something to become true, without a guess how long that takes. */

/** Long enough for a loaded two-core machine; reached only by a test that fails. */
const TIMEOUT_MS = 20_000;
const LOOK_MS = 10;

/** Resolves to the first value of `look` that is neither false nor undefined; `everyMs` is for a look that is work. */
export async function waitFor<T>(
  what: string,
  look: () => T | Promise<T>,
  everyMs = LOOK_MS,
): Promise<Exclude<T, false | undefined>> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    const value = await look();
    if (value !== false && value !== undefined) return value as Exclude<T, false | undefined>;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await Bun.sleep(everyMs);
  }
}

/** Resolves to what it says when it has been the same, and not 0, for twenty looks: whoever moves it is held back, or done. */
export async function standstill(what: string, look: () => number): Promise<number> {
  let last = 0;
  let same = 0;
  await waitFor(`${what} to stand still`, () => {
    const now = look();
    same = now === last && now > 0 ? same + 1 : 0;
    last = now;
    return same >= 20;
  });
  return last;
}
