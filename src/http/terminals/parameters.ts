/** What several routes of terminals state alike. */
import Type from 'typebox';
import { refusal } from '../wire/answers.ts';
import { parameters } from '../wire/schema.ts';

/** The path parameter of one terminal. */
export const TERMINAL = parameters(
  Type.Object({
    id: Type.String({ description: 'Terminal id (12 lower-case hex digits), or its name, percent-encoded.' }),
  }),
);

export const TERMINAL_UNKNOWN = refusal('There is no such terminal.');
