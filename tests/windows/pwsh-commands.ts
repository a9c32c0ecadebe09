/** The commands of the contract's session suites in the words of PowerShell on Windows. */
import type { Commands } from '../contract/commands.ts';

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const hang = (marker: string): string => `ping -n ${marker} 127.0.0.1 >$null`;

export const PWSH_COMMANDS: Commands = {
  print: quote,
  printUnicode: quote,
  printFile: (path, to) => `cmd /d /c "type ""${path}""${to === 'stderr' ? '>&2' : ''}"`,
  printError: (text) => `[Console]::Error.WriteLine(${quote(text)})`,
  exit: (code) => `exit ${code}`,
  chain: (...commands) => commands.join('; '),
  hang,
  hangInBackground: (marker) => `$null = Start-Process -NoNewWindow ping -ArgumentList '-n', '${marker}', '127.0.0.1'`,
  hangAsGrandchild: (marker) => `cmd /d /c "cmd /d /c ping -n ${marker} 127.0.0.1 >nul"`,
  waitForFile: (path) => `while (-not (Test-Path -LiteralPath ${quote(path)})) { Start-Sleep -Milliseconds 20 }`,
  printVariable: (name) => `"$env:${name}"`,
  setVariable: (name, value) => `$env:${name} = ${quote(value)}`,
  printEnvironment: 'cmd /d /c set',
  printWorkdir: '$PWD.Path',
  sortInput: 'sort.exe',
  echoLine: '"[$([Console]::In.ReadLine())]"',
  count: (last) => `1..${last}`,
};
