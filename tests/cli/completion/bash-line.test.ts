/** What bash is told to put into the line, and whether bash reads that as the name that was meant. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { bashReplies, readBashLine } from '../../../src/cli/completion/bash-line.ts';

describe('a line as bash reads it', () => {
  test.each([
    ['agent-server', ['agent-server'], ''],
    ['agent-server ', ['agent-server', ''], ''],
    ['agent-server  run\tx', ['agent-server', 'run', 'x'], ''],
    [String.raw`x my\ build`, ['x', 'my build'], ''],
    ['x "my b', ['x', 'my b'], '"'],
    ['x "" ', ['x', '', ''], ''],
    [`x my" b`, ['x', 'my b'], '"'],
    [String.raw`x "a\"b\$\x"`, ['x', String.raw`a"b$\x`], ''],
    ["x 'a\\", ['x', 'a\\'], "'"],
    [String.raw`x 'it'\''s`, ['x', "it's"], "'"],
    ['x --url http://a:1', ['x', '--url', 'http://a:1'], ''],
    ['x a\\', ['x', 'a'], ''],
  ])('%j', (line, words, quote) => {
    expect(readBashLine(line)).toEqual({ words, quote } as ReturnType<typeof readBashLine>);
  });
});

const bash = Bun.which('bash');
if (bash === null) process.stdout.write('names in bash: skipped, there is no bash on this machine\n');

test.skipIf(bash === null)('any name, in any quotes, is read by bash as that name', () => {
  const char = fc.oneof(
    fc.constantFrom(...' \'"$`\\!~#&|;()<>{}[]*?=:@%+,-^ä'.split('')),
    fc.string({ minLength: 1, maxLength: 1 }),
  );
  const name = fc.array(char, { minLength: 1, maxLength: 12 }).map((chars) => chars.join(''));
  const usable = name.filter((text) => !/\p{Cc}|\p{Cs}/u.test(text));
  // Many in one bash: a script that prints each word as it came to be.
  const words: { readonly value: string; readonly line: string }[] = [];
  fc.assert(
    fc.property(usable, fc.constantFrom('', '"', "'"), (value, quote) => {
      const [reply = ''] = bashReplies(`x ${quote}`, '', [{ value }]);
      // As bash closes a quote that is open, where none stands there.
      const line = quote + (reply.endsWith(quote) ? reply : reply + quote);
      words.push({ value, line });
      // Ours reads it in the same way.
      expect(readBashLine(`x ${line}`).words).toEqual(['x', value]);
    }),
    { numRuns: 1000 },
  );
  const script = words.map(({ line }) => `printf '%s\\0' ${line}\n`).join('');
  const { stdout } = Bun.spawnSync([bash ?? '', '--norc', '-s'], { stdin: Buffer.from(script), stderr: 'inherit' });
  expect(stdout.toString().split('\0').slice(0, -1)).toEqual(words.map(({ value }) => value));
});

test('only the end of the word is replaced, which begins behind a quote, a colon or an equals sign', () => {
  const offer = (line: string, replaced: string, value: string) => bashReplies(line, replaced, [{ value }]);
  expect(offer(String.raw`x --session=my\ b`, String.raw`my\ b`, '--session=my build')).toEqual([
    String.raw`my\ build`,
  ]);
  expect(offer('x a:b', 'b', 'a:b c')).toEqual([String.raw`b\ c`]);
  expect(offer('x my" b', ' b', 'my build')).toEqual([' build']);
  expect(offer('x "it', 'it', 'it costs $5!')).toEqual([String.raw`it costs \$5"\!""`]);
  expect(offer('x', 'something else', 'y')).toEqual([]);
});
