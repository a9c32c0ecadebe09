/** One table turns a failure into the answer of a route, and into the sentence of an error frame. */
import { expect, test } from 'bun:test';
import { ElysiaCustomStatusResponse } from 'elysia';
import { refusals } from '../../../src/http/wire/refusals.ts';
import { refusalResponse } from '../../../src/http/wire/failures.ts';

type Failure = { readonly reason: 'gone' } | { readonly reason: 'too-many'; readonly limit: number };

const { refuse, statusOf, sentenceOf } = refusals<Failure>()({
  gone: { status: 404, error: 'it is gone' },
  'too-many': { status: 409, error: ({ limit }) => `there are ${limit} already` },
});

test('a sentence is fixed, or made from the failure', () => {
  expect(sentenceOf({ reason: 'gone' })).toBe('it is gone');
  expect(sentenceOf({ reason: 'too-many', limit: 3 })).toBe('there are 3 already');
});

test('a handler returns status and body, of the type that its route states', () => {
  const answer: ElysiaCustomStatusResponse<409, { readonly error: string }> = refuse({ reason: 'too-many', limit: 3 });
  expect(answer).toBeInstanceOf(ElysiaCustomStatusResponse);
  expect(answer).toMatchObject({ code: 409, response: { error: 'there are 3 already' } });
  expect(statusOf({ reason: 'gone' })).toBe(404);
});

test.each([
  [{ reason: 'method-not-allowed', allowed: ['GET', 'POST'] } as const, 405, ['allow', 'GET, POST']],
  [{ reason: 'upgrade-required' } as const, 426, ['upgrade', 'websocket']],
  [{ reason: 'body-too-large', limit: 5 } as const, 413, ['content-type', 'application/json; charset=utf-8']],
] as const)('outside of a handler %j is a whole answer', async (failure, status, [name, value]) => {
  const response = refusalResponse(failure);
  expect(response.status).toBe(status);
  expect(response.headers.get(name)).toBe(value);
  expect(await response.json()).toEqual({ error: expect.any(String) });
});
