/**
 * How each POSIX shell is driven: how a command is sourced, what keeps a command's functions from
 * getting in the way of the next one, and how a command is given up.
 *
 * Giving up: SIGINT to the shell itself will not do. A shell without a terminal dies of it, and one
 * with a trap runs the trap and then goes on with the next line. So the command's processes get SIGINT, and
 * the shell gets SIGURG, which every program ignores that does not ask for it, with a trap that leaves the
 * command from however many functions, loops and sourced files it is in. A user's own traps, that
 * for SIGINT included, stay as they are. At top level the trap does nothing: a signal that comes too late is harmless.
 */
import { quote } from '../../platform/programs/shell-quote.ts';
import { KEEP_BASH_STATE, restoreBash, restoreStatus, type CarriedState } from './carried-state.ts';

export type DialectName = 'bash' | 'zsh' | 'sh';

/** The texts of which the lines around one command are made. */
export interface CommandLines {
  /** The quoted path of its file, with redirections. */
  readonly text: string;
  /** The quoted path of the file that reports its end, up to where its status is to be appended. */
  readonly end: string;
  /** What the command is to find of the one before. */
  readonly carried: CarriedState;
}

export interface Dialect {
  readonly name: DialectName;
  readonly options: readonly string[];
  /** Before the first command, at top level. */
  readonly preamble: string;
  /** What stands before the name of a builtin, so that no function and alias gets in its way. */
  readonly builtin: string;
  /** What stands before a redirection that is to do nothing else. No name that a command could define. */
  readonly redirectPrefix: string;
  /** An expansion that is reported when the shell is ready: not empty where the shell cannot give up a command. */
  readonly cannotInterrupt: string;
  /** The lines that run one command. A file's syntax errors must not end the shell; backslashes keep aliases out. */
  lines(command: CommandLines): string;
  /** After a command that was given up. */
  readonly recover: string;
}

const BUILTIN = '\\builtin \\';
const COMMAND = '\\command \\';

// A bash that redirects for a command alone keeps what was there before at descriptors from 10 on, where it lets a command have its
// own, too, and loses them. Of what is closed there is nothing to keep. Between commands these are open: a trap may start a
// program then, whose first file would otherwise take the place of one. (The others let nobody name descriptors from 10 on.)
const CLOSE_STREAMS = '\\exec <&- >&- 2>&-';
const OPEN_STREAMS = '\\exec </dev/null >/dev/null 2>&1';
// After `builtin`, what `exec` redirects does not last; and a function of that name is passed by.
const UNLESS_SHADOWED = '\\builtin declare -F exec >/dev/null ||';

// `return` leaves one function or sourced file. A trap that does the same before each further command leaves
// the rest, subshells that no `return` leaves included, and takes itself away at top level; a DEBUG trap of one's own
// does not survive that. (Sending the signal again before each return does it too, but bash 5.2 then never runs
// another trap.)
const INSIDE = '(( ${#BASH_SOURCE[@]} > 1 ))';
const EACH = `${INSIDE} && { (( BASH_SUBSHELL )) && \\builtin exit 130; \\builtin return 130; }; \\builtin trap - DEBUG; \\builtin set +T`;
const RETURN_FROM_ALL = `${INSIDE} && { \\builtin set -T; \\builtin trap ${quote(EACH)} DEBUG; \\builtin return 130; }`;

// Whether `builtin` is still what it was shows in what it does. If not: special builtins go before functions in POSIX
// mode, which an assignment enters. Leaving it sets these two options, so they are set as a session begins.
const KEEP_BUILTIN = [
  '\\builtin printf -v agent_server_builtin 1',
  '[[ ${agent_server_builtin-} ]] || { POSIXLY_CORRECT=1; \\unset -f builtin; \\unset POSIXLY_CORRECT; \\builtin shopt -s expand_aliases; \\builtin shopt -u inherit_errexit; }',
  '\\builtin unset -v agent_server_builtin agent_server_left agent_server_status',
  '',
].join('\n');

