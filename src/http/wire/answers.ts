/** The answers of a route, by status, for its `response`: JSON, refusals, and what is no JSON. */
import Type, { type TSchema } from 'typebox';
import { ErrorBody } from '../../protocol/error.ts';
import { answer, type Answer } from './schema.ts';

export { answer } from './schema.ts';

export const refusal = (description: string): Answer<typeof ErrorBody> => answer(description, ErrorBody);

/** A body that is no JSON, written by a handler that returns a `Response`. */
export const raw = (description: string, media: string): Answer<Type.TUnknown> => ({
  ...answer(description, Type.Unknown()),
  media,
});

/** Server-Sent Events with `data` of these shapes; `asked`: the JSON that a request may ask for instead. */
export const eventStream = (
  description: string,
  shapes: readonly TSchema[],
  asked?: TSchema,
): Answer<Type.TUnknown> => ({
  ...raw(description, 'text/event-stream'),
  shapes,
  ...(asked !== undefined && { json: asked }),
});

/** The JSON body of a request, in the words of OpenAPI, for a route that reads it itself. */
export const jsonRequest = (shape: TSchema) => ({ required: true, content: { 'application/json': { schema: shape } } });

/** The same for a route that takes bytes as they are, too. */
export const jsonOrBytesRequest = (shape: TSchema, bytes: string) => {
  const json = jsonRequest(shape);
  const octets = { schema: { type: 'string', format: 'binary', description: bytes } as const };
  return { ...json, content: { ...json.content, 'application/octet-stream': octets } };
};

/** For a route that takes bytes alone, as many as come. */
export const bytesRequest = (description: string) => ({
  required: true,
  content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary', description } as const } },
});

/** No body. */
export const empty = (description: string): Answer<Type.TUnknown> => raw(description, '');

/** The socket is open; frames of these shapes travel over it. */
export const socket = (description: string, shapes: readonly TSchema[]): Answer<Type.TUnknown> => ({
  ...empty(description),
  shapes,
});

/** A parameter that is not what its shape says. */
export const PARAMETER_INVALID = refusal('A parameter is not valid.');
