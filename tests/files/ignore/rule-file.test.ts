/** One file of rules of git: what it says of a path, and of that alone. */
import { expect, test } from 'bun:test';
import { RuleFile } from '../../../src/files/ignore/rule-file.ts';

const says = (text: string, path: string) => RuleFile.read(text)?.says(path);

test.each([
  ['*.log', 'a.log', 'ignored'],
  ['*.log', 'a.txt', undefined],
  ['*.log\n!a.log', 'a.log', 'taken back'],
  ['!a.log\n*.log', 'a.log', 'ignored'],
  ['*\n!a\n\n!b\n# !c\nb', 'b', 'ignored'],
  ['*\n!a\n\n!b\n# !c', 'c', 'ignored'],
  ['d', 'd/', 'ignored'],
  // Whoever asks does not go into a folder that is left out: another file may have taken it back.
  ['d', 'd/a', undefined],
  ['d/', 'd', undefined],
  ['\\!a', '!a', 'ignored'],
  ['!!a', '!a', 'taken back'],
  ['\\#a', '#a', 'ignored'],
  // Three of them at deep folders would take a second.
  ['a/**/b/**/c/**/d', 'a/b/c/d', undefined],
] as const)('%j of %s: %s', (text, path, expected) => {
  expect(says(text, path)).toBe(expected);
});

test('one with so many changes of mind that each path would take long is none', () => {
  const rules = (blocks: number) => Array.from({ length: blocks }, (_, at) => (at % 2 === 0 ? 'a' : '!a')).join('\n');
  expect(says(rules(500), 'a')).toBe('taken back');
  expect(RuleFile.read(rules(501))).toBeUndefined();
});

test('what is forgotten is not the rules', () => {
  const rules = RuleFile.read('*.log\n!keep.log');
  for (let count = 0; count < 25_000; count += 1) rules?.says(`${count}.log`);
  expect([rules?.says('1.log'), rules?.says('keep.log'), rules?.says('x')]).toEqual([
    'ignored',
    'taken back',
    undefined,
  ]);
});