const BASH: Dialect = {
  name: 'bash',
  builtin: BUILTIN,
  options: ['--norc', '--noprofile'],
  // Functions come in by the environment, too.
  preamble: [
    `${KEEP_BUILTIN}\\builtin shopt -s expand_aliases`,
    `\\builtin trap ${quote(RETURN_FROM_ALL)} URG`,
    `\\builtin trap ${quote(KEEP_BASH_STATE)} RETURN`,
    `${UNLESS_SHADOWED} ${OPEN_STREAMS}`,
    '',
  ].join('\n'),
  redirectPrefix: '',
  cannotInterrupt: '',
  lines: ({ text, end, carried }) =>
    [
      `${UNLESS_SHADOWED} ${CLOSE_STREAMS}`,
      `${restoreBash(carried, BUILTIN)}\\builtin \\. ${text}`,
      'agent_server_status=$?',
      // Too long for the name of a file, it is left out.
      `>${end}"$agent_server_status.\${agent_server_left-}" || >${end}"$agent_server_status"`,
      `${KEEP_BUILTIN}${UNLESS_SHADOWED} ${OPEN_STREAMS}`,
      '',
    ].join('\n'),
  recover: '',
};

// Non-zero from a trap function gives up everything as far as the innermost sourced file or `eval`; with a trap
// for every further command that does the same it goes on to the outermost. That one goes at top level, by itself.
const ABANDON = `TRAPURG() {
  [[ $ZSH_EVAL_CONTEXT == *:file* ]] || return 0
  TRAPDEBUG() { [[ $ZSH_EVAL_CONTEXT == *:file* ]] && return 130; unfunction TRAPDEBUG; return 0; }
  return 130
}`;

// A function of that name is made a disabled one: an assignment, which nothing can shadow.
const KEEP_ZSH_BUILTIN = 'if (( $+functions[builtin] )); then dis_functions[builtin]=$functions[builtin]; fi\n';

const ZSH: Dialect = {
  name: 'zsh',
  builtin: BUILTIN,
  options: ['-f'],
  // Otherwise $0 is the sourced file's name.
  preamble: `${KEEP_ZSH_BUILTIN}\\builtin setopt no_function_argzero\n${ABANDON}\n`,
  // With no command at all zsh starts a `cat` ($NULLCMD), which takes 2 ms.
  redirectPrefix: '[[ 1 ]] ',
  cannotInterrupt: '',
  lines: ({ text, end, carried }) =>
    `${restoreStatus(carried, BUILTIN)}\\builtin \\. ${text}\n[[ 1 ]] >${end}"$?"\n${KEEP_ZSH_BUILTIN}`,
  recover: '',
};

// In dash and its like an error in a special builtin leaves everything as far as the next `command`, which takes
// the specialness away; at top level it would end the shell, so that everything is inside of a `command eval`.
// A bash by the name of sh goes its own way.
const inBash = (command: string, inOthers = '\\:'): string =>
  `case \${BASH_VERSION-} in "") ${inOthers};; *) ${command};; esac`;
const RAISE = inBash(`\\eval ${quote(RETURN_FROM_ALL)}`, '\\. /dev/null/none 2>/dev/null');

const SH: Dialect = {
  name: 'sh',
  builtin: COMMAND,
  options: [],
  preamble: 'trap : URG\n',
  redirectPrefix: '',
  // The Korn shells, and zsh by the name of sh, do neither.
  cannotInterrupt: '${KSH_VERSION:+1}${YASH_VERSION:+1}${ZSH_VERSION:+1}',
  // An error in a special builtin ends a POSIX shell, a syntax error in a sourced file among them: hence `command`.
  // Special builtins cannot be shadowed by functions; `command` can.
  lines: ({ text, end, carried }) => {
    const inside = [
      `\\trap ${quote(RAISE)} URG`,
      `${restoreStatus(carried, COMMAND)}\\command \\. ${text}`,
      `>${end}"$?"`,
      '\\trap : URG',
    ].join('\n');
    return [
      '\\unset -f command',
      inBash(CLOSE_STREAMS),
      `\\command \\eval ${quote(inside)}`,
      inBash(OPEN_STREAMS),
      '',
    ].join('\n');
  },
  recover: '\\trap : URG\n',
};

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = { bash: BASH, zsh: ZSH, sh: SH };
