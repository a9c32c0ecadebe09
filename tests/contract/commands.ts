/**
 * The commands of the contract suite, per platform: what the suite asks for is a behaviour, and this
 * table is the only place that knows a shell's language.
 */
export interface Commands {
  /** Writes one line to stdout; ASCII only, because Windows has its own ideas of the rest. */
  print(text: string): string;
  /** The same for any text. */
  printUnicode(text: string): string;
  /** Copies a file to stdout as it is, byte for byte. */
  printFile(path: string, to?: 'stdout' | 'stderr'): string;
  /** Writes one line to stderr. */
  printError(text: string): string;
  exit(code: number): string;
  /** One after the other, whatever the first one's exit code. */
  chain(...commands: string[]): string;
  /** Does nothing for ever; `marker` is an argument of the process that does it. */
  hang(marker: string): string;
  /** Starts `hang(marker)` in the background and goes on. */
  hangInBackground(marker: string): string;
  /** A child, its child and its child, the last of which hangs. */
  hangAsGrandchild(marker: string): string;
  /** Waits until the file is there. */
  waitForFile(path: string): string;
  /** Prints one environment variable; an empty line when it is not set. */
  printVariable(name: string): string;
  /** Sets one environment variable, for what follows in the same shell. */
  setVariable(name: string, value: string): string;
  /** Prints the whole environment. */
  printEnvironment: string;
  printWorkdir: string;
  /** Reads stdin until it ends, then writes its lines, sorted. */
  sortInput: string;
  /** Reads one line and prints it between brackets. */
  echoLine: string;
  /** Prints the numbers from 1 to `last`, a line each. */
  count(last: number): string;
}

const posix: Commands = {
  print: (text) => `printf '%s\\n' ${quote(text)}`,
  printUnicode: (text) => posix.print(text),
  printFile: (path, to) => `cat ${quote(path)}${to === 'stderr' ? ' >&2' : ''}`,
  printError: (text) => `printf '%s\\n' ${quote(text)} >&2`,
  // Not `exit` as the last word of a chain only: it is a command like any other here.
  exit: (code) => `exit ${code}`,
  chain: (...commands) => commands.join('; '),
  hang: (marker) => `sleep ${marker}`,
  hangInBackground: (marker) => `(sleep ${marker} &)`,
  hangAsGrandchild: (marker) => `sh -c "sh -c 'sleep ${marker}; true'; true"; true`,
  waitForFile: (path) => `while [ ! -e ${quote(path)} ]; do sleep 0.02; done`,
  printVariable: (name) => `printf '%s\\n' "$${name}"`,
  setVariable: (name, value) => `export ${name}=${quote(value)}`,
  printEnvironment: 'env',
  printWorkdir: 'pwd',
  sortInput: 'LC_ALL=C sort',
  echoLine: 'read -r line; printf "[%s]\\n" "$line"',
  count: (last) => `i=0; while [ $i -lt ${last} ]; do i=$((i+1)); echo $i; done`,
};

// `if` and `for` take all that follows them into their body, a chain's next command included, unless they stand
// in parentheses. And only programs are used that Windows and Wine both have, as they both have them: Wine's
// findstr, find and more are others than Windows', its sort is not.
const windows: Commands = {
  print: (text) => `echo ${text}`,
  // A job has a console of its own, so the code page of nobody else changes.
  printUnicode: (text) => `chcp 65001 >nul& echo ${text}`,
  printFile: (path, to) => `type "${path}"${to === 'stderr' ? '>&2' : ''}`,
  printError: (text) => `>&2 echo ${text}`,
  exit: (code) => `exit ${code}`,
  chain: (...commands) => commands.join('& '),
  hang: (marker) => `ping -n ${marker} 127.0.0.1 >nul`,
  hangInBackground: (marker) => `start /b "" ping -n ${marker} 127.0.0.1 >nul`,
  hangAsGrandchild: (marker) => `cmd /c "cmd /c ping -n ${marker} 127.0.0.1 >nul"`,
  // In a shell of its own, because `exit` is the only way out of a loop without end.
  waitForFile: (path) => `cmd /c "for /l %i in (1,0,2) do @if exist "${path}" exit"`,
  printVariable: (name) => `(if defined ${name} (echo %${name}%) else (echo.))`,
  setVariable: (name, value) => `set "${name}=${value}"`,
  printEnvironment: 'set',
  printWorkdir: 'cd',
  sortInput: 'sort',
  // `set /p` leaves the variable as it was, and fails, when the line is empty.
  echoLine: 'cmd /v:on /c "set line=& set /p line=& (if defined line (echo [!line!]) else (echo []))& exit 0"',
  count: (last) => `(for /l %i in (1,1,${last}) do @echo %i)`,
};

export const commandsFor = (platform: 'posix' | 'windows'): Commands => (platform === 'posix' ? posix : windows);

/** The same in a shell that is kept: on Windows a command is a batch file there, where `%` alone begins a variable. */
export const sessionCommandsFor = (platform: 'posix' | 'windows'): Commands =>
  platform === 'posix'
    ? posix
    : {
        ...windows,
        waitForFile: (path) => windows.waitForFile(path).replaceAll('%', '%%'),
        count: (last) => windows.count(last).replaceAll('%', '%%'),
      };

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
