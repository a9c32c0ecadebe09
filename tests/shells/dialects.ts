/** What the session stories ask for, in the words of each shell. Common to all: `echo word`, `exit N`. */
import { dirname } from 'node:path';
import type { ShellName } from '../../src/shells/shell-process.ts';

export interface DialectWords {
  readonly name: ShellName;
  /** Another one that is on each machine that has this one. */
  readonly otherKind: ShellName | undefined;
  /** What stands in `value` as `$variable` is replaced. */
  set(variable: string, value: string): string;
  /** One after the other. */
  chain(...commands: string[]): string;
  /** Does nothing, with success. */
  readonly nothing: string;
  /** Prints the text, in which `$variable` is replaced. */
  print(text: string): string;
  /** What else lasts from command to command: functions, aliases, where a shell has them. */
  readonly definitions: readonly (readonly [define: string, use: string, prints: string])[];
  /** Two folders that are there, as `printLocation` shows them, and one that is not. */
  readonly elsewhere: string;
  readonly top: string;
  readonly nowhere: string;
  changeTo(path: string): string;
  sleep(seconds: string): string;
  exportVariable(name: string, value: string): string;
  /** As a child process sees it. */
  printExported(name: string): string;
  readonly printLocation: string;
  /** Empty where a shell does not know it. */
  readonly printPid: string;
  /** `out` to stdout and `err` to stderr, without line ends. */
  readonly bothStreams: string;
  complain(text: string): string;
  /** Fails with 3 where the file is not there. */
  need(path: string): string;
  /** By a program's code. */
  endWith(code: number): string;
  /** By a code that no process is started for. */
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
  /** The same as `print`, by a program. */
  printByProgram(text: string): string;
  /** Where a shell knows its own pid: how, and with which exit code. */
  readonly killItself: readonly [command: string, code: number] | undefined;
  /** Whether a command can be given input; where not, it reads the end of it at once. */
  readonly takesInput: boolean;
  /** Reads a line of its input into `$line`. */
  readonly readLine: string;
  readonly printRest: string;
  /** Makes one file and waits for the other, then prints `met`. */
  meet(mine: string, other: string): string;
  /** Prints so many, from the file at `path`, which has them. */
  tenMillionBytes(path: string): string;
  /** Starts a process that leaves the shell's session, prints `begun` and waits. */
  detach(marker: string): string;
  /** What a command would see of our wrapping, and what it prints where there is none. */
  readonly unwrapped: readonly (readonly [command: string, prints: string])[];
}

/** What all shells of a POSIX system have in common, PowerShell included. */
const anyPosix = {
  chain: (...commands: string[]) => commands.join('; '),
  nothing: 'true',
  print: (text: string) => `echo "${text}"`,
  printByProgram: (text: string) => `/bin/echo "${text}"`,
  takesInput: true,
  elsewhere: '/usr',
  top: '/',
  nowhere: '/does/not/exist',
  changeTo: (path: string) => `cd ${path}`,
  sleep: (seconds: string) => `sleep ${seconds}`,
  printExported: (name: string) => `/usr/bin/env | sed -n 's/^${name}=//p'`,
  tenMillionBytes: (path: string) => `cat '${path}'`,
};

const ORDINARY = ['echo', 'printf', 'command', 'cd', 'true', 'test', 'kill', 'sleep'];
const SPECIAL = ['eval', 'trap', 'unset', 'set', 'source', '.'];
const posix = (name: ShellName, shadowing: readonly string[]): DialectWords => ({
  ...anyPosix,
  name,
  otherKind: name === 'bash' ? 'sh' : 'bash',
  set: (variable, value) => `${variable}="${value}"`,
  definitions: [
    ['greet() { echo "hello $1"; }', 'greet you', 'hello you\n'],
    ["alias hey='echo aliased'", 'hey', 'aliased\n'],
  ],
  exportVariable: (variable, value) => `export ${variable}='${value}'`,
  printLocation: 'pwd',
  printPid: 'echo $$',
  bothStreams: 'printf out; printf err >&2',
  complain: (text) => `echo '${text}' >&2`,
  need: (path) => `[ -e '${path}' ] || (exit 3)`,
  endWith: (code) => `(exit ${code})`,
  endQuickly: (code) => `end() { return ${code}; }; end`,
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
  killItself: ['kill -9 $$', 137],
  readLine: 'read -r line',
  printRest: 'cat',
  meet: (mine, other) => `: > ${mine}; while [ ! -e ${other} ]; do sleep 0.01; done; echo met`,
  detach: (marker) => `setsid sleep ${marker} & echo begun; wait`,
  unwrapped: [
    ['echo "$0 $#"', `${name} 0\n`],
    ['echo "${OLDPWD-none}"', 'none\n'],
  ],
});

