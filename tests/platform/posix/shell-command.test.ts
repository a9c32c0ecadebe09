/** The wrapping that writes the exit code down cannot be told from plain `/bin/sh -c`. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import { join } from 'node:path';
import { quote } from '../../../src/platform/programs/shell-quote.ts';
import type { Comparison, Look } from '../../fixtures/compare-shells.ts';

// A loaded machine is slow, which is no failure.
setDefaultTimeout(30_000);

const COMMANDS = [
  // Names, arguments, options, place.
  'echo "$0"',
  'echo "$#" "[$1]" "[$2]" "[$@]" "[$*]"',
  'echo "$-"',
  'echo $LINENO',
  '\n\necho $LINENO\n',
  'echo a; echo $LINENO\necho $LINENO',
  'echo $?',
  'false; echo $?',
  'pwd',
  'set | grep -Ev "^(PPID|SHLVL)="',
  'umask',
  'umask 027; umask',
  'umask 777; exit 4',
  'cd / && pwd',
  'cd /; exit 3',
  'echo "[$!]"',
  'for fd in /proc/self/fd/*; do echo "${fd##*/}"; done',
  'f() { echo $LINENO; return 7; }; f',
  'unset PATH; exit 5',
  'PATH=; echo hi',
  'IFS=0123456789; exit 10',
  'readonly x=1; x=2; echo never',
  'shift; echo shifted',
  'set -- a b; shift; echo "$@"',
  'getopts a o; echo $?',
  'times >/dev/null; echo t',
  // Its own traps.
  'trap',
  'trap -- ; trap',
  'trap "echo bye" EXIT; trap',
  'trap "echo bye" EXIT',
  'trap "exit 9" EXIT; exit 3',
  'trap "echo $?; exit 9" 0; false',
  'trap "echo bye; false" EXIT; true',
  'trap - EXIT; exit 6',
  '(trap "echo sub" EXIT; exit 2); echo $?',
  'trap "echo got" USR1; kill -USR1 $$; echo after',
  'trap "" TERM; kill -TERM $$; echo alive; exit 8',
  'eval "trap \'exit 12\' EXIT"',
  't=trap; $t "exit 13" EXIT',
  'x=$(trap); echo "[$x]"',
  // Ways to end.
  'exit',
  'exit 0',
  'exit 1',
  'exit 255',
  'exit 256',
  'exit 300',
  'false',
  'true',
  'exit 7; echo never',
  'return 5',
  '(exit 4)',
  '! true',
  'true && false || exit 11',
  'exec true',
  'exec false',
  'exec sh -c "exit 21"',
  'exec /nonexistent; echo never',
  'exec >/dev/null; echo hidden; exit 2',
  'exec 2>&1; echo both >&2',
  'exec 9>&1; echo nine >&9',
  'exec <&-; read x; exit 32',
  'exec 0</dev/null 3>&1 2>&1\necho three >&3; nope; exit 33',
  'exec </nope/nope; echo never',
  'exec >&2 sh -c "echo x; exit 34"',
  'exec >"a b"; cat "a b"; exit 35',
  'kill -9 $$',
  'kill -TERM $$',
  'kill -HUP $$',
  'kill -INT $$',
  'kill -34 $$',
  'kill -SEGV $$',
  'kill -KILL $$; echo never',
  'kill 0; sleep 5',
  'trap : TERM; kill 0; echo on; exit 3',
  'sh -c "kill -9 \\$PPID"; echo never',
  'sh -c "kill -9 \\$\\$"; echo $?',
  'sh -c "kill -TERM \\$\\$"',
  'sh -c "exit 5"',
  'set -e; false; echo never',
  'set -u; echo $nope',
  'set -e; (exit 31)',
  'set -n; echo no',
  'set -C; exit 14',
  'set -f; echo *; exit 15',
  'set -x; echo traced; exit 16',
  'set -v; echo seen\necho more',
  'set -ex; true; false',
  '. /dev/null; exit 17',
  '. ./nope; echo never',
  'eval "exit 18"',
  'eval "echo $LINENO"',
  'command exec false',
  'ulimit -f 0; exit 19',
  'ulimit -f 0; true',
  'ulimit -n 4; exit 20',
  // Names of ours in the hands of the command.
  'echo() { printf "mine\\n"; }; echo x; exit 22',
  'alias echo=false; exit 23',
  'alias echo=false\necho x; exit 23',
  'printf() { false; }; exit 24',
  'command() { false; }; exit 24',
  'exit() { echo no; }; exit 25',
  'c=5; exit $c',
  // Nothing, and what cannot be read.
  ' ',
  '\n',
  '#',
  '# only a comment',
  ':',
  ';',
  ';;',
  ')',
  '(',
  '}',
  '{',
  'fi',
  'if',
  'echo "',
  "echo '",
  'echo `',
  'echo $(',
  'cat <<E\nhere',
  'cat <<E\nhere\nE',
  'cat <<E; exit 3\n$0\nE',
  '&',
  '&& true',
  '|| true',
  '| cat',
  '> /dev/null',
  'true\n)',
  'echo a\necho b; fi\necho c',
  'for',
  'case x in',
  'function f { :; }',
  'echo a &',
  'true; }',
  'echo \\',
  'exit 3 # "',
  '!',
  '"',
  '$(',
  '${x',
  '${x?gone}',
  '${x:?}; echo never',
  '$((1/0))',
  '$((',
  '<nope',
  'echo >/nope/nope',
  'nope-no-such-command',
  '/',
  './nope',
  "'",
  '\\',
  '{ exit 3; }',
  'while false; do :; done',
  'sleep 0 & wait',
  'sleep 0 & wait $!; exit 26',
  // Text that must come through as it is.
  "printf '%s' 'it'\\''s \"quoted\" \\ $HOME `x`'",
  'printf "%s|" "a  b" "c\td" "e\nf"',
  "printf '\\0\\377\\n'",
  'echo ünïcödé 日本 🙂',
  'echo "*" \\* ?',
  'printf "no newline"',
  'echo out; echo err >&2',
  'echo "tr""ap"',
  'echo 1 | (read x; echo $x; exit 27)',
  'cat; echo eof',
  'read x; echo $?',
  'echo settle; exit 28',
  'echo x.trap; exit 29',
  'ls . >/dev/null; exit 30',
  'echo trap >/dev/null',
];

