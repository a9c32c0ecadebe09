/** How a command line is read by the definitions of a verb. */
import { expect, test } from 'bun:test';
import { parseArguments } from '../../../src/cli/command/arguments.ts';
import type { ArgsDef } from '../../../src/cli/command/verb.ts';

const DEFS = {
  first: { type: 'positional', required: true },
  second: { type: 'positional', required: false },
  json: { type: 'boolean', alias: 'j' },
  quiet: { type: 'boolean' },
  env: { type: 'string', alias: 'e' },
  keep: { type: 'enum', options: ['all', 'none', 'some'] },
  limit: { type: 'string', default: '20' },
} as const satisfies ArgsDef;

/** The arguments that are not undefined, or the message of the refusal. */
function read(...rawArgs: string[]): unknown {
  const parsed = parseArguments(DEFS, rawArgs);
  if (!parsed.ok) return parsed.failure.message;
  if (typeof parsed.value === 'string') return parsed.value;
  const { first, second, json, quiet, env, keep, limit } = parsed.value.args;
  const given = Object.entries({ first, second, json, quiet, env, keep, limit });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

test('options and words may stand in any order', () => {
  expect(read('a', '--env', 'x=1', 'b', '-j')).toEqual({
    first: 'a',
    second: 'b',
    json: true,
    env: 'x=1',
    limit: '20',
  });
  expect(read('--keep=some', '--limit', '3', 'a')).toEqual({ first: 'a', keep: 'some', limit: '3' });
});

test('an option that takes a value takes the next word, whatever it is', () => {
  expect(read('a', '--env', '--json')).toEqual({ first: 'a', env: '--json', limit: '20' });
  expect(read('a', '--limit', '-1')).toEqual({ first: 'a', limit: '-1' });
  expect(read('a', '--env', '--')).toEqual({ first: 'a', env: '--', limit: '20' });
  expect(read('a', '--env=', '-e', '')).toEqual({ first: 'a', env: '', limit: '20' });
});

test('all values of an option that is repeated are there, in order', () => {
  const parsed = parseArguments({ env: DEFS.env }, ['--env', 'A=1', '-e', 'B=2', '--env=A=3']);
  expect(parsed.ok && typeof parsed.value !== 'string' && parsed.value.all('env')).toEqual(['A=1', 'B=2', 'A=3']);
});

test('-- ends the options', () => {
  expect(read('--', '--json', '-x')).toEqual({ first: '--json', second: '-x', limit: '20' });
  expect(read('-')).toEqual({ first: '-', limit: '20' });
  expect(read('--', '--help')).toEqual({ first: '--help', limit: '20' });
});

test('a switch is switched off by --no- or =false', () => {
  expect(read('a', '--no-json', '--quiet=false')).toEqual({ first: 'a', json: false, quiet: false, limit: '20' });
});

test('help and version are asked for anywhere, but not by a mistyped line', () => {
  expect(read('--help')).toBe('help');
  expect(read('a', 'b', 'c', '-h')).toBe('help');
  expect(read('-jv')).toBe('version');
  expect(read('--hlep', '--help')).toBe('unknown option --hlep (did you mean --help?)');
});

test.each([
  [['a', '--jsn'], 'unknown option --jsn (did you mean --json?)'],
  [['a', '--jsn=secret'], 'unknown option --jsn (did you mean --json?)'],
  [['a', '-la'], 'unknown option -l'],
  [['a', '--j'], 'unknown option --j'],
  [['a', '--first', 'b'], 'unknown option --first'],
  [['a', '--no-env'], 'unknown option --no-env'],
  [['a', '--__proto__'], 'unknown option --__proto__'],
  [['a', '--_'], 'unknown option --_'],
  [['a', '--constructor'], 'unknown option --constructor'],
  [['a', '--env'], '--env needs a value'],
  [['a', '-e'], '-e needs a value'],
  [['a', '--keep', 'few'], '--keep must be all, none, or some'],
  [['--json'], 'FIRST is missing'],
  [['a', 'b', 'c\u001b'], String.raw`unexpected argument "c\u001b"; put quotes around an argument with spaces`],
] as const)('%j is refused', (rawArgs, message) => {
  expect(read(...rawArgs)).toBe(message);
});

test('a required option may be defined', () => {
  const defs = { key: { type: 'string', required: true } } as const;
  expect(parseArguments(defs, [])).toMatchObject({ ok: false, failure: { message: '--key is missing' } });
  expect(parseArguments({}, ['word'])).toMatchObject({ failure: { message: 'unexpected argument "word"' } });
});
