/** What several routes of terminals state alike. */
import Type from 'typebox';
import type { Terminals } from '../../terminals/registry.ts';
import { refusal } from '../wire/answers.ts';
import { parameters } from '../wire/schema.ts';
import { responseTo } from './failures.ts';

/** The path parameter of one terminal. */
export const TERMINAL = parameters(
  Type.Object({
    id: Type.String({ description: 'Terminal id (12 lower-case hex digits), or its name, percent-encoded.' }),
  }),
);

export const TERMINAL_UNKNOWN = refusal('There is no such terminal.');

/** A terminal that is not there is told before anything of the body is looked at. */
export const notFound =
  (terminals: Terminals) =>
  ({ id = '' }: Readonly<Record<string, string>>): Response | undefined =>
    terminals.get(id) === undefined ? responseTo({ reason: 'terminal-not-found' }) : undefined;
