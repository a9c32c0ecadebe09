/** The body of every answer that is not a success. */
import Type, { type Static } from 'typebox';

export const ErrorBody = Type.Object(
  { error: Type.String({ description: 'What is wrong, in one sentence.' }) },
  { $id: 'ErrorBody', description: 'Every answer that is not a success.' },
);
export type ErrorBody = Static<typeof ErrorBody>;
