/** What the session stories ask for, in the words of each shell. Common to all: `echo "…$variable…"`, `cd`, `exit N`, `sleep S`. */
import { dirname } from 'node:path';
import type { ShellName } from '../../src/shells/shell-process.ts';

export interface DialectWords {
  readonly name: ShellName;
  /** What stands in `value` as `$variable` is replaced. */
  set(variable: string, value: string): string;
  /** A function `greet` that prints `hello <argument>`. */
  readonly defineGreet: string;
  /** An alias `hey` that prints `aliased`. */
  readonly defineAlias: string;
  exportVariable(name: string, value: string): string;
  readonly printLocation: string;
  readonly printPid: string;
  /** `out` to stdout and `err` to stderr, without line ends. */
  readonly bothStreams: string;
  complain(text: string): string;
  /** By a program's code. */
  endWith(code: number): string;
  /** By a code that no program is started for. */
  endQuickly(code: number): string;
  readonly exitCodes: readonly (readonly [command: string, code: number])[];
  /** Several pieces of text that do not parse. */
  readonly unparsable: readonly string[];
  /** Each of them would do harm to a loop that runs commands. */
  readonly straying: readonly string[];
  /** Names of what drives the shell, as far as it lets one define functions by them. */
  readonly shadowing: readonly string[];
  /** A function of this name that prints nothing and fails with 9. */
  shadow(name: string): string;
  readonly killItself: string;
  /** Reads a line of its input into `$line`. */
  readonly readLine: string;
  readonly printRest: string;
  /** Makes one file and waits for the other, then prints `met`. */
  meet(mine: string, other: string): string;
  /** Ten million bytes 0xff. */
  readonly tenMillionBytes: string;
  /** Starts a process that leaves the shell's session, prints `begun` and waits. */
  detach(marker: string): string;
  /** What a command would see of our wrapping, and what it prints where there is none. */
  readonly unwrapped: readonly (readonly [command: string, prints: string])[];
}

const ORDINARY = ['echo', 'printf', 'command', 'cd', 'true', 'test', 'kill', 'sleep'];
const SPECIAL = ['eval', 'trap', 'unset', 'set', 'source', '.'];
const posix = (name: ShellName, shadowing: readonly string[]): DialectWords => ({
  name,
  set: (variable, value) => `${variable}="${value}"`,
  defineGreet: 'greet() { echo "hello $1"; }',
  defineAlias: "alias hey='echo aliased'",
  exportVariable: (variable, value) => `export ${variable}='${value}'`,
  printLocation: 'pwd',
  printPid: 'echo $$',
  bothStreams: 'printf out; printf err >&2',
  complain: (text) => `echo '${text}' >&2`,
  endWith: (code) => `(exit ${code})`,
  endQuickly: (code) => `(exit ${code})`,
  exitCodes: [
    ['false', 1],
    ['(exit 37)', 37],
    ['return 7', 7],
    ['true', 0],
  ],
  unparsable: ['fi', 'echo "open', 'if true; then', 'case x in', '(', 'f() {'],
  straying: ['break', 'continue', 'break 9', 'IFS=0123456789'],
  shadowing,
  shadow: (command) => `${command}() { return 9; }`,
  killItself: 'kill -9 $$',
  readLine: 'read -r line',
  printRest: 'cat',
  meet: (mine, other) => `: > ${mine}; while [ ! -e ${other} ]; do sleep 0.01; done; echo met`,
  tenMillionBytes: String.raw`head -c 10000000 /dev/zero | tr "\\0" "\\377"`,
  detach: (marker) => `setsid sleep ${marker} & echo begun; wait`,
  unwrapped: [
    ['echo "$0 $#"', `${name} 0\n`],
    ['echo "${OLDPWD-none}"', 'none\n'],
  ],
});

const pwsh: DialectWords = {
  name: 'pwsh',
  set: (variable, value) => `$${variable}="${value}"`,
  defineGreet: 'function greet($who) { "hello $who" }',
  defineAlias: "function shown { 'aliased' }; Set-Alias hey shown",
  exportVariable: (variable, value) => `$env:${variable} = '${value}'`,
  printLocation: '$PWD.Path',
  printPid: '$PID',
  bothStreams: "[Console]::Write('out'); [Console]::Error.Write('err')",
  complain: (text) => `[Console]::Error.WriteLine('${text}')`,
  endWith: (code) => `sh -c 'exit ${code}'`,
  endQuickly: (code) => `$global:LASTEXITCODE = ${code}`,
  exitCodes: [
    ['false', 1],
    ["sh -c 'exit 37'", 37],
    ["sh -c 'exit 37'; 'after'", 37],
    // The same number again is a new one; a number of an earlier command is not.
    ["sh -c 'exit 37'", 37],
    ["'nothing native'", 0],
    ['Get-Item /does/not/exist', 1],
    ["Get-Item /does/not/exist; 'after'", 0],
    ["throw 'it'", 1],
    ["true; throw 'it'", 1],
    ["sh -c 'exit 3'; throw 'it'", 3],
    ["$ErrorActionPreference = 'Stop'; Get-Item /does/not/exist; 'never'", 1],
    // What has no success of its own has not the one of the command before.
    ['return 7', 0],
    ['# nothing', 0],
    ['true', 0],
  ],
  unparsable: ['if ($true) {', '"open', "@'\nopen", ')', 'foreach', '1 +', 'function f {'],
  straying: ['break', 'continue', '& { break }', 'trap { break }', 'break outer', 'Set-StrictMode -Version Latest'],
  shadowing: ['Out-Default', 'Out-String', 'Write-Host', 'Get-Variable', 'Invoke-Expression', 'prompt'],
  shadow: (command) => `function ${command} { sh -c 'exit 9' }`,
  killItself: '/bin/kill -9 $PID',
  readLine: '$line = [Console]::In.ReadLine()',
  printRest: '[Console]::Write([Console]::In.ReadToEnd())',
  meet: (mine, other) =>
    `[void](New-Item '${mine}'); while (-not (Test-Path '${other}')) { Start-Sleep -Milliseconds 10 }; 'met'`,
  tenMillionBytes: String.raw`sh -c 'head -c 10000000 /dev/zero | tr "\\0" "\\377"'`,
  detach: (marker) => `Start-Process setsid -ArgumentList sleep, ${marker}; 'begun'; Start-Sleep 1000`,
  unwrapped: [
    ['"$($args.Count) $($input.MoveNext())"', '0 False\n'],
    ['$MyInvocation.MyCommand.Definition', '$MyInvocation.MyCommand.Definition\n'],
    ['@(Get-Variable -Name *agent*, loop, console, commands, token -ErrorAction Ignore).Count', '0\n'],
  ],
};

export const DIALECTS: readonly DialectWords[] = [
  posix('bash', [...ORDINARY, ...SPECIAL, 'shopt', 'builtin']),
  posix('zsh', [...ORDINARY, ...SPECIAL, 'unfunction', 'builtin']),
  // It takes no functions by the names of its special builtins.
  posix('sh', ORDINARY),
  pwsh,
];

/** The executable, where this machine has it; PowerShell may stand anywhere. */
export function shellPath(name: ShellName): string | undefined {
  const named = name === 'pwsh' ? process.env['AGENT_SERVER_TEST_PWSH'] : undefined;
  return named ?? Bun.which(name) ?? undefined;
}

/** The environment in which a server finds the shell. */
export function environmentWith(path: string): Record<string, string> {
  return { PATH: `${process.env['PATH'] ?? ''}:${dirname(path)}` };
}
