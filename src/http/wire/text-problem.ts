/**
 * Texts that a JSON document may hold and this server cannot use, anywhere in it: NUL, which no file name, argument
 * or environment can hold, and lone surrogates, which would be lost on the way back to the caller.
 */
export interface TextOptions {
  /** Whether a text may hold NUL: a terminal takes it, as Ctrl-Space. Default: no. */
  readonly nul?: boolean;
}

const MAX_DEPTH = 64;

/** Undefined when there is none. */
export function textProblem(value: unknown, { nul = false }: TextOptions = {}, depth = 0): string | undefined {
  if (typeof value === 'string') {
    if (!nul && value.includes('\0')) return 'a string contains a NUL character';
    return value.isWellFormed() ? undefined : 'a string contains a lone surrogate';
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === MAX_DEPTH) return 'the body is nested too deeply';
  for (const [name, part] of Object.entries(value)) {
    const problem = textProblem(name, { nul }, depth + 1) ?? textProblem(part, { nul }, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
