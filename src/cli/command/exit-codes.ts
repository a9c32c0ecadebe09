/** What exit codes mean where a verb says nothing else. */
export const COMMON_EXIT_CODES = [
  ['0', 'Done.'],
  ['1', 'It could not be done; stderr says why.'],
  ['2', 'The command line is wrong.'],
  ['130', 'Ctrl-C.'],
] as const;

/** 128 + SIGPIPE: the exit code of any program that writes to a closed pipe. */
export const OUTPUT_CLOSED_EXIT = 141;

/** Of every verb, beside its own. */
export const ALWAYS_EXIT_CODES = [
  [String(OUTPUT_CLOSED_EXIT), 'Its output was closed before all was written, as by `| head -1`.'],
] as const;
