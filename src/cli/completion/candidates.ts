/** What a command line that is being typed may go on with. */
import type { ArgDef } from 'citty';
import { repeats } from '../command/arguments.ts';
import type { NamedThing, Verb } from '../command/verb.ts';

export interface Candidate {
  readonly value: string;
  /** For shells that show one. */
  readonly meaning?: string;
}

export interface Surroundings {
  readonly verbs: Readonly<Record<string, () => Promise<Verb>>>;
  /** What has a name of this kind and begins so, for a command line with these options. Never rejects. */
  readonly named: (kind: NamedThing, words: readonly string[], begun: string) => Promise<readonly Candidate[]>;
}

/** `words`: those after the name of the program; the last is being typed, and may be empty. */
export async function candidatesFor(words: readonly string[], around: Surroundings): Promise<readonly Candidate[]> {
  const [first = '', ...rest] = words;
  if (rest.length === 0 && !first.startsWith('-')) return startingWith(first, await verbsOf(around));
  const bare = first.startsWith('-');
  const load = around.verbs[bare ? 'serve' : first];
  if (load === undefined || (!bare && !Object.hasOwn(around.verbs, first))) return [];
  const verb = await load();
  return argumentsOf(verb, bare ? words : rest, words, around);
}

async function verbsOf({ verbs }: Surroundings): Promise<Candidate[]> {
  const all = await Promise.all(Object.values(verbs).map((load) => load()));
  return all
    .filter(({ hidden }) => hidden !== true)
    .map(({ name, description }) => ({ value: name, meaning: description }));
}

async function argumentsOf(
  verb: Verb,
  words: readonly string[],
  line: readonly string[],
  around: Surroundings,
): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? '';
  const before = readWords(verb, words.slice(0, -1));
  const valuesOf = (name: string, begun: string) => valuesOfArgument(verb, name, { line, begun }, around);
  if (before.option !== undefined) return startingWith(current, await valuesOf(before.option, current));
  const [, head, option = '', begun = ''] = /^(--([\w-]+)=)(.*)$/.exec(current) ?? [];
  if (head !== undefined && !before.ended) {
    const found = startingWith(begun, await valuesOf(option, begun));
    return found.map(({ value, ...more }) => ({ value: head + value, ...more }));
  }
  if (current.startsWith('-') && !before.ended) return startingWith(current, optionsOf(verb));
  const positionals = Object.entries(verb.args).filter(([, { type }]) => type === 'positional');
  const last = positionals.at(-1);
  const [name] = positionals[before.positionals] ?? (last !== undefined && repeats(last[1]) ? last : []);
  return name === undefined ? [] : startingWith(current, await valuesOf(name, current));
}

/** Where the words of a verb have led: into the value of an option, or to how many positional arguments. */
function readWords(verb: Verb, words: readonly string[]): { option?: string; positionals: number; ended: boolean } {
  let option: string | undefined;
  let positionals = 0;
  let ended = false;
  for (const word of words) {
    if (option !== undefined) option = undefined;
    else if (ended || !word.startsWith('-')) positionals += 1;
    else if (word === '--') ended = true;
    else option = takesValue(verb, word) ? word.slice(2) : undefined;
  }
  return { ...(option !== undefined && { option }), positionals, ended };
}

function takesValue(verb: Verb, word: string): boolean {
  const def = Object.hasOwn(verb.args, word.slice(2)) ? verb.args[word.slice(2)] : undefined;
  return word.startsWith('--') && def !== undefined && def.type !== 'boolean' && def.type !== 'positional';
}

function optionsOf(verb: Verb): Candidate[] {
  const own = Object.entries(verb.args).filter(([, { type }]) => type !== 'positional');
  return [
    ...own.map(([name, { description = '' }]) => ({ value: `--${name}`, meaning: description })),
    { value: '--help', meaning: 'Show help.' },
  ];
}

async function valuesOfArgument(
  verb: Verb,
  name: string,
  { line, begun }: { readonly line: readonly string[]; readonly begun: string },
  around: Surroundings,
): Promise<readonly Candidate[]> {
  const def = Object.hasOwn(verb.args, name) ? verb.args[name] : undefined;
  if (def === undefined) return [];
  const values = verb.completes?.[name] ?? (name === 'profile' ? name : undefined) ?? wordsOf(def);
  return typeof values === 'string' ? around.named(values, line, begun) : values.map((value) => ({ value }));
}

/** The values of an option that has a few: an enum, or a setting with `text|json` as its hint. */
function wordsOf(def: ArgDef): readonly string[] {
  if (def.type === 'enum') return def.options ?? [];
  const hint = 'valueHint' in def ? (def.valueHint ?? '') : '';
  return /^[\w-]+(\|[\w-]+)+$/.test(hint) ? hint.split('|') : [];
}

const startingWith = (begun: string, candidates: readonly Candidate[]): Candidate[] =>
  candidates.filter(({ value }) => value.startsWith(begun));
