/** What a verb is: a command in citty's terms, with examples for its help, that resolves to an exit code. */
import type { ArgsDef } from 'citty';
import type { Arguments } from './arguments.ts';

export type { ArgsDef } from 'citty';

/** Things that an argument names. A profile is on this machine, and a `path-or-here` where it names no server. */
export type NamedThing =
  | 'job'
  | 'terminal'
  | 'shell-session'
  | 'agent'
  | 'agent-session'
  | 'key'
  | 'profile'
  | 'path'
  | 'path-or-here';

export interface Verb<T extends ArgsDef = ArgsDef> {
  readonly name: string;
  readonly description: string;
  readonly args: T;
  /** Command lines without the program's name, shown in --help. */
  readonly examples: readonly string[];
  /** What its exit codes mean, where they say more than COMMON_EXIT_CODES; shown in --help. */
  readonly exitCodes?: readonly (readonly [code: string, meaning: string])[];
  /** What the values of an argument may be, for the completion of shells: words, or what has that name on the server. */
  readonly completes?: Readonly<Partial<Record<keyof T & string, readonly string[] | NamedThing>>>;
  /** For this program itself; not in the help. */
  readonly hidden?: true;
  /** Resolves to the exit code. */
  run(given: Arguments<T>): number | Promise<number>;
}

/** Gives `run` the types of the verb's own arguments, and the rest of the program a verb like any other. */
export const defineVerb = <const T extends ArgsDef>(verb: Verb<T>): Verb => verb as Verb;

/** For options that stand in many verbs. */
export const JSON_ARG = {
  json: { type: 'boolean', description: 'Print JSON for programs.' },
} as const satisfies ArgsDef;
