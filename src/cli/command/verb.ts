/** What a verb is, and the only importer of citty. */
import { defineCommand, runCommand, type ArgDef, type ArgsDef, type ParsedArgs } from 'citty';

export type { ArgsDef } from 'citty';

export interface VerbCall<T extends ArgsDef> {
  readonly args: ParsedArgs<T>;
  /** Every value of an option that may be repeated, in order. */
  readonly all: (name: keyof T & string) => readonly string[];
}

export interface VerbSpec<T extends ArgsDef> {
  readonly name: string;
  readonly description: string;
  readonly args: T;
  /** Command lines without the program's name, shown in --help. */
  readonly examples: readonly string[];
  /** Hidden verbs are for this program itself and stand in no help. */
  readonly hidden?: true;
  /** Resolves to the exit code. */
  readonly run: (call: VerbCall<T>) => number | Promise<number>;
}

export interface Verb extends Omit<VerbSpec<ArgsDef>, 'run'> {
  run(rawArgs: readonly string[], values: ReadonlyMap<string, readonly string[]>): Promise<number>;
}

export function defineVerb<const T extends ArgsDef>(spec: VerbSpec<T>): Verb {
  return {
    ...spec,
    async run(rawArgs, values) {
      const command = defineCommand({
        meta: { name: spec.name, description: spec.description },
        args: spec.args,
        run: ({ args }) => spec.run({ args, all: (name) => values.get(name) ?? [] }),
      });
      const { result } = await runCommand(command, { rawArgs: [...rawArgs] });
      return result as number;
    },
  };
}

/** For options that stand in many verbs. */
export const JSON_ARG = {
  json: { type: 'boolean', description: 'Print JSON for programs.' },
} as const satisfies ArgsDef;

/** One-letter names of an option. */
export const shortNames = (arg: ArgDef): readonly string[] =>
  'alias' in arg && arg.alias !== undefined ? [arg.alias].flat() : [];
