/** Parameters and headers: text that is read by the shape which the route states. */
import { describe, expect, test } from 'bun:test';
import Type, { type TSchema } from 'typebox';
import { readParameter } from '../../../src/http/wire/parameter.ts';
import { answer, headers, parameters } from '../../../src/http/wire/schema.ts';

describe('one parameter', () => {
  const read = (schema: TSchema, text: string) => {
    const result = readParameter('n', schema, text);
    return result.ok ? result.value : result.failure.detail;
  };
  const count = Type.Integer({ minimum: 1, maximum: 100 });
  const wait = Type.Number({ minimum: 0, maximum: 30 });
  const word = Type.Enum(['stdout', 'stderr']);
  test.each([
    [count, '1', 1],
    [count, '100', 100],
    [count, '007', 7],
    [count, '0', 'n must be a whole number from 1 to 100'],
    [count, '101', 'n must be a whole number from 1 to 100'],
    [count, '', 'n must be a whole number from 1 to 100'],
    [count, '+1', 'n must be a whole number from 1 to 100'],
    [count, '1e1', 'n must be a whole number from 1 to 100'],
    [count, '0x10', 'n must be a whole number from 1 to 100'],
    [count, ' 1', 'n must be a whole number from 1 to 100'],
    [Type.Integer(), '9007199254740993', `n must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`],
    [wait, '0', 0],
    [wait, '0.25', 0.25],
    [wait, '30', 30],
    [wait, '30.1', 'n must be a number of seconds from 0 to 30'],
    [wait, '-1', 'n must be a number of seconds from 0 to 30'],
    [wait, '.5', 'n must be a number of seconds from 0 to 30'],
    [wait, 'NaN', 'n must be a number of seconds from 0 to 30'],
    [word, 'stderr', 'stderr'],
    [word, 'STDERR', 'n must be one of stdout, stderr'],
    [Type.String(), '', ''],
    [Type.String(), 'as it is', 'as it is'],
  ] as const)('%j reads %j', (schema, text, expected) => {
    expect(read(schema, text)).toBe(expected);
  });
});

const SHAPE = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1 })), id: Type.Optional(Type.String()) });

describe('the parameters of a route', () => {
  const validate = (given: unknown) => parameters(SHAPE)['~standard'].validate(given);

  test('are those it states: what it does not know is left out', () => {
    expect(validate({ limit: '5', id: 'a', other: 'x' })).toEqual({ value: { limit: 5, id: 'a' } });
    expect(validate({})).toEqual({ value: {} });
  });

  test('one that is not valid refuses them all', () => {
    expect(validate({ limit: '0', id: 'a' })).toEqual({
      issues: [{ message: expect.stringMatching(/^limit must be/) }],
    });
  });
});

test('headers are found whatever the letter case of their names, and keep the name that was stated', () => {
  const shape = Type.Object({ 'Last-Event-ID': Type.Optional(Type.Integer()) });
  expect(headers(shape)['~standard'].validate({ 'last-event-id': '7' })).toEqual({ value: { 'Last-Event-ID': 7 } });
});

test('an answer is not checked again for each caller', () => {
  expect(answer('The job.', Type.String())['~standard'].validate(5)).toEqual({ value: 5 as unknown as string });
});
