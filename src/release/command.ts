/** The command lines of build, keygen, release and verify: how they read arguments, print and fail. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { messageOf } from '../core/failure.ts';
import { escapeControls } from '../core/text.ts';
import { ReleaseError } from './release-error.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

type Parsed<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>;

export interface Command<O extends Options = Options> {
  /** At the head of an error, such as `release`. */
  readonly name: string;
  /** All of --help, examples included. */
  readonly help: string;
  readonly options: O;
  /** Words that must be there beside the options, as they are called in `help`. */
  readonly words?: readonly string[];
  /** Resolves to the exit code. A ReleaseError is an expected failure. */
  run(values: Parsed<O>['values'], words: readonly string[]): Promise<number>;
}

const HELP = { help: { type: 'boolean', short: 'h' } } as const satisfies Options;

export const printLine = (line = ''): void => void process.stdout.write(`${line}\n`);

/** A line for people that is no result, such as a warning. */
export const printNote = (line: string): void => void process.stderr.write(`${escapeControls(line)}\n`);

/** Resolves to the exit code of the process: 2 for a command line that cannot be read. */
export async function runCommand<const O extends Options>(
  command: Command<O>,
  args: readonly string[],
): Promise<number> {
  const complain = (message: string) => void process.stderr.write(`${command.name}: ${message}\n`);
  let parsed: Parsed<O>;
  try {
    parsed = parseArgs({ args: [...args], options: { ...HELP, ...command.options }, allowPositionals: true });
  } catch (error) {
    complain(`${messageOf(error)}; see npm run ${command.name} -- --help`);
    return 2;
  }
  const { values, positionals } = parsed;
  if ('help' in values && values.help === true) {
    printLine(command.help);
    return 0;
  }
  const words = command.words ?? [];
  const missing = words[positionals.length];
  const surplus = positionals[words.length];
  if (missing !== undefined || surplus !== undefined) {
    const problem = missing === undefined ? `unexpected argument ${JSON.stringify(surplus)}` : `${missing} is missing`;
    complain(`${problem}; see npm run ${command.name} -- --help`);
    return 2;
  }
  try {
    return await command.run(values, positionals);
  } catch (error) {
    if (!(error instanceof ReleaseError)) throw error;
    complain(error.message);
    return 1;
  }
}
