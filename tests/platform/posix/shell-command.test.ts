/** The wrapping that writes the exit code down cannot be told from plain `/bin/sh -c`. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import { join } from 'node:path';
import { quote } from '../../../src/platform/programs/shell-quote.ts';
import type { Comparison, Look } from '../../fixtures/compare-shells.ts';
import { anyCommand, COMMANDS } from './shell-commands.ts';

// A loaded machine is slow, which is no failure.
setDefaultTimeout(30_000);

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
      if (knownSyntaxMessages) told.stderr = told.stderr.replace(/`trap 'echo "\$\(\(\$\?&255\)\)" .* EXIT; /s, '`');
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
