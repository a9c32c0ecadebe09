/** How a command line comes apart into words, on both systems. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { splitCommandLine as splitPosix } from '../../../src/platform/programs/posix/split-command-line.ts';
import { splitCommandLine as splitWindows } from '../../../src/platform/programs/windows/split-command-line.ts';

const outcome = (split: typeof splitPosix, text: string) => {
  const result = split(text);
  return result.ok ? result.value : result.failure.message;
};

describe('POSIX', () => {
  test.each<[string, readonly string[]]>([
    ['', []],
    [' \t\n', []],
    ['copilot --acp --stdio', ['copilot', '--acp', '--stdio']],
    [' a  b\n c ', ['a', 'b', 'c']],
    [`'a b' "c d"`, ['a b', 'c d']],
    [`'' ""`, ['', '']],
    [`a'b'"c"d`, ['abcd']],
    [`'a\\b' "a\\b" a\\b`, ['a\\b', 'a\\b', 'ab']],
    [`"a\\"b" 'a"b' "a'b"`, ['a"b', 'a"b', "a'b"]],
    [`"\\$HOME \\\` \\\\ \\x"`, ['$HOME ` \\ \\x']],
    ['a\\ b', ['a b']],
    ['a\\\nb "c\\\nd"', ['ab', 'cd']],
    ['\\\n', []],
    // A shell would expand, pipe, leave out or start these: here they are characters.
    ['$HOME ~ *.ts {a,b} `id` $(id)', ['$HOME', '~', '*.ts', '{a,b}', '`id`', '$(id)']],
    ['a;b a|b a&b a>b #c', ['a;b', 'a|b', 'a&b', 'a>b', '#c']],
    ['ü "漢 字"', ['ü', '漢 字']],
  ])('%j', (text, words) => {
    expect(outcome(splitPosix, text)).toEqual(words);
  });

  test.each([
    [`a 'b`, `the ' at character 3 has no closing one`],
    [`a "b\\"`, `the " at character 3 has no closing one`],
    [`'a' b"`, `the " at character 6 has no closing one`],
  ])('%j is refused', (text, message) => {
    expect(outcome(splitPosix, text)).toBe(message);
  });

  test('a shell splits them alike', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '\t', "'", '"', '\\', 'b', '-'), maxLength: 12 });
    fc.assert(
      fc.property(text, (line) => {
        const split = splitPosix(line);
        // The sh that is given an unclosed quote complains; the end of the text is the end of `set`'s line then.
        const { stdout, exitCode } = Bun.spawnSync(['sh', '-c', `printf '%s\\0' x ${line}`], { stderr: 'ignore' });
        const words = stdout.toString().split('\0').slice(1, -1);
        expect({ line, split: split.ok ? split.value : 'refused' }).toEqual({
          line,
          split: exitCode === 0 ? words : 'refused',
        });
      }),
      { numRuns: 150 },
    );
  });
});

describe('Windows', () => {
  test.each<[string, readonly string[]]>([
    ['', []],
    [' \t', []],
    ['copilot --acp --stdio', ['copilot', '--acp', '--stdio']],
    ['"C:\\Program Files\\a.exe" b', ['C:\\Program Files\\a.exe', 'b']],
    // The program: no backslash is special, and nothing has to come between its quote and an argument.
    ['"C:\\a\\" b', ['C:\\a\\', 'b']],
    ['"a"b c', ['a', 'b', 'c']],
    ['a"b c', ['a"b', 'c']],
    ['  a\tb ', ['a', 'b']],
    ['x "a b" c', ['x', 'a b', 'c']],
    ['x "" y', ['x', '', 'y']],
    ['x C:\\dir\\ "C:\\my dir\\\\"', ['x', 'C:\\dir\\', 'C:\\my dir\\']],
    ['x "a\\"b" \\"c\\" a\\\\\\"b', ['x', 'a"b', '"c"', 'a\\"b']],
    // The second of the two closes as well.
    ['x "a"" b', ['x', 'a"', 'b']],
    ['x """a b"""', ['x', '"a', 'b"']],
    [`x 'a b'`, ['x', `'a`, `b'`]],
    ['x %PATH% ^& a&b', ['x', '%PATH%', '^&', 'a&b']],
  ])('%j', (text, words) => {
    expect(outcome(splitWindows, text)).toEqual(words);
  });

  test.each([
    ['"a', 'the " at character 1 has no closing one'],
    ['a "b', 'the " at character 3 has no closing one'],
    ['a "b\\"', 'the " at character 3 has no closing one'],
    ['a "b" \\\\"', 'the " at character 9 has no closing one'],
  ])('%j is refused', (text, message) => {
    expect(outcome(splitWindows, text)).toBe(message);
  });
});
