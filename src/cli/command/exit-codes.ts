/** What exit codes mean where a verb says nothing else. */

/** 128 + SIGPIPE: the exit code of any program that writes to a closed pipe. */
export const OUTPUT_CLOSED_EXIT = 141;

export const OUTPUT_CLOSED = [String(OUTPUT_CLOSED_EXIT), 'Its output was closed, as by `| head -1`.'] as const;

export const COMMON_EXIT_CODES = [
  ['0', 'Done.'],
  ['1', 'It failed; stderr says why.'],
  ['2', 'The command line is wrong.'],
  ['130', 'Ctrl-C.'],
  OUTPUT_CLOSED,
] as const;
