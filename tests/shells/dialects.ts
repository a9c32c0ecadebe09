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
  /** Functions under the names of what drives the shell, as far as it lets one define them; each prints nothing and fails. */
  readonly shadowing: readonly string[];
}

const ORDINARY = ['echo', 'printf', 'command', 'cd', 'true', 'test', 'kill', 'sleep'];
const SPECIAL = ['eval', 'trap', 'unset', 'set', 'source', '.'];
const posix = (name: ShellName, shadowing: readonly string[]): DialectWords => ({
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
  shadowing,
});

export const DIALECTS: readonly DialectWords[] = [
  posix('bash', [...ORDINARY, ...SPECIAL, 'shopt', 'builtin']),
  posix('zsh', [...ORDINARY, ...SPECIAL, 'unfunction', 'builtin']),
  // It takes no functions by the names of its special builtins.
  posix('sh', ORDINARY),
];
