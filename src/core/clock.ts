/**
 * Time as a value, so that tests own it.
 *
 * `setTimeout` holds 2^31-1 ms at most and fires at once beyond that, so `after` re-arms itself for
 * anything longer: a timeout of a month is a month.
 */
export interface Clock {
  /** Unix time in milliseconds, with a fraction. */
  now(): number;
  /** Milliseconds since a moment of its own. Nobody sets it: how long something has lasted is a difference of two of these. */
  monotonic(): number;
  /** Calls back once after `ms`; dispose to call it off. */
  after(ms: number, callback: () => void): Disposable;
}

const MAX_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const due = performance.now() + ms;
    let timer: ReturnType<typeof setTimeout>;
    const arm = () => {
      const left = due - performance.now();
      timer = left > MAX_TIMER_MS ? setTimeout(arm, MAX_TIMER_MS) : setTimeout(callback, Math.max(0, left));
    };
    arm();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** Unix seconds as the wire has them: a floating point number with milliseconds. */
export const toSeconds = (ms: number): number => Math.round(ms) / 1000;
