/** One thing that doctor looked at. */
export type Level = 'ok' | 'warn' | 'fail';

export interface Finding {
  /** What was looked at, such as `port`. */
  readonly check: string;
  readonly level: Level;
  readonly message: string;
  /** What to do about it; absent when there is nothing to do. */
  readonly advice?: string;
}

export const found =
  (check: string) =>
  (level: Level, message: string, advice?: string): Finding => ({
    check,
    level,
    message,
    ...(advice !== undefined && { advice }),
  });
