/**
 * `/bin/sh -c COMMAND`, arranged so that a process that outlives the server writes the exit code down.
 *
 * Two ways, because neither serves alone:
 *
 * - `trapped`: an EXIT trap in the job's own shell. Costs next to nothing, but it is lost when the
 *   command replaces the shell or its traps, and shows when it lists them.
 * - `watched`: a second shell that waits for the first. Invisible from within whatever the command
 *   does, at the price of a second process. It holds the command's stdin open along with it, so a
 *   command that closes its own (`exec <&-`) had better go the first way.
 *
 * A command takes the cheap way unless its text has a word that might get in the trap's way. The
 * list errs on the safe side; what slips through (a sourced script's own EXIT trap under a computed
 * name) costs only this: should the server die meanwhile, that job's exit code is not known.
 *
 * `exec` with redirections only replaces nothing. `ulimit -f 0` forbids writing the note, `alias` and a
 * function may give `echo` another meaning.
 */
import { writeFileSync } from 'node:fs';
import type { SpawnRequest } from '../process.ts';
import { quote } from '../../programs/shell-quote.ts';

const GETS_IN_THE_WAY =
  /(?:^|[^\w-])(?:trap|exec(?!\s+(?:\d*[<>]{1,2}&?[^\s;&|<>]*[^\S\n]*){1,4}(?:[;\n]|&&|\|\||$))|eval|source|set|kill|ulimit|alias|function|\.)(?![\w-])|\$\$|echo\s*\(/;

/** Linux takes 128 KiB an argument, and what is put around the command has to go in as well. */
const MAX_COMMAND_LENGTH = 96 * 1024;

const WATCHER_START = 'exec 9>&2 2>/dev/null; trap : HUP';

const SURVIVED = 'INT QUIT TERM USR1 USR2 ALRM';

/** A variable that no environment has. */
const LINE = 'AGENT_SERVER_STAT_LINE';

/** Whether the first process of a job, whose arguments these are, only waits for the shell of the command. */
export const isWatcher = (commandLine: string): boolean =>
  commandLine.replaceAll('\0', ' ').startsWith(`/bin/sh -c ${WATCHER_START}`);

interface ShellPaths {
  readonly exitPath: string;
  readonly commandPath: string;
}

export function shellArguments(command: string, { exitPath, commandPath }: ShellPaths): string[] {
  const wrapped = GETS_IN_THE_WAY.test(command) ? watched : trapped;
  if (Buffer.byteLength(command) <= MAX_COMMAND_LENGTH) return wrapped(command, exitPath);
  // Sourced: it is the same shell that runs it, with the same $0 and traps.
  writeFileSync(commandPath, command, { mode: 0o600 });
  return wrapped(`. ${quote(commandPath)}`, exitPath);
}

// On the command's own first line, so that the shell's messages and $LINENO count as without it.
function trapped(command: string, exitPath: string): string[] {
  // Masked as the kernel does (`exit 256` is 0) and quoted, since IFS may hold digits by now.
  const note = `echo "$(($?&255))" 2>/dev/null >${quote(exitPath)}`;
  return ['/bin/sh', '-c', `trap ${quote(note)} EXIT; ${command}`];
}

// The watcher's own messages ("Terminated") go to /dev/null; a signal to the group must not take it
// along before it has written, and a handler, unlike `trap ''`, is not inherited by the command. The
// command gets its stderr inside the parentheses: dash redirects in the parent otherwise, and would
// print those messages there. `exec` makes the subshell and the command's shell one process.
function watched(command: string, exitPath: string): string[] {
  const script = `${WATCHER_START} ${SURVIVED}; (exec /bin/sh -c "$1" 2>&9 9>&-); ${noteExit(exitPath)}`;
  return ['/bin/sh', '-c', script, '/bin/sh', command];
}

const noteExit = (exitPath: string): string => `c=$?; echo $c >${quote(exitPath)}; exit $c`;

/**
 * A program and its arguments, watched in the same way. No text is made of them: they go through both shells as "$@". The
 * second shell says which process it is and becomes the program; on Linux its line of /proc has the time of the start.
 */
export function programArguments(
  argv: readonly string[],
  { exitPath, programPath = '/dev/null' }: Pick<SpawnRequest, 'exitPath' | 'programPath'>,
): string[] {
  const become =
    `read -r ${LINE} </proc/$$/stat; echo "$$ $${LINE}" >${quote(programPath)}; unset ${LINE}; ` +
    'exec "$@" 2>&9 9>&-';
  const script = `${WATCHER_START} ${SURVIVED}; /bin/sh -c ${quote(become)} /bin/sh "$@"; ` + noteExit(exitPath);
  return ['/bin/sh', '-c', script, '/bin/sh', ...argv];
}
