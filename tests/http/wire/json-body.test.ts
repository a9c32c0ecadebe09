/** The JSON body of a route: read with a limit, checked by its shape, refused in one sentence. */
import { describe, expect, test } from 'bun:test';
import Type from 'typebox';
import { JSON_BODY_LIMIT, readJsonObject } from '../../../src/http/wire/body.ts';
import { BodyRefused, jsonBody } from '../../../src/http/wire/json-body.ts';

const SHAPE = Type.Object({ name: Type.String(), size: Type.Optional(Type.Object({ cols: Type.Integer() })) });

const request = (body: BodyInit, type = 'application/json', more: Readonly<Record<string, string>> = {}) =>
  new Request('http://localhost/', { method: 'POST', body, headers: { 'content-type': type, ...more } });

/** In chunks, so that no length is declared. */
const chunked = (...chunks: readonly string[]) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });

describe('reading', () => {
  const reasonOf = async (asked: Request, rule: 'declared' | 'any' = 'declared') => {
    const read = await readJsonObject(asked, rule);
    return read.ok ? read.value : read.failure;
  };

  test('an object comes through, in one piece or in many', async () => {
    expect(await reasonOf(request('{"a":1}'))).toEqual({ a: 1 });
    expect(await reasonOf(request(chunked('{"a"', ':1}')))).toEqual({ a: 1 });
    expect(await reasonOf(request('{"a":1}', 'Application/JSON; charset=utf-8'))).toEqual({ a: 1 });
  });

  test('another content type is refused, except where any is taken', async () => {
    expect(await reasonOf(request('{}', 'text/plain'))).toEqual({ reason: 'content-type-refused' });
    expect(await reasonOf(request('{"a":1}', 'text/plain'), 'any')).toEqual({ a: 1 });
  });

  test('a body over the limit is refused, declared or not', async () => {
    const tooLarge = { reason: 'body-too-large', limit: JSON_BODY_LIMIT };
    const half = 'x'.repeat(JSON_BODY_LIMIT / 2 + 1);
    expect(await reasonOf(request('{}', undefined, { 'content-length': String(JSON_BODY_LIMIT + 1) }))).toMatchObject(
      tooLarge,
    );
    expect(await reasonOf(request(chunked(half, half)))).toMatchObject(tooLarge);
  });

  test.each([
    ['not JSON', '{', /^the body is not JSON: /],
    ['an array', '[]', /^the body must be a JSON object$/],
    ['null', 'null', /^the body must be a JSON object$/],
    ['not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), /^the body is not valid UTF-8$/],
  ])('%s', async (_name, body, sentence) => {
    expect(await reasonOf(request(body))).toMatchObject({
      reason: 'request-invalid',
      detail: expect.stringMatching(sentence),
    });
  });

  test('on its way through Elysia the failure travels in an error', async () => {
    const refused = await jsonBody(SHAPE)
      .parse({ request: request('[]'), params: {} })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(BodyRefused);
    const { answer } = refused as BodyRefused;
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 400,
      body: { error: 'the body must be a JSON object' },
    });
  });

  test('what comes before the body is refused before it, whatever the body is', async () => {
    const gone = Response.json({ error: 'gone' }, { status: 404 });
    const { parse } = jsonBody(SHAPE, { unless: ({ id }) => (id === 'x' ? gone : undefined) });
    const refused = await parse({ request: request('{'), params: { id: 'x' } }).catch((error: unknown) => error);
    expect((refused as BodyRefused).answer).toBe(gone);
    const other = await parse({ request: request('{'), params: { id: 'y' } }).catch((error: unknown) => error);
    expect((other as BodyRefused).answer.status).toBe(400);
  });
});

describe('the shape', () => {
  const check = (value: unknown, options?: Parameters<typeof jsonBody>[1]) =>
    jsonBody(SHAPE, options).body['~standard'].validate(value);
  const sentence = (value: unknown, options?: Parameters<typeof jsonBody>[1]) => {
    const checked = check(value, options);
    return 'issues' in checked ? checked.issues[0]?.message : undefined;
  };

  test('what fits comes through, further fields included', () => {
    expect(check({ name: 'a', more: 1 })).toEqual({ value: { name: 'a', more: 1 } as { name: string } });
  });

  test('the sentence names the place', () => {
    expect(sentence({ name: 5 })).toMatch(/^name /);
    expect(sentence({ name: 'a', size: { cols: 'x' } })).toMatch(/^size\.cols /);
    expect(sentence({})).toMatch(/^the body /);
  });

  test('null counts as absent only where that is stated', () => {
    expect(sentence({ name: 'a', size: null })).toMatch(/^size /);
    expect(check({ name: 'a', size: null }, { nullIsAbsent: true })).toEqual({ value: { name: 'a' } });
  });

  test('a problem with a sentence of its own comes before the shape, and text before both', () => {
    const problem = () => 'that name is taken';
    expect(sentence({ name: 5 }, { problem })).toBe('that name is taken');
    expect(sentence({ name: 'a\0' }, { problem })).toBe('a string contains a NUL character');
    expect(sentence({ name: 'a\0' }, { nul: true })).toBeUndefined();
  });
});
