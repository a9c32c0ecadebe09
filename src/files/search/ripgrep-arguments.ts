/**
 * What is asked of ripgrep, as its arguments. It leaves out what a listing leaves out: only rules of git count, and those of
 * names and of hidden files hold whatever the others say.
 */
export interface TextSearch {
  /** Absolute. */
  readonly folder: string;
  /** What of it is searched: `.`, or the name of one file in it, that is searched whatever is left out. */
  readonly name: string;
  readonly text: string;
  readonly literal: boolean;
  readonly matchCase: boolean;
  readonly word: boolean;
  /** A glob of names that are searched; undefined: all. */
  readonly include: string | undefined;
  readonly exclude: readonly string[];
  /** Paths from the folder, with `/`, that are never looked at. */
  readonly never: readonly string[];
  /** Whether files that .gitignore names are left out. */
  readonly ignore: boolean;
  /** Whether rules of the folders above count, too. */
  readonly ignoreOfParents: boolean;
  readonly hidden: boolean;
  /** Lines before and behind each match. */
  readonly context: number;
  readonly maxFileBytes: number;
  /** Lines with a match, of each file: its threads keep all of a file in memory until they print it. */
  readonly maxLines: number;
}

export function argumentsOf(search: TextSearch): string[] {
  const globs = [
    ...search.exclude.map((glob) => (glob.startsWith('#') ? `\\${glob}` : glob)),
    ...search.never.map((path) => `/${literally(path)}`),
    '.git',
    // Here, since a rule that takes a file back would show it although it is hidden.
    ...(search.hidden ? [] : ['.*']),
  ];
  return [
    '--json',
    '--no-config',
    '--no-messages',
    // A file that is cut while it is mapped ends the program.
    '--no-mmap',
    search.matchCase ? '--case-sensitive' : '--ignore-case',
    ...(search.literal ? ['--fixed-strings'] : []),
    ...(search.word ? ['--word-regexp'] : []),
    ...(search.ignore
      ? [
          '--no-require-git',
          '--no-ignore-dot',
          '--no-ignore-global',
          ...(search.ignoreOfParents ? [] : ['--no-ignore-parent']),
        ]
      : ['--no-ignore']),
    ...(search.hidden ? ['--hidden'] : []),
    // As a type: as a glob it would bring back what the rules leave out. A colon would end it, so more is let in there.
    ...(search.include === undefined
      ? []
      : [`--type-add=wanted:${search.include.replaceAll(':', '?')}`, '--type=wanted']),
    ...globs.map((glob) => `--glob=!${glob}`),
    `--context=${search.context}`,
    `--max-filesize=${search.maxFileBytes}`,
    `--max-count=${search.maxLines}`,
    '-e',
    search.text,
    '--',
    `./${search.name}`,
  ];
}

const literally = (path: string): string =>
  path.replaceAll(/[*?[\]{}\\]/g, (one) => (one === '\\' ? '[\\\\]' : `[${one}]`));