export const PWSH: DialectWords = {
  ...anyPosix,
  name: 'pwsh',
  otherKind: 'bash',
  set: (variable, value) => `$${variable}="${value}"`,
  definitions: [
    ['function greet($who) { "hello $who" }', 'greet you', 'hello you\n'],
    ["function shown { 'aliased' }; Set-Alias hey shown", 'hey', 'aliased\n'],
  ],
  exportVariable: (variable, value) => `$env:${variable} = '${value}'`,
  printLocation: '$PWD.Path',
  printPid: '$PID',
  bothStreams: "[Console]::Write('out'); [Console]::Error.Write('err')",
  complain: (text) => `[Console]::Error.WriteLine('${text}')`,
  need: (path) => `if (-not (Test-Path '${path}')) { sh -c 'exit 3' }`,
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
    ["$global:LASTEXITCODE = 'no number'", 1],
  ],
  unparsable: ['if ($true) {', '"open', "@'\nopen", ')', 'foreach', '1 +', 'function f {'],
  straying: ['break', 'continue', '& { break }', 'trap { break }', 'break outer', 'Set-StrictMode -Version Latest'],
  shadowing: ['Out-Default', 'Out-String', 'Write-Host', 'Get-Variable', 'Invoke-Expression', 'prompt'],
  shadow: (command) => `function ${command} { sh -c 'exit 9' }`,
  killItself: ['/bin/kill -9 $PID', 137],
  readLine: '$line = [Console]::In.ReadLine()',
  printRest: '[Console]::Write([Console]::In.ReadToEnd())',
  meet: (mine, other) =>
    `[void](New-Item '${mine}'); while (-not (Test-Path '${other}')) { Start-Sleep -Milliseconds 10 }; 'met'`,
  detach: (marker) => `Start-Process setsid -ArgumentList sleep, ${marker}; 'begun'; Start-Sleep 1000`,
  unwrapped: [
    ['"$($args.Count) $($input.MoveNext())"', '0 False\n'],
    ['$MyInvocation.MyCommand.Definition', '$MyInvocation.MyCommand.Definition\n'],
    ['@(Get-Variable -Name *agent*, loop, console, commands, token -ErrorAction Ignore).Count', '0\n'],
  ],
};

const percent = (text: string): string => text.replaceAll(/\$\{?(\w+)\}?/g, '%$1%');

/** A command is a batch file: `%%i`, and nothing like functions or aliases. */
export const CMD: DialectWords = {
  name: 'cmd',
  otherKind: undefined,
  set: (variable, value) => `set "${variable}=${percent(value)}"`,
  chain: (...commands) => commands.join('\n'),
  nothing: 'rem',
  print: (text) => `echo.${percent(text)}`,
  printByProgram: (text) => `cmd /d /c echo.${percent(text)}`,
  takesInput: true,
  definitions: [['set "greeting=hello"', 'echo %greeting% you', 'hello you\n']],
  elsewhere: 'C:\\windows',
  top: 'C:\\',
  nowhere: 'C:\\does\\not\\exist',
  changeTo: (path) => `cd /d ${path}`,
  sleep: (seconds) => `ping -n ${seconds} 127.0.0.1 >nul`,
  exportVariable: (variable, value) => `set "${variable}=${value}"`,
  printExported: (name) => `cmd /d /c echo %%${name}%%`,
  printLocation: 'cd',
  printPid: '',
  // `set /p` prints its prompt without a line end, and reads the end of its input.
  bothStreams: '<nul set /p =out\n<nul (set /p =err) >&2\nexit /b 0',
  complain: (text) => `>&2 echo ${text}`,
  need: (path) => `if not exist "${path}" exit /b 3`,
  endWith: (code) => `exit /b ${code}`,
  endQuickly: (code) => `exit /b ${code}`,
  exitCodes: [
    ['exit /b 37', 37],
    ['cmd /c exit 37', 37],
    // What leaves the level alone has not the one of the command before.
    ['echo x', 0],
    ['rem', 0],
    ['cmd /c exit 37\necho after', 37],
    ['cmd /c exit 37\nver >nul', 0],
    ['goto :eof', 0],
    ['exit /b -1', 4_294_967_295],
    ['call :sub\nexit /b %ERRORLEVEL%\n:sub\nexit /b 4', 4],
    ['set ERRORLEVEL=7', 0],
    ['set ERRORLEVEL=7\ncmd /c exit 3', 3],
    ['set ERRORLEVEL=0\ncmd /c exit 3', 3],
    ['cd /d C:\\does\\not\\exist', 1],
    ['no_such_program', 1],
  ],
  unparsable: ['if 1==1 (', '(', '& echo x', '| sort', 'if x==', 'for %%i in (1 2 3'],
  straying: [
    'goto :eof',
    'exit /b',
    'shift',
    'setlocal enabledelayedexpansion',
    'echo on',
    'prompt $g$g$g',
    'title x',
    'cls',
  ],
  shadowing: [],
  shadow: () => '',
  killItself: undefined,
  readLine: 'set "line="\nset /p line=',
  printRest: 'sort',
  meet: (mine, other) => `type nul >"${mine}"\n:again\nif not exist "${other}" goto again\necho met`,
  tenMillionBytes: (path) => `type "${path}"`,
  detach: (marker) => `start /b "" ping -n ${marker} 127.0.0.1 >nul\necho begun\nping -n ${marker} 127.0.0.1 >nul`,
  unwrapped: [
    ['echo [%*]', '[]\n'],
    ['if defined AGENT_SERVER_SHELL_FOLDER (echo ours) else (echo none)', 'none\n'],
  ],
};

export const DIALECTS: readonly DialectWords[] = [
  posix('bash', [...ORDINARY, ...SPECIAL, 'shopt', 'builtin']),
  posix('zsh', [...ORDINARY, ...SPECIAL, 'unfunction', 'builtin']),
  // It takes no functions by the names of its special builtins.
  posix('sh', ORDINARY),
  PWSH,
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
