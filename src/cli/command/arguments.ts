/**
 * Whether a verb knows what it was given. citty takes unknown options, missing values and left-over
 * words in silence; a typing mistake must not start something else than was meant.
 */
import { fail, ok, type Result } from '../../core/failure.ts';
import { shortNames, type ArgsDef } from './verb.ts';

export interface Scanned {
  /** Every value of every option that takes one, in order. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly wants: 'help' | 'version' | undefined;
}

export interface UsageFailure {
  readonly reason: 'usage';
  readonly message: string;
}

const BUILT_IN = { '--help': 'help', '-h': 'help', '--version': 'version', '-v': 'version' } as const;

const usage = (message: string) => fail({ reason: 'usage', message } as const);

export function scanArguments(args: ArgsDef, rawArgs: readonly string[]): Result<Scanned, UsageFailure> {
  const values = new Map<string, string[]>();
  const given: string[] = [];
  let wants: Scanned['wants'];
  for (let index = 0; index < rawArgs.length; index += 1) {
    const word = rawArgs[index] ?? '';
    if (word === '--') {
      given.push(...rawArgs.slice(index + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      given.push(word);
      continue;
    }
    if (Object.hasOwn(BUILT_IN, word)) {
      wants ??= BUILT_IN[word as keyof typeof BUILT_IN];
      continue;
    }
    const [flag, inline] = splitOnce(word);
    const option = findOption(args, flag);
    if (option === undefined) return usage(`unknown option ${flag}`);
    if (option.type === 'boolean') continue;
    const value = inline ?? rawArgs[(index += 1)];
    if (value === undefined) return usage(`${flag} needs a value`);
    values.set(option.name, [...(values.get(option.name) ?? []), value]);
  }
  if (wants !== undefined) return ok({ values, wants });
  const expected = Object.entries(args).flatMap(([name, arg]) =>
    arg.type === 'positional' ? [{ name, required: arg.required !== false }] : [],
  );
  const missing = expected.find(({ required }, index) => required && given[index] === undefined);
  if (missing !== undefined) return usage(`${missing.name.toUpperCase()} is missing`);
  const extra = given[expected.length];
  return extra === undefined
    ? ok({ values, wants })
    : usage(
        `unexpected argument ${JSON.stringify(extra)}${expected.length > 0 ? '; put quotes around what has spaces' : ''}`,
      );
}

function splitOnce(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return word.startsWith('--') && at > 0 ? [word.slice(0, at), word.slice(at + 1)] : [word, undefined];
}

function findOption(args: ArgsDef, flag: string): { name: string; type: 'boolean' | 'value' } | undefined {
  for (const [name, arg] of Object.entries(args)) {
    if (arg.type === 'positional') continue;
    const type = arg.type === 'boolean' ? 'boolean' : 'value';
    if (flag === `--${name}` || shortNames(arg).some((alias) => flag === `-${alias}`)) return { name, type };
    if (type === 'boolean' && flag === `--no-${name}`) return { name, type };
  }
  return undefined;
}
