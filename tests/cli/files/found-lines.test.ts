/** How rows of a search become lines. */
import { describe, expect, test } from 'bun:test';
import { FoundLines, literalPattern } from '../../../src/cli/files/found-lines.ts';
import type { FileMatch, FileNameMatch } from '../../../src/protocol/files/search.ts';

const match = (line: number, more: Partial<FileMatch> = {}): FileMatch => ({
  path: '/a',
  line,
  column: 1,
  text: `m${line}`,
  ...more,
});

function linesOf(rows: readonly (FileMatch | FileNameMatch)[], grouped: boolean): string[] {
  const lines = new FoundLines({ grouped, literal: undefined });
  return [...rows.flatMap((row) => lines.of(row)), ...lines.rest()];
}

describe('rows of a search as lines', () => {
  test('for a program each says all: path, line, column', () => {
    expect(linesOf([match(1), match(1, { column: 5 }), match(2, { path: '/b' })], false)).toEqual([
      '/a:1:1:m1',
      '/a:1:5:m1',
      '/b:2:1:m2',
    ]);
    expect(linesOf([{ path: '/d', type: 'directory' }], false)).toEqual(['/d']);
  });

  test('for a person below the path of their file, and a line with several matches once', () => {
    const rows = [match(1), match(1, { column: 5 }), match(3), match(2, { path: '/b' })];
    expect(linesOf(rows, true)).toEqual(['/a', '1:m1', '3:m3', '', '/b', '2:m2']);
    expect(linesOf([{ path: '/d', type: 'directory' }], true)).toEqual(['/d/']);
  });

  test('lines around are shown once, a match that is one of them as a match, and a gap as --', () => {
    const rows = [
      match(2, { before: ['1'], after: ['m3'] }),
      match(3, { before: ['m2'], after: ['4'] }),
      match(9, { before: ['8'], after: ['10'] }),
      match(1, { path: '/b', after: ['2'] }),
    ];
    expect(linesOf(rows, true)).toEqual([
      '/a',
      '1-1',
      '2:m2',
      '3:m3',
      '4-4',
      '--',
      '8-8',
      '9:m9',
      '10-10',
      '',
      '/b',
      '1:m1',
      '2-2',
    ]);
    expect(linesOf(rows, false).slice(0, 4)).toEqual(['/a-1-1', '/a:2:1:m2', '/a:3:1:m3', '/a-4-4']);
  });
});

test('a text that stands for itself splits at itself alone', () => {
  expect('xa.b(axb('.split(literalPattern('a.b(', false))).toEqual(['x', 'a.b(', 'axb(']);
  expect('xA\\[y'.split(literalPattern('a\\[', true))).toEqual(['x', 'A\\[', 'y']);
});
