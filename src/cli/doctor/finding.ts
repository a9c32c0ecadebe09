/** The result of one check of `doctor`. */
export type Level = 'ok' | 'warn' | 'fail';

export interface Finding {
  /** What was checked, such as `port`. */
  readonly check: string;
  readonly level: Level;
  readonly message: string;
  /** What to do about it; absent when there is nothing to do. */
  readonly advice?: string;
}

/** Findings of the check with this name. */
export const reporter =
  (check: string) =>
  (level: Level, message: string, advice?: string): Finding => ({
    check,
    level,
    message,
    ...(advice !== undefined && { advice }),
  });
