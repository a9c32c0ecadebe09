/** What `execute` hands out as output: what a person sees on the screen when the command is done. */
import { describe, expect, test } from 'bun:test';
import { outputOf } from '../../src/terminals/execute-output.ts';
import { fakeTerminal } from './fake-pty.ts';
import { done, missing, Shell } from './shell.ts';

const ESC = '\u001b';

/** The text of what is printed after `before`. */
async function seen(output: string, before = ''): Promise<string> {
  const { terminal, pty } = fakeTerminal();
  pty.print(before);
  const from = terminal.bytes;
  pty.print(output);
  return (await outputOf(terminal, from, terminal.bytes)).text;
}

describe('output as a person sees it', () => {
  test.each<[what: string, printed: string, seen: string]>([
    ['plain lines', 'one\r\n  two  \r\n\r\nthree', 'one\n  two  \n\nthree'],
    [
      'colours, titles, links',
      `${ESC}[1;38;5;9mred${ESC}[m${ESC}]0;title\u0007 ${ESC}]8;;http://x${ESC}\\link${ESC}]8;;${ESC}\\\r\n`,
      'red link\n',
    ],
    ['a line that is cleared and written again', `loading 50%\r${ESC}[2KDone\r\n`, 'Done\n'],
    ['a line that is cleared behind the cursor', `loading 50%\rDone${ESC}[K\r\n`, 'Done\n'],
    ['a progress bar that grows', '10%\r20%\r100%\r\n', '100%\n'],
    ['what a shorter text leaves of a longer one', 'loading\rDone\r\n', 'Doneing\n'],
    ['wide characters that are overwritten', '日本語\rab\r\n', 'ab本語\n'],
    ['half of a wide character', '日本\ra\r\n', 'a 本\n'],
    ['combined characters', 'e\u0301\u0301a\rx\r\n', 'xa\n'],
    [
      'erased, deleted and inserted characters',
      `abcdef${ESC}[4D${ESC}[2X\r\nabc${ESC}[3D${ESC}[P${ESC}[@Z\r\n`,
      'ab  ef\nZbc\n',
    ],
    ['columns', `a${ESC}[10Gb${ESC}[3Cc\r\n`, 'a        b   c\n'],
    ['two bars, one above the other', `a 1%\r\nb 1%\r\n${ESC}[2Aa 100%\r\nb 100%\r\n`, 'a 100%\nb 100%\n'],
    ['lines that are removed again', `x\r\ny\r\nz\r\n${ESC}[2A${ESC}[Jend\r\n`, 'x\nend\n'],
    [
      'an editor that has ended',
      `before\r\n${ESC}[?1049h${ESC}[H${ESC}[2Jtext of a file${ESC}[?1049lafter\r\n`,
      'before\nafter\n',
    ],
    ['the older alternate screen', `${ESC}7${ESC}[?47h${ESC}[Hpager${ESC}[2J${ESC}[?47l${ESC}8after\r\n`, 'after\n'],
    ['a screen that is cleared', `much\r\nold\r\n${ESC}[H${ESC}[2J${ESC}[3Jnew\r\n`, 'new\n'],
    ['line drawing', `${ESC}(0lqk${ESC}(B ok\r\n`, '┌─┐ ok\n'],
    ['a bell and other signs without looks', 'a\u0007b\u0001c\u007fd\r\n', 'abcd\n'],
    ['backspaces, as of a manual', 'b\bbo\bol\bld\r\n', 'bold\n'],
    ['tabs, where nothing moves', 'a\tb\t\tc\t\r\n', 'a\tb\t\tc\t\n'],
    ['tabs beside what moves', '1%\r2%\r\na\tb\t\tc\t\r\n\tx\r\n', '2%\na\tb\t\tc\t\n\tx\n'],
    ['a tab that is overwritten', 'a\tb\rxyzxyzxyzxyz\r\n', 'xyzxyzxyzxyz\n'],
    ['a tab that is erased', `loading\tmore\r${ESC}[2KDone\r\n`, 'Done\n'],
    ['empty lines at beginning and end', '\r\n\r\na\rb\r\n\r\n', '\n\nb\n\n'],
    ['a line that is wider than the terminal', `${'x'.repeat(100)}\r\n`, `${'x'.repeat(100)}\n`],
    [
      'such a line beside what moves',
      `1\r2\r\n${'word '.repeat(40)}\r\n日${'本'.repeat(79)}\r\n`,
      `2\n${'word '.repeat(40)}\n日${'本'.repeat(79)}\n`,
    ],
    ['a line without an end', `a\rpart ${ESC}[0m`, 'part '],
    ['nothing', `${ESC}[?25l${ESC}[?25h`, ''],
  ])('%s', async (_what, printed, expected) => {
    expect(await seen(printed)).toBe(expected);
    // Wherever on the screen it begins, and whatever stood there before.
    expect(await seen(printed, `${'old text\r\n'.repeat(50)}$ cmd\r\n`)).toBe(expected);
    expect(await seen(printed, `old text\r\n$ cmd\r\n`)).toBe(expected);
  });

  test('places on the screen are where they are, as in the console of Windows', async () => {
    const before = `${ESC}[2J${ESC}[H${'old\r\n'.repeat(9)}C:\\>cmd${ESC}[11;1H`;
    expect(await seen(`one\r\ntwo${ESC}[13;1Hthree${ESC}[15;1Hfour${ESC}[16;1H`, before)).toBe(
      'one\ntwo\nthree\n\nfour\n',
    );
  });

  test('a long output is exact, whatever moves in it', async () => {
    const lines = Array.from({ length: 15_000 }, (_, index) => `${index}\t${'.'.repeat(index % 100)}`);
    expect(await seen(`10%\r20%\r\n${lines.join('\r\n')}`)).toBe(`20%\n${lines.join('\n')}`);
  });

  test('what has left the screen can no longer be changed', async () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    const text = await seen(`${lines.join('\r\n')}${ESC}[200A\r${ESC}[2Ktop`);
    expect(text.split('\n').filter((line) => !lines.includes(line))).toEqual(['top']);
  });
});

describe.skipIf(missing('bash'))('execute in bash', () => {
  test.each([
    [String.raw`printf 'loading 50%%\r\033[2KDone\n'`, 'Done\n'],
    ["printf '日本語\\rab\\n'", 'ab本語\n'],
    [String.raw`printf 'a 1%%\nb 1%%\n\033[2Aa 100%%\nb 100%%\n'; false`, 'a 100%\nb 100%\n'],
    [String.raw`clear; echo cleared`, 'cleared\n'],
    [String.raw`printf '\033[?1049h\033[Hediting'; sleep 0.1; printf '\033[?1049l'; echo left`, 'left\n'],
  ])('%s', async (command, output) => {
    await using sh = await Shell.open({ shell: 'bash' });
    expect(await sh.execute('seq 1 30')).toMatchObject({ status: 'done' });
    expect(await sh.execute(command)).toEqual(done(output, command.endsWith('false') ? 1 : 0));
  });
});