const FRAGMENTS = [
  'echo hi',
  'false',
  'true',
  'exit 3',
  '(exit 4)',
  'trap',
  "trap 'echo bye' EXIT",
  "trap 'exit 6' 0",
  'set -e',
  'set -x',
  'echo $LINENO "$0" $# $?',
  'exec 3>&1',
  'kill -TERM $$',
  'exec false',
  'cd /',
  'x=1',
  'echo $x',
  '{ echo block; }',
  'f() { return 2; }',
  'f',
  'eval "exit 9"',
  'sh -c "exit 5"',
  'echo err >&2',
  ')',
  'umask 000',
  '# note',
  ': "$(exit 8)"',
  'x=$(exit 8)',
  'cat',
  '! true',
  'trap - EXIT',
  'return 7',
];
const anyCommand = fc
  .array(fc.tuple(fc.constantFrom(...FRAGMENTS), fc.constantFrom('; ', '\n', ' && ', ' || ', ' & wait; ', ' | ')), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.map(([text, joint], index) => (index === parts.length - 1 ? text : text + joint)).join(''))
  // Which of two processes writes first is nobody's promise.
  .filter((command) => !(/ \| | & /.test(command) && /set -x|err|\)|kill/.test(command)))
  // Nobody has the same pid twice.
  .filter((command) => !/set -x[^]*\$\$/.test(command));

const compareScript = join(import.meta.dir, '../../fixtures/compare-shells.ts');

async function compare(commands: readonly string[], prefix: readonly string[]): Promise<Comparison[]> {
  const child = Bun.spawn([...prefix, process.execPath, compareScript], {
    stdin: Buffer.from(JSON.stringify(commands)),
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as Comparison[];
}

/** Another shell in the place of /bin/sh, for one process and its children: needs a mount namespace, so root. */
const withShell = (shell: string): string[] => [
  'unshare',
  '-m',
  'sh',
  '-c',
  `mount --bind ${quote(shell)} "$(realpath /bin/sh)" && exec "$@"`,
  'sh',
];

const bash = Bun.which('bash');
const canReplaceShell =
  bash !== null && Bun.spawnSync([...withShell(bash), 'true'], { stdout: 'ignore', stderr: 'ignore' }).exitCode === 0;
if (!canReplaceShell)
  console.warn('bash as /bin/sh is not compared: replacing /bin/sh for one process needs root and bash');

const SHELLS: { name: string; prefix: string[]; knownSyntaxMessages: boolean }[] = [
  { name: 'the machine’s own /bin/sh', prefix: [], knownSyntaxMessages: false },
  ...(canReplaceShell ? [{ name: 'bash as /bin/sh', prefix: withShell(bash), knownSyntaxMessages: true }] : []),
];

describe.skipIf(process.platform === 'win32').each(SHELLS)('$name', ({ prefix, knownSyntaxMessages }) => {
  const check = (comparisons: readonly Comparison[]): void => {
    const differences = comparisons.filter((comparison) => {
      const { command, plain, managed, exitFile } = comparison;
      const told = { ...managed };
      // bash quotes the line it cannot read, and on the first line that shows the trap before it: the one thing to be seen.
      if (knownSyntaxMessages) told.stderr = told.stderr.replace(/`trap '.* EXIT; /s, '`');
      return (
        !Bun.deepEquals(asComparable(command, plain), asComparable(command, told)) ||
        (exitFile !== plain.code && !neverNoted(comparison))
      );
    });
    expect(differences).toEqual([]);
  };

  test('a command sees and says the same as by plain sh -c, and its exit code is written down', async () => {
    check(await compare(COMMANDS, prefix));
  });

  test('so do commands put together at random', async () => {
    check(await compare(fc.sample(anyCommand, 80), prefix));
  });
});

/** The parts of a pipe run side by side: whose complaint comes first is chance. */
const asComparable = (command: string, look: Look): Look =>
  command.includes('|') ? { ...look, stderr: look.stderr.split('\n').toSorted().join('\n') } : look;

/** A command that cannot be read is refused before its trap is set: only a server that is there sees that code. */
const neverNoted = ({ plain, exitFile }: Comparison): boolean =>
  exitFile === undefined &&
  plain.code === 2 &&
  /syntax error|unexpected EOF|Unterminated quoted|Bad substitution|Missing '/i.test(plain.stderr);

test.skipIf(process.platform === 'win32')('a quoted text is one word, whatever is in it', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', '`', ' ', '\n', '*', 'a', '!', '~', ';', 'é') }),
        { minLength: 1, maxLength: 6 },
      ),
      (texts) => {
        const shown = Bun.spawnSync(['/bin/sh', '-c', `printf '<%s>' ${texts.map(quote).join(' ')}`]).stdout.toString();
        expect(shown).toBe(texts.map((text) => `<${text}>`).join(''));
      },
    ),
    { numRuns: 25 },
  );
});
