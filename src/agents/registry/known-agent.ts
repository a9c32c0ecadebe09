/** What this program knows of an agent, and how it tells the agent's program from another one of that name. */

export interface KnownAgent {
  /** How requests name it: `[a-z0-9][a-z0-9-]*`. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** The program and its arguments; of several, the first whose program is there. */
  readonly commands: readonly [readonly [string, ...string[]], ...(readonly [string, ...string[]])[]];
  readonly homepage: string;
  readonly identify: Identify;
  /** Laid over the environment of its process. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Identify {
  /**
   * Names of the npm packages that bring the program: the package.json above its real path tells, without anything being
   * started. Another package is no proof to the contrary, because packages wrap each other.
   */
  readonly package?: RegExp;
  /**
   * What `PROGRAM --version` prints where it is the right one, from the first character on; group 1 is the version. Absent
   * for a program that knows no such flag, or begins to speak the protocol all the same: it is never asked.
   */
  readonly versionOutput?: RegExp;
  /** Set where no other program has this name: then the other two only tell the version. */
  readonly nameIsEnough?: true;
}

/** Whether a program is the agent, as far as is known by now. */
export type Verdict = 'right' | 'other' | 'unknown';

/** What has been found out of a program. */
export interface ProgramFacts {
  readonly package: { readonly name: string; readonly version: string } | undefined;
  /** To `--version`: undefined while it has not been asked or did not answer in time, `failed` where it ended with an error. */
  readonly answer: { readonly text: string } | 'failed' | undefined;
}

export function judge(identify: Identify, { package: from, answer }: ProgramFacts): Verdict {
  if (identify.nameIsEnough || (from !== undefined && identify.package?.test(from.name))) return 'right';
  if (answer === undefined || identify.versionOutput === undefined) return 'unknown';
  return answer !== 'failed' && identify.versionOutput.test(answer.text) ? 'right' : 'other';
}

/** The program's own word, else that of its package: some programs update themselves apart from it. */
export function versionOf(identify: Identify, { package: from, answer }: ProgramFacts): string | undefined {
  const told = answer === undefined || answer === 'failed' ? undefined : identify.versionOutput?.exec(answer.text)?.[1];
  return told ?? (from !== undefined && identify.package?.test(from.name) ? from.version : undefined);
}
