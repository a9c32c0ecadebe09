/** Text for batch files. */
import { isPlainName, type Seed } from '../shell-process.ts';

/** What cmd.exe takes in one line is 8,191 characters; the rest is for the words around a value. */
const MAX_VALUE_LENGTH = 8_000;

/** With the line ends that labels need, and the last line ended. */
export const batchText = (text: string): string => `${text.replaceAll(/\r?\n/g, '\r\n')}\r\n`;

/** A value with a quote or a line end in it cannot be written down, and an empty one would remove the variable. */
export const canSet = (name: string, value: string): boolean =>
  isPlainName(name) && /^[^"\p{Cc}]+$/u.test(value) && value.length <= MAX_VALUE_LENGTH;

/** The change of folder comes last: `set` would overwrite its exit code. */
export const cmdSeedText = ({ workdir, env }: Seed): string =>
  [
    ...Object.entries(env).map(([name, value]) => `@set ${batchQuote(`${name}=${value}`)}`),
    `@cd /d ${batchQuote(workdir)}`,
  ].join('\n');

/** In quotes only `%` means something in a batch file: with delayed expansion off, `!` and `^` do not. */
export const batchQuote = (text: string): string => `"${text.replaceAll('%', '%%')}"`;
