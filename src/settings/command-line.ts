/** Settings as words of a command line. */
import type { Flags } from './config.ts';

/** In the form `--name=value`, which serves switches too. */
export const argumentsOf = (flags: Flags): string[] =>
  Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
