/** What a glob of a caller matches. */
import { expect, test } from 'bun:test';
import { PathGlob } from '../../../src/files/ignore/path-glob.ts';

test.each([
  // Glob, the file that is held against it, whether it matches.
  ['a', 'x/a', true],
  ['/a', 'x/a', false],
  ['/a', 'a', true],
  ['x/*', 'x/a', true],
  ['x/**', 'x/y/a', true],
  ['x/**', 'x', false],
  ['**/a', 'a', true],
  ['x/', 'x', false],
  ['/!a', '!a', true],
  ['/!a', 'b', false],
] as const)('%s and %s: %p', (text, path, expected) => {
  const glob = PathGlob.read(text);
  if (!glob.ok) throw new Error(glob.failure.detail);
  expect(glob.value.matches(path.split('/').at(-1) ?? '', path, false)).toBe(expected);
});

test('one that begins with ! is refused: it would mean all others', () => {
  expect(PathGlob.read('!a')).toMatchObject({ ok: false, failure: { reason: 'glob-invalid' } });
});
