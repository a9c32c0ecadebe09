/** What exit codes mean where a verb says nothing else. */
export const COMMON_EXIT_CODES = [
  ['0', 'Done.'],
  ['1', 'It could not be done; stderr says why.'],
  ['2', 'The command line is wrong.'],
] as const;
