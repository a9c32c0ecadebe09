/** The body of every answer that is not a success. */
import Type, { type Static } from 'typebox';
import { SCOPES } from './scope.ts';

export const ErrorBody = Type.Object(
  {
    error: Type.String({ description: 'What is wrong, in one sentence.' }),
    scope: Type.Optional(
      Type.Enum([...SCOPES], { description: 'Status 403, where the key lacks a scope: which one it is.' }),
    ),
  },
  { $id: 'ErrorBody', description: 'Every answer that is not a success.' },
);
export type ErrorBody = Static<typeof ErrorBody>;
