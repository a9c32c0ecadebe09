/** The diff of a file as the page draws it. */
import { describe, expect, test } from 'bun:test';
import { lineDiff } from '../../src/console/page/agents/tool-call/line-diff.ts';

describe('the diff of a file', () => {
  const drawn = (before: string, after: string): string[] => {
    const signs = { same: ' ', added: '+', removed: '-', gap: '~' };
    return lineDiff(before, after).map(({ at, text }) => signs[at] + text);
  };

  test.each<[string, string, string, string[]]>([
    ['a new file', '', 'a\nb\n', ['+a', '+b']],
    ['a file that is emptied', 'a\n', '', ['-a']],
    ['a line in between', 'a\nb\nc\n', 'a\nB\nc\n', [' a', '-b', '+B', ' c']],
    ['no change', 'a\n', 'a\n', [' a']],
  ])('%s', (_what, before, after, lines) => {
    expect(drawn(before, after)).toEqual(lines);
  });

  test('what is far from a change is left out, and counted', () => {
    const many = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const changed = many.with(10, 'other');
    const lines = drawn(many.join('\n'), changed.join('\n'));
    expect(lines).toEqual([
      '~7 lines',
      ' line 7',
      ' line 8',
      ' line 9',
      '-line 10',
      '+other',
      ' line 11',
      ' line 12',
      ' line 13',
      '~6 lines',
    ]);
  });

  test('texts that have nothing in common are one instead of the other', () => {
    const before = Array.from({ length: 3000 }, (_, index) => `before ${index}\n`).join('');
    const after = Array.from({ length: 3000 }, (_, index) => `after ${index}\n`).join('');
    const lines = lineDiff(before, after);
    expect([lines.length, lines[0]?.at, lines.at(-1)?.at]).toEqual([6000, 'removed', 'added']);
  });
});
