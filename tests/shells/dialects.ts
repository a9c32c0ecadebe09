/** What the session stories ask for, in the words of each shell. */
import type { ShellName } from '../../src/shells/shell-process.ts';

export interface DialectWords {
  readonly name: ShellName;
  setVariable(name: string, value: string): string;
  printVariable(name: string): string;
  /** A function `greet` that prints `hello <argument>`. */
  readonly defineGreet: string;
  readonly callGreet: string;
  /** An alias `hey` that prints `aliased`. */
  readonly defineAlias: string;
  exportVariable(name: string, value: string): string;
  /** Prints an environment variable as a child process sees it. */
  printExported(name: string): string;
  changeTo(path: string): string;
  readonly printLocation: string;
  /** Several pieces of text that do not parse. */
  readonly unparsable: readonly string[];
  /** Words that a shell would mistake for its own protocol, were there one in its streams. */
  readonly shadowing: string;
}

const posix = (name: ShellName): DialectWords => ({
  name,
  setVariable: (variable, value) => `${variable}='${value}'`,
  printVariable: (variable) => `printf '%s\\n' "$${variable}"`,
  defineGreet: 'greet() { echo "hello $1"; }',
  callGreet: 'greet you',
  defineAlias: "alias hey='echo aliased'",
  exportVariable: (variable, value) => `export ${variable}='${value}'`,
  printExported: (variable) => `/usr/bin/env | sed -n 's/^${variable}=//p'`,
  changeTo: (path) => `cd '${path}'`,
  printLocation: 'pwd',
  unparsable: ['fi', 'echo "open', 'if true; then', 'case x in', '(', 'f() {'],
  shadowing: [
    'echo() { :; }',
    'printf() { :; }',
    'eval() { return 9; }',
    'command() { return 9; }',
    'cd() { return 9; }',
    'true() { return 9; }',
  ].join('\n'),
});

export const DIALECTS: readonly DialectWords[] = [posix('bash'), posix('zsh'), posix('sh')];
