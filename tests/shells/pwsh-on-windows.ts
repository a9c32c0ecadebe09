/** What the session stories ask for, in the words of PowerShell on Windows: the same shell among other programs. */
import { CMD, PWSH, type DialectWords } from './dialects.ts';

/** What ends with a program's code, as `sh -c 'exit N'` does elsewhere. */
const exit = (code: number): string => `cmd /d /c exit ${code}`;

export const PWSH_ON_WINDOWS: DialectWords = {
  ...PWSH,
  otherKind: 'cmd',
  nothing: '$null = 1',
  elsewhere: CMD.elsewhere,
  top: CMD.top,
  nowhere: CMD.nowhere,
  sleep: (seconds) => `ping -n ${seconds} 127.0.0.1 >$null`,
  printExported: (name) => `cmd /d /c echo %${name}%`,
  printByProgram: (text) => `cmd /d /c echo "${text}"`,
  need: (path) => `if (-not (Test-Path '${path}')) { ${exit(3)} }`,
  endWith: exit,
  exitCodes: PWSH.exitCodes.map(([command, code]) => [
    command
      .replaceAll(/sh -c 'exit (\d+)'/g, (_all, digits: string) => exit(Number(digits)))
      .replaceAll(/\bfalse\b/g, exit(1))
      .replaceAll(/\btrue\b/g, exit(0))
      .replaceAll('/does/not/exist', CMD.nowhere),
    code,
  ]),
  shadow: (command) => `function ${command} { ${exit(9)} }`,
  killItself: ['Stop-Process -Force -Id $PID', 4_294_967_295],
  takesInput: false,
  tenMillionBytes: (path) => CMD.tenMillionBytes(path),
  detach: (marker) =>
    `$null = Start-Process -NoNewWindow ping -ArgumentList '-n', '${marker}', '127.0.0.1'; 'begun'; ping -n ${marker} 127.0.0.1 >$null`,
};
