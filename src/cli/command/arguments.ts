/**
 * Reads the words of a command line by the definitions of its verb, which are citty's.
 *
 * citty's own parser is not used: it accepts unknown options, options without their value and surplus words without
 * an error, and of an option that is repeated it keeps the last value only. Here a typing mistake is refused, because
 * it must not start something else than was meant, and `--env` may be repeated. Node's `parseArgs`, on which citty's
 * parser is built, reports all of this as tokens in one pass.
 */
import { parseArgs } from 'node:util';
import type { ArgDef, ArgsDef, ParsedArgs } from 'citty';
import { ok, type Result } from '../../core/failure.ts';
import { didYouMean } from './suggestion.ts';
import { usage, type UsageFailure } from './usage.ts';

export interface Arguments<T extends ArgsDef = ArgsDef> {
  readonly args: ParsedArgs<T>;
  /** Every value of an option that may be repeated, in order. */
  readonly all: (name: keyof T & string) => readonly string[];
}

const BUILT_IN = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } } as const;

/** Whether a positional argument may be given several times; it is the last one then, and `_` has them all. */
export const repeats = (arg: ArgDef): boolean => 'repeats' in arg && arg.repeats === true;

/** The one-letter name of an option. */
export const shortName = (arg: ArgDef): string | undefined =>
  'alias' in arg && arg.alias !== undefined ? [arg.alias].flat()[0] : undefined;

/** `help` and `version` are an answer wherever they stand, also where a required argument is missing. */
export function parseArguments(
  defs: ArgsDef,
  rawArgs: readonly string[],
): Result<Arguments | 'help' | 'version', UsageFailure> {
  const options = new Map<string, { type: 'boolean' | 'string'; short?: string }>(Object.entries(BUILT_IN));
  for (const [name, def] of Object.entries(defs)) {
    if (def.type === 'positional') continue;
    const short = shortName(def);
    options.set(name, { type: def.type === 'boolean' ? 'boolean' : 'string', ...(short !== undefined && { short }) });
  }
  const { tokens, positionals } = parseArgs({
    args: [...rawArgs],
    options: Object.fromEntries(options),
    strict: false,
    allowNegative: true,
    tokens: true,
  });

  const given = new Map<string, string[]>();
  const args: Record<string, string | boolean | string[] | undefined> = { _: positionals };
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { rawName, value } = token;
    // parseArgs takes every `--no-NAME` for a NAME that is negated, also where an option has that name itself.
    const name = options.has(rawName.slice(2)) ? rawName.slice(2) : token.name;
    const type = options.get(name)?.type;
    const negated = rawName === `--no-${name}`;
    if (type === undefined || (negated && type === 'string')) {
      const known = [...options].flatMap(([one, is]) =>
        is.type === 'boolean' ? [`--${one}`, `--no-${one}`] : [`--${one}`],
      );
      return usage(`unknown option ${rawName}${rawName.startsWith('--') ? didYouMean(rawName, known) : ''}`);
    }
    if (type === 'boolean') args[name] = !negated && value !== 'false';
    else if (value === undefined) return usage(`${rawName} needs a value`);
    else {
      given.set(name, [...(given.get(name) ?? []), value]);
      args[name] = value;
    }
  }
  if (args['help'] === true) return ok('help');
  if (args['version'] === true) return ok('version');

  const words = positionals.values();
  for (const [name, def] of Object.entries(defs)) {
    const positional = def.type === 'positional';
    if (positional) args[name] = words.next().value;
    const value = (args[name] ??= def.default);
    const label = positional ? name.toUpperCase() : `--${name}`;
    if (value === undefined && (positional ? def.required !== false : def.required === true))
      return usage(`${label} is missing`);
    if (def.type === 'enum' && value !== undefined && def.options?.includes(String(value)) === false)
      return usage(`${label} must be ${oneOf(def.options)}${didYouMean(String(value), def.options)}`);
  }
  const { value: surplus } = words.next();
  if (surplus !== undefined && !Object.values(defs).some(repeats)) {
    const quote = Object.values(defs).some(({ type }) => type === 'positional');
    return usage(
      `unexpected argument ${JSON.stringify(surplus)}${quote ? '; put quotes around an argument with spaces' : ''}`,
    );
  }
  return ok({ args: args as ParsedArgs, all: (name) => given.get(name) ?? [] });
}

/** Made when needed: it takes 1 ms, which every start of the program would pay. */
const oneOf = (options: readonly string[]): string =>
  new Intl.ListFormat('en', { type: 'disjunction' }).format(options);
