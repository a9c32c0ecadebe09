/** Texts of a JSON document that no file name, argument or environment can hold, wherever they are in it. */
import { expect, test } from 'bun:test';
import { textProblem } from '../../../src/http/wire/text-problem.ts';

const NUL = 'a string contains a NUL character';
const HALF = 'a string contains a lone surrogate';
const nested = (depth: number): unknown => (depth === 0 ? 'x' : [nested(depth - 1)]);

test.each([
  ['a text', 'plain', undefined],
  ['no text', [1, null, true, {}], undefined],
  ['a whole pair', '\u{1f600}', undefined],
  ['NUL', 'a\0b', NUL],
  ['half of a pair', 'a\ud83d', HALF],
  ['in a list', ['a', ['\0']], NUL],
  ['in a value', { a: { b: '\udc00' } }, HALF],
  ['in a name', { 'a\0': 1 }, NUL],
  ['64 levels', nested(64), undefined],
  ['65 levels', nested(65), 'the body is nested too deeply'],
])('%s', (_name, value, problem) => {
  expect(textProblem(value)).toBe(problem);
});

test('where NUL may be, half of a pair still may not', () => {
  expect(textProblem({ data: ['\0'] }, { nul: true })).toBeUndefined();
  expect(textProblem({ data: ['\0\ud83d'] }, { nul: true })).toBe(HALF);
});
