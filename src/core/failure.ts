/**
 * Expected failures are data: a literal `reason` that a switch can read, and what the caller needs
 * to act on it. Exceptions are bugs. Each border (HTTP, CLI) has one table that translates them.
 */
export interface Failure<Reason extends string = string> {
  readonly reason: Reason;
}

export type Result<Value, F extends Failure> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: F };

export const ok = <Value>(value: Value): { readonly ok: true; readonly value: Value } => ({ ok: true, value });

export const fail = <const F extends Failure>(failure: F): { readonly ok: false; readonly failure: F } => ({
  ok: false,
  failure,
});

/** The message of whatever was thrown, for a log line or a job's stderr. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `ENOSPC`, `EACCES`, …: the `code` of a system error, where it has one. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
